package check

import (
	"bytes"
	"encoding/binary"
	"slices"
	"time"
)

// inRestart is the graceful restart capability (RFC 4724 §3, RFC 8538 §2).
type inRestart struct {
	restarting bool // the R bit
	notify     bool // the N bit
	seconds    int
	families   []inFamily
	forward    []inFamily // those with the F bit
}

// restarts reads capability 64; false where its length can't be.
func (o *inOpen) restarts(v []byte) bool {
	if len(v) < 2 || (len(v)-2)%4 != 0 {
		return false
	}
	o.restart = &inRestart{restarting: v[0]&0x80 != 0, notify: v[0]&0x40 != 0, seconds: be16(v) & 0xfff}
	for v = v[2:]; len(v) > 0; v = v[4:] {
		f := inFamily{uint16(be16(v)), v[2]}
		o.restart.families = append(o.restart.families, f)
		if v[3]&0x80 != 0 {
			o.restart.forward = append(o.restart.forward, f)
		}
	}
	return true
}

// inEnd is how a session ended.
type inEnd struct {
	up         bool
	routes     []inEntry
	notified   bool // a NOTIFICATION went either way
	hard       bool // a Hard Reset: Cease, subcode 9
	unreadable bool // one that nobody can read came
}

func (e *inEnd) note(msg []byte) {
	e.notified = true
	if len(msg) < 21 {
		e.unreadable = true
		return
	}
	e.hard = e.hard || msg[19] == 6 && msg[20] == 9
}

// staleTime is how long the speaker waits for an End-of-RIB: RFC 4724 §4.2 asks
// for an upper bound and leaves it open.
const staleTime = 360 * time.Second

// InKept is what outlives a session of the peer by graceful restart.
type InKept struct {
	routes []inEntry
	until  time.Time
	unsure bool
}

// Kept is what the session leaves behind that ended at that time: RFC 4724 §4.2
// where TCP broke, RFC 8538 §4 where a NOTIFICATION was sent. replaced says that
// another connection would take its place, which a NOTIFICATION tells the peer;
// the session itself goes on, for it may be that one that is closed.
func (m *InModel) Kept(ended time.Time, replaced bool) *InKept {
	if !replaced {
		m.over()
	}
	e := m.ended()
	switch {
	case m.unsure || e.unreadable:
		return &InKept{unsure: true}
	case !e.up || m.ours.restart == nil || m.theirs.restart == nil || m.theirs.restart.seconds == 0:
		return &InKept{}
	case (e.notified || replaced) && !(m.ours.restart.notify && m.theirs.restart.notify), e.hard:
		return &InKept{}
	}
	k := &InKept{until: ended.Add(time.Duration(m.theirs.restart.seconds) * time.Second)}
	for _, r := range e.routes {
		if slices.Contains(m.theirs.restart.families, r.key.family) && slices.Contains(m.families, r.key.family) {
			k.routes = append(k.routes, r)
		}
	}
	return k
}

// At is what is left of it at a later time. late says that a timer of the speaker
// is due and has not been heard: then it can't be told.
func (k *InKept) At(now time.Time, late bool) *InKept {
	if k.unsure || now.Before(k.until) {
		return k
	}
	return &InKept{unsure: late}
}

// Empty reports whether nothing is left.
func (k *InKept) Empty() bool { return !k.unsure && len(k.routes) == 0 }

// Compare holds the table of a neighbor whose session is down against what is
// kept; a nil k is nothing.
func (k *InKept) Compare(have []InRoute) error {
	switch {
	case k == nil:
		return CompareIn(nil, have)
	case k.unsure:
		return nil
	}
	return CompareIn(inRoutes(k.routes), have)
}

// After says where to ask, as the session comes up, for what is kept of the one
// before, and for the time.
func (m *InModel) After(before func() *InKept) { m.before = before }

// resume takes over what was kept, as far as the peer says that it has preserved
// its forwarding state (RFC 4724 §4.2).
func (m *InModel) resume() {
	if m.before == nil {
		return
	}
	k := m.before()
	if k == nil {
		return
	}
	m.unsure = m.unsure || k.unsure
	for _, r := range k.routes {
		f := r.key.family
		if slices.Contains(m.families, f) && m.theirs.restart != nil && slices.Contains(m.theirs.restart.forward, f) {
			m.kept = append(m.kept, r)
		}
	}
}

// Expire lets go of what was kept when the time for it is over; since is when
// the session came up.
func (m *InModel) Expire(now, since time.Time) {
	if len(m.kept) > 0 && !now.Before(since.Add(staleTime)) {
		m.kept = nil
		m.changes++
	}
}

// renew: a route was announced or withdrawn, and is no longer what it was.
func (m *InModel) renew(k inKey) {
	m.kept = slices.DeleteFunc(m.kept, func(e inEntry) bool { return e.key == k })
}

// sweep ends what is kept of a family.
func (m *InModel) sweep(f inFamily) {
	m.kept = slices.DeleteFunc(m.kept, func(e inEntry) bool { return e.key.family == f })
}

// endOfRIB recognises the marker by its octets (RFC 4724 §2).
func endOfRIB(body []byte) (inFamily, bool) {
	if bytes.Equal(body, make([]byte, 4)) {
		return inFamily{1, 1}, true
	}
	for _, head := range [][]byte{{0, 0, 0, 6, 0x80, 15, 3}, {0, 0, 0, 7, 0x90, 15, 0, 3}} {
		if rest, ok := bytes.CutPrefix(body, head); ok && len(rest) == 3 {
			return inFamily{binary.BigEndian.Uint16(rest), rest[2]}, true
		}
	}
	return inFamily{}, false
}
