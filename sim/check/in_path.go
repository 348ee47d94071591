package check

import (
	"encoding/binary"
	"slices"
)

// pathStep is one step of an AS path: an AS of a sequence, or a whole set. How
// a path is cut into segments says nothing (RFC 4271 §4.3: a segment has 255
// numbers at most), so that two paths are the same whose steps are.
type pathStep struct {
	kind uint8 // of its segment
	as   []uint32
}

// hops is what a step counts (RFC 4271 §9.1.2.2, RFC 5065 §5.3).
func (s pathStep) hops() int { return hops(s.kind, 1) }

// pathSteps are the steps of a path of 4-octet numbers; false where it is none.
func pathSteps(v []byte) ([]pathStep, bool) {
	if !segmentsFit(v, 4) {
		return nil, false
	}
	var l []pathStep
	for ; len(v) > 0; v = v[2+4*int(v[1]):] {
		as := make([]uint32, v[1])
		for i := range as {
			as[i] = binary.BigEndian.Uint32(v[2+4*i:])
		}
		if v[0] == 1 || v[0] == 4 {
			l = append(l, pathStep{v[0], as})
			continue
		}
		for i := range as {
			l = append(l, pathStep{v[0], as[i : i+1]})
		}
	}
	return l, true
}

func countHops(l []pathStep) int {
	sum := 0
	for _, s := range l {
		sum += s.hops()
	}
	return sum
}

// mergePaths is RFC 6793 §4.2.3: the steps of path that as4 lacks, then those of
// as4 without its confederation segments, which §6 has discarded. Confederation
// segments of path stay "if [one] is either the leading path segment or is adjacent
// to a path segment that is prepended".
func mergePaths(path, as4 []byte) []byte {
	front, _ := pathSteps(path)
	tail, _ := pathSteps(as4)
	tail = slices.DeleteFunc(tail, func(s pathStep) bool { return s.hops() == 0 })
	lead := countHops(front) - countHops(tail)
	if lead < 0 {
		return path // "the AS4_PATH attribute SHALL be ignored"
	}
	n := 0
	for n < len(front) && front[n].hops() <= lead {
		lead -= front[n].hops()
		n++
	}
	return pathOctets(append(front[:n:n], tail...))
}

// pathOctets is a path of these steps, in as few segments as can be.
func pathOctets(l []pathStep) []byte {
	var b []byte
	last := -1 // the sequence that the next step may join
	for _, s := range l {
		sequence := s.kind == 2 || s.kind == 3
		if !sequence || last < 0 || b[last] != s.kind || b[last+1] == 255 {
			last = len(b)
			b = append(b, s.kind, 0)
		}
		b[last+1] += byte(len(s.as))
		for _, n := range s.as {
			b = binary.BigEndian.AppendUint32(b, n)
		}
		if !sequence {
			last = -1
		}
	}
	return b
}

// samePath compares two paths of 4-octet numbers step by step.
func samePath(a, b string) bool {
	if a == b {
		return true
	}
	x, ok := pathSteps([]byte(a))
	y, ok2 := pathSteps([]byte(b))
	return ok && ok2 && slices.EqualFunc(x, y, func(a, b pathStep) bool { return a.kind == b.kind && slices.Equal(a.as, b.as) })
}
