package scenario

import (
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/world"
	"github.com/peerloom/peerloom/speaker/command"
)

// stepRow is how one kind of step is written: words, and what follows them.
type stepRow struct {
	words        string
	kind         world.StepKind
	client, peer bool   // in whose script it may stand
	what         string // what to write behind the words
	parse        func(s *world.Step, rest string) bool
	print        func(s *world.Step) string
}

func stepTable() []stepRow {
	return []stepRow{
		{"send", world.Send, true, false, "a command",
			func(s *world.Step, rest string) bool { s.Lines = []string{rest}; return rest != "" },
			func(s *world.Step) string { return s.Lines[0] }},
		{"expect done", world.ExpectDone, true, false, "how many", parseCount, printCount},
		{"expect error", world.ExpectError, true, false, "how many", parseCount, printCount},
		{"wait established", world.WaitEstablished, true, true, "nothing", parseNothing, printNothing},
		{"wait end-of-rib", world.WaitEndOfRIB, true, true, "nothing", parseNothing, printNothing},
		{"wait quiet", world.WaitQuiet, true, true, "nothing", parseNothing, printNothing},
		{"wait messages", world.WaitMessages, false, true, "how many", parseCount, printCount},
		{"sleep", world.Sleep, true, true, "a duration such as 100ms", parseSleep,
			func(s *world.Step) string { return strings.ReplaceAll(s.For.String(), "µ", "u") }},
		{"refresh", world.Refresh, false, true, "a family such as ipv4 unicast", parseFamily,
			func(s *world.Step) string { return s.Family.String() }},
		{"reset", world.ResetTCP, false, true, "nothing", parseNothing, printNothing},
		{"close", world.CloseTCP, false, true, "nothing", parseNothing, printNothing},
		{"notification", world.Notify, false, true, "a subcode of Cease, and a text", parseNotify,
			func(s *world.Step) string { return strings.TrimSpace(strconv.Itoa(s.N) + " " + s.Text) }},
	}
}

func parseNothing(_ *world.Step, rest string) bool { return rest == "" }

func printNothing(*world.Step) string { return "" }

func parseCount(s *world.Step, rest string) bool {
	n, err := strconv.ParseUint(rest, 10, 16)
	s.N = int(n)
	return err == nil && n > 0
}

func printCount(s *world.Step) string { return strconv.Itoa(s.N) }

func parseSleep(s *world.Step, rest string) bool {
	d, err := time.ParseDuration(rest)
	s.For = d
	return err == nil && d > 0 && d <= time.Hour
}

func parseFamily(s *world.Step, rest string) bool {
	words := strings.Fields(rest)
	if len(words) != 2 {
		return false
	}
	f, ok := command.FamilyByName(words[0], words[1])
	s.Family = f.Family
	return ok
}

func parseNotify(s *world.Step, rest string) bool {
	first, text, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(first, 10, 8)
	s.N, s.Text = int(n), strings.TrimSpace(text)
	return err == nil
}

// capability is one that a peer may leave out of its OPEN.
type capability struct {
	name string
	code codec.CapCode
}

func capabilities() []capability {
	return []capability{
		{"route-refresh", codec.CapRouteRefresh}, {"enhanced-refresh", codec.CapEnhancedRefresh},
		{"multiprotocol", codec.CapMultiprotocol}, {"asn4", codec.CapAS4}, {"add-path", codec.CapAddPath},
		{"extended-message", codec.CapExtendedMessage}, {"extended-next-hop", codec.CapExtendedNextHop},
		{"graceful-restart", codec.CapGracefulRestart},
	}
}

func capName(c codec.CapCode) string {
	for _, x := range capabilities() {
		if x.code == c {
			return x.name
		}
	}
	return c.String()
}
