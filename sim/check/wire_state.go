package check

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// Clone is an independent copy.
func (w *WireChecker) Clone() *WireChecker {
	c := *w
	c.sent.stream, c.received.stream = w.sent.stream.clone(), w.received.stream.clone()
	c.view, c.reader = *w.view.Clone(), reader{}
	c.told = slices.Clone(w.told)
	c.byName = slices.Clone(w.byName)
	c.swept = slices.Clone(w.swept)
	c.ends = slices.Clone(w.ends)
	c.bracket = slices.Clone(w.bracket)
	return &c
}

// AppendState appends bytes that are equal for two checkers of one scenario,
// each at its now, exactly when they judge every future alike. It is for the
// time between messages: of half a message only its length is in it.
func (w *WireChecker) AppendState(b []byte, now time.Time) []byte {
	for _, h := range [...]*half{&w.sent, &w.received} {
		b = binary.AppendUvarint(b, uint64(h.stream.waiting()))
		b = appendBool(b, h.messages > 0)
		b = appendBool(b, h.open != nil)
		b = appendBool(b, h.keepalive)
		b = appendBool(b, h.notification)
	}
	b = appendBool(b, w.broken)
	b = appendBool(b, w.tooLong > 0)
	b = appendSet(b, w.told)
	b = appendSet(b, w.byName)
	b = appendSet(b, w.swept)
	ends := slices.SortedFunc(slices.Values(w.ends), func(x, y endCount) int { return cmp.Compare(x.family, y.family) })
	for _, e := range ends {
		if e.sent == 0 && e.asked == 0 {
			continue
		}
		b = binary.AppendUvarint(b, uint64(e.family))
		b = binary.AppendUvarint(b, uint64(e.sent))
		b = binary.AppendUvarint(b, uint64(e.asked))
	}
	b = binary.AppendUvarint(b, uint64(len(w.bracket)))
	for _, f := range w.bracket {
		b = binary.AppendUvarint(b, uint64(f))
	}
	for _, t := range [...]time.Time{w.lastAlive, w.lastKeepalive} {
		if !t.IsZero() {
			b = binary.AppendVarint(b, int64(now.Sub(t)))
		}
	}
	return w.view.AppendState(b)
}

// appendSet appends NLRI as a set: sorted.
func appendSet(b []byte, set []codec.NLRI) []byte {
	set = slices.Clone(set)
	slices.SortFunc(set, compareNLRI)
	b = binary.AppendUvarint(b, uint64(len(set)))
	for _, n := range set {
		b = appendKey(b, n)
	}
	return b
}
