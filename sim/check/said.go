package check

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Said is what the words of a command say. The daemon has a reader of its own, whose
// meaning every other oracle takes for granted; this one is held against it.
type Said struct {
	What   string     // the verb phrase without what is below
	To     []SaidPeer // none: to all
	Routes []InRoute  // attributes in the order of types; the next hop "self" is empty
	AFI    uint16
	SAFI   uint8
	Number uint8  // of a teardown
	Text   string // of a teardown or shutdown; the name of a watchdog
	Sync   bool
	Quiet  bool   // it has no answer
	ID     string // that its answer repeats
	Group  []Said
	Oper   *Oper // of an OPERATIONAL message
}

// SaidPeer is who a command is for: all that is set must match.
type SaidPeer struct {
	Address, LocalIP, RouterID netip.Addr // Address zero: "*"
	LocalAS, PeerAS            uint32
	FamilyAllowed              string
}

// JudgeCommand holds what the daemon understands against the words of a line, the
// next one of its client, which it need not know: then there is nothing to say.
func JudgeCommand(m *SaidMode, line string, have *Said) *Violation {
	quiet, sync := m.Line(line)
	if quiet != have.Quiet {
		return violated(SaidCommand, fmt.Sprintf("%q: no answer: %t", line, quiet), fmt.Sprint(have.Quiet))
	}
	want, known := readCommand(line, sync)
	if want.Quiet = quiet; !known || want.equal(have) {
		return nil
	}
	return violated(SaidCommand, fmt.Sprintf("%q: %s", line, want.text()), have.text())
}

func (s *Said) equal(x *Said) bool {
	return s.What == x.What && slices.Equal(s.To, x.To) && slices.EqualFunc(s.Routes, x.Routes, InRoute.equal) &&
		s.AFI == x.AFI && s.SAFI == x.SAFI && s.Number == x.Number && s.Text == x.Text && s.Sync == x.Sync && s.ID == x.ID &&
		slices.EqualFunc(s.Group, x.Group, func(a, b Said) bool { return a.equal(&b) }) &&
		(s.Oper == nil) == (x.Oper == nil) && (s.Oper == nil || *s.Oper == *x.Oper)
}

func (r InRoute) equal(x InRoute) bool {
	return r.AFI == x.AFI && r.SAFI == x.SAFI && r.PathID == x.PathID && r.Wire == x.Wire && slices.Equal(r.Attrs, x.Attrs)
}

// text is all of it in one line.
func (s *Said) text() string {
	var b strings.Builder
	b.WriteString(s.What)
	for _, p := range s.To {
		fmt.Fprintf(&b, " to %v", p)
	}
	if s.AFI != 0 {
		fmt.Fprintf(&b, " of %d/%d", s.AFI, s.SAFI)
	}
	for _, r := range s.Routes {
		fmt.Fprintf(&b, " [%v]", r)
	}
	if s.Number != 0 || s.Text != "" {
		fmt.Fprintf(&b, " %d %q", s.Number, s.Text)
	}
	for i := range s.Group {
		fmt.Fprintf(&b, " {%s}", s.Group[i].text())
	}
	if s.Oper != nil {
		b.WriteString(s.Oper.text())
	}
	if s.Sync {
		b.WriteString(" sync")
	}
	if s.ID != "" {
		fmt.Fprintf(&b, " id %q", s.ID)
	}
	return b.String()
}

// said is a line while it is read. Where something is not known, wrong is set, and
// whatever has been read is worth nothing.
type said struct {
	words []string
	wrong bool
	dog   string // the watchdog of the route that was read last
	held  bool   // which holds it back
}

// saidWords cuts a line; brackets, commas and semicolons are words of their own.
func saidWords(line string) *said {
	w := &said{words: make([]string, 0, 1+strings.Count(line, " ")), wrong: strings.ContainsAny(line, "\"\\\v\f#")}
	for field := range strings.FieldsSeq(line) {
		for at := strings.IndexAny(field, "[](){},;"); at >= 0; at = strings.IndexAny(field, "[](){},;") {
			if at > 0 {
				w.words = append(w.words, field[:at])
			}
			w.words, field = append(w.words, field[at:at+1]), field[at+1:]
		}
		if field != "" {
			w.words = append(w.words, field)
		}
	}
	return w
}

func (w *said) peek() string {
	if len(w.words) == 0 {
		return ""
	}
	return w.words[0]
}

func (w *said) next() string {
	s := w.peek()
	if s == "" {
		w.wrong = true
		return ""
	}
	w.words = w.words[1:]
	return s
}

// take takes these words off the start, if they stand there.
func (w *said) take(words ...string) bool {
	if len(w.words) < len(words) || !slices.Equal(w.words[:len(words)], words) {
		return false
	}
	w.words = w.words[len(words):]
	return true
}

// number is a decimal one of so many bits.
func (w *said) number(s string, bits int) uint32 {
	n, err := strconv.ParseUint(s, 10, bits)
	w.wrong = w.wrong || err != nil
	return uint32(n)
}

func (w *said) address(s string) netip.Addr {
	a, err := netip.ParseAddr(s)
	w.wrong = w.wrong || err != nil || a.Zone() != ""
	return a
}

// address4 is the four octets of one.
func (w *said) address4(s string) []byte {
	a := w.address(s)
	if !a.Is4() {
		w.wrong = true
		return nil
	}
	return a.AsSlice()
}

// list is the values in brackets of that kind, or one value without.
func (w *said) list(open, shut string) []string {
	if !w.take(open) {
		return []string{w.next()}
	}
	var l []string
	for !w.take(shut) && !w.wrong {
		if s := w.next(); s != "," {
			l = append(l, s)
		}
	}
	w.wrong = w.wrong || slices.ContainsFunc(l, func(s string) bool { return strings.ContainsAny(s, "[](){}") })
	return l
}

// sorted are values joined in the order of their octets; once: each one once.
func sorted(values [][]byte, once bool) []byte {
	slices.SortStableFunc(values, bytes.Compare)
	if once {
		values = slices.CompactFunc(values, bytes.Equal)
	}
	return bytes.Join(values, nil)
}
