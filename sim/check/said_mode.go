package check

import "strings"

// SaidMode is how the lines of one client are answered, as those before them ask for.
// The zero value is that of a client that has asked for nothing.
type SaidMode struct {
	quiet bool // no answers
	sync  bool // commands wait for the wire unless they say otherwise
}

// Line takes the next line: whether it has no answer, and whether its command waits
// for the wire where it does not say so. disable-ack is answered itself, and
// silence-ack is not; "debug" is for the log alone.
func (m *SaidMode) Line(line string) (quiet, sync bool) {
	quiet, sync = m.quiet, m.sync
	verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch verb {
	case "debug":
		quiet = true
	case "enable-ack":
		quiet, m.quiet = false, false
	case "disable-ack":
		m.quiet = true
	case "silence-ack":
		quiet, m.quiet = true, true
	case "enable-sync":
		m.sync = true
	case "disable-sync":
		m.sync = false
	}
	return quiet, sync
}
