package fuzz_test

import (
	"bytes"
	"testing"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

// FuzzCommand: no line panics; a wrong one has a reason, which is answered on
// one line; the routes of a right one print to a command that reads the same.
func FuzzCommand(f *testing.F) {
	for _, line := range []string{
		"announce route 10.0.0.0/8 next-hop self med 5 community [2:1] as-path [ 1 2 ] ( 3 ) sync",
		"neighbor 127.0.0.1 local-as 1, neighbor * announce attributes path-information 1.2.3.4 next-hop ::1 nlri 1.0.0.0/8 ::/0",
		"withdraw ipv6 multicast ff00::/8", "show adj-rib out extensive json ipv4 unicast 1.1.1.1", "teardown 6 \"bye", "announce route-refresh ipv4 unicast",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c := command.Parse(line)
		if (c.Kind == speaker.CmdInvalid) != (c.Err != "") {
			t.Fatalf("%q: kind %d with error %q", line, c.Kind, c.Err)
		}
		if c.Err != "" {
			if reply := command.AppendReply(nil, &speaker.Reply{Err: c.Err}); bytes.Count(reply, []byte("\n")) != 2 {
				t.Fatalf("%q: not two lines: %q", line, reply)
			}
		}
		if len(c.Routes) > 16 {
			return
		}
		for _, r := range c.Routes {
			text, err := r.Attrs.AppendText(nil)
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			again := command.Parse("withdraw " + command.FamilyName(r.NLRI.Family) + " " + r.NLRI.String() + " " + string(text))
			if again.Err != "" || !again.Routes[0].Attrs.Equal(r.Attrs) {
				t.Fatalf("%q prints as %q, which reads as %+v", line, text, again)
			}
		}
	})
}
