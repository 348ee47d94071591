package record

import (
	"bytes"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker"
)

// A speaker that does anything else than the recorded one, in whatever it gives
// to the world, parts from the recording at that very event.
func TestEveryOutputIsCompared(t *testing.T) {
	var b bytes.Buffer
	r := newRig(t, &b)
	r.say([]byte("announce route 10.0.0.0/24 next-hop self\n"))
	r.step(speaker.Input{Kind: speaker.InStop, Text: "over"})
	r.m.Close(r.now)

	action := func(k speaker.ActionKind, change func(*speaker.Action)) func(*Machine, *Event, []speaker.Action) bool {
		return func(_ *Machine, _ *Event, out []speaker.Action) bool {
			i := slices.IndexFunc(out, func(a speaker.Action) bool { return a.Kind == k })
			if i >= 0 {
				change(&out[i])
			}
			return i >= 0
		}
	}
	given := func(k Kind) func(*Machine, *Event, []speaker.Action) bool {
		return func(m *Machine, e *Event, _ []speaker.Action) bool {
			if e.Kind != k || len(m.given) == 0 {
				return false
			}
			m.given = slices.Clone(m.given)
			m.given[len(m.given)-1] ^= 1
			return true
		}
	}
	for name, other := range map[string]func(*Machine, *Event, []speaker.Action) bool{
		"a message of the queue": given(Pull),
		"what a client is told":  given(Told),
		"a control message": action(speaker.ActSend, func(a *speaker.Action) {
			a.Data = append(slices.Clone(a.Data), 0)
		}),
		"whom it goes to":      action(speaker.ActSend, func(a *speaker.Action) { a.Conn += 2 }),
		"whom a dial goes to":  action(speaker.ActDial, func(a *speaker.Action) { a.Remote = local }),
		"whom it comes from":   action(speaker.ActDial, func(a *speaker.Action) { a.Local = netip.MustParseAddrPort("192.0.2.3:0") }),
		"the kind of action":   action(speaker.ActClose, func(a *speaker.Action) { a.Kind = speaker.ActPull }),
		"a line of the log":    action(speaker.ActLog, func(a *speaker.Action) { a.Text += "!" }),
		"how loud that is":     action(speaker.ActLog, func(a *speaker.Action) { a.Level++ }),
		"whose line that is":   action(speaker.ActLog, func(a *speaker.Action) { a.Peer += "!" }),
		"who has something":    action(speaker.ActReply, func(a *speaker.Action) { a.Client++ }),
		"that the daemon ends": action(speaker.ActExit, func(a *speaker.Action) { a.Kind = speaker.ActReload }),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := NewReader("run.rec", strings.NewReader(b.String()))
			require.NoError(t, err)
			p := NewPlayer(r)
			changed := ""
			for k := range p.m.rows {
				do := p.m.rows[k].do
				p.m.rows[k].do = func(m *Machine, e *Event, out []speaker.Action) []speaker.Action {
					if out = do(m, e, out); changed == "" && other(m, e, out) {
						changed = e.Name
					}
					return out
				}
			}
			for {
				e, err := r.Next()
				require.NotEqual(t, io.EOF, err, "no event differs; changed was %q", changed)
				require.NoError(t, err)
				played, err := p.Play(e)
				require.NoError(t, err)
				require.Equal(t, changed == e.Name, played.Differs, "%s; changed was %q", played.Line, changed)
				if played.Differs {
					return
				}
			}
		})
	}
}
