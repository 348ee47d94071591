package sim

import "slices"

// Shrink makes a failing list of events smaller while fails still reports true
// for it: it deletes chunks of n/2 … 1 elements, then replaces single elements
// by simplify(element) as long as that fails too, and does both again until
// nothing changes. simplify answers the next simpler element, or the same one
// when there is none; it must come to an end; nil leaves elements alone. If events
// does not fail, it is answered as it is. fails must not modify its argument. As
// soon as stop, where there is one, says so, what was found is answered.
func Shrink[T comparable](events []T, fails func([]T) bool, simplify func(T) T, stop func() bool) []T {
	if stop == nil {
		stop = func() bool { return false }
	}
	best := slices.Clone(events)
	if !fails(best) {
		return best
	}
	for changed := true; changed && !stop(); {
		var cut, simpler bool
		best, cut = cutChunks(best, fails, stop)
		if simplify != nil {
			simpler = simplifyEach(best, fails, simplify, stop)
		}
		changed = cut || simpler
	}
	return best
}

// cutChunks deletes what need not be there, large parts first.
func cutChunks[T any](best []T, fails func([]T) bool, stop func() bool) ([]T, bool) {
	changed := false
	for size := max(len(best)/2, 1); size > 0; size /= 2 {
		for at := 0; at < len(best) && !stop(); {
			try := slices.Concat(best[:at], best[min(at+size, len(best)):])
			if fails(try) {
				best, changed = try, true
			} else {
				at += size
			}
		}
	}
	return best, changed
}

// simplifyEach replaces elements in place, each as far as it goes.
func simplifyEach[T comparable](best []T, fails func([]T) bool, simplify func(T) T, stop func() bool) bool {
	changed := false
	for i, old := range best {
		for !stop() {
			simpler := simplify(old)
			if simpler == old {
				break
			}
			best[i] = simpler
			if !fails(best) {
				best[i] = old
				break
			}
			old, changed = simpler, true
		}
	}
	return changed
}
