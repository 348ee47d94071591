package scenario

import (
	"encoding/hex"
	"strings"

	"github.com/peerloom/peerloom/sim/malform"
	"github.com/peerloom/peerloom/sim/world"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

// speakSteps are what a peer says by its script.
func speakSteps() []stepRow {
	family := func(s *world.Step) string { return s.Family.String() }
	bracket := func(words string, subtype int) stepRow {
		return stepRow{words, world.Bracket, ofPeer, "a family such as ipv4 unicast",
			func(s *world.Step, rest string) bool { s.N = subtype; return parseFamily(s, rest) }, family,
			func(s *world.Step) bool { return s.N == subtype }}
	}
	line := func(s *world.Step) string { return s.Lines[0] }
	return []stepRow{
		{"announce", world.Announce, ofPeer, "what follows announce in a command, such as route 192.0.2.0/24 next-hop self",
			routes("announce ", speaker.CmdAnnounce), func(s *world.Step) string { return strings.TrimPrefix(line(s), "announce ") }, nil},
		{"withdraw", world.WithdrawRoutes, ofPeer, "what follows withdraw in a command, such as route 192.0.2.0/24",
			routes("withdraw ", speaker.CmdWithdraw), func(s *world.Step) string { return strings.TrimPrefix(line(s), "withdraw ") }, nil},
		{"end-of-rib", world.EndOfRIB, ofPeer, "a family such as ipv4 unicast", parseFamily, family, nil},
		bracket("borr", 1),
		bracket("eorr", 2),
		{"raw", world.Raw, ofPeer, "bytes in hexadecimal", parseRaw,
			func(s *world.Step) string { return strings.ToUpper(hex.EncodeToString([]byte(s.Text))) }, nil},
		{"keepalive", world.SendKeepalive, ofPeer, "nothing", parseNothing, printNothing, nil},
		{"silence", world.Silence, ofPeer, "nothing", parseNothing, printNothing, nil},
		{"malform", world.Malform, ofPeer, "the name of a case of docs/MALFORMATIONS.md", parseMalform,
			func(s *world.Step) string { return s.Text }, nil},
	}
}

// routes reads the rest of a command of that kind.
func routes(verb string, kind speaker.CommandKind) func(s *world.Step, rest string) bool {
	return func(s *world.Step, rest string) bool {
		s.Lines = []string{verb + rest}
		c := command.Parse(s.Lines[0])
		return c.Kind == kind && len(c.Routes) > 0
	}
}

func parseRaw(s *world.Step, rest string) bool {
	b, err := hex.DecodeString(strings.ReplaceAll(rest, ":", ""))
	s.Text = string(b)
	return err == nil && len(b) > 0 && len(b) <= 65535
}

func parseMalform(s *world.Step, rest string) bool {
	s.Text = rest
	return malform.Known(rest)
}
