package toy_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"example.com/toyspeaker"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/simtest"
)

func TestMain(m *testing.M) { simtest.Main(m) }

// host is a speaker on the network: the driver that a real program would have
// around TCP.
type host struct {
	toy.Speaker
	net   *netsim.Network
	addr  netip.Addr
	dials netip.AddrPort // where; else it listens
	conn  netsim.Conn    // 0: none
	out   []byte
}

// HandleNet is an event of one of the host's connections.
func (h *host) HandleNet(e netsim.Event) {
	switch {
	case e.Kind == netsim.Accepted || e.Kind == netsim.Connected:
		h.drop()
		h.conn = e.Conn
		h.send(h.Up())
	case e.Kind == netsim.Failed:
		h.dial()
	case e.Conn != h.conn: // of a connection that was given up
	case e.Kind == netsim.Readable:
		b := make([]byte, e.N)
		h.net.Read(e.Conn, b)
		h.Receive(b)
	case e.Kind == netsim.Writable:
		h.send("")
	case e.Kind == netsim.Ended || e.Kind == netsim.Broken:
		h.drop()
		h.dial()
	}
}

func (h *host) drop() {
	if h.conn != 0 {
		h.net.Close(h.conn)
		h.Down()
		h.conn, h.out = 0, nil
	}
}

func (h *host) dial() {
	if h.dials.IsValid() {
		_, _ = h.net.Dial(netip.AddrPortFrom(h.addr, 0), h.dials) // Failed tells the rest
	}
}

func (h *host) send(s string) {
	if h.conn != 0 {
		h.out = append(h.out, s...)
		h.out = h.out[h.net.Write(h.conn, h.out):]
	}
}

// world is what happens: words come and go, and the connection is reset.
type world struct {
	src   sim.Source
	loop  *sim.Loop
	owner sim.Owner
	hosts [2]*host
}

// Kinds of events: A is how many more there will be.
const (
	change sim.Kind = iota + 1
	reset
)

// Labels of the questions.
const (
	labelWhen sim.Label = "toy/when"
	labelWho  sim.Label = "toy/who"
	labelWord sim.Label = "toy/word"
)

// Stream names the events in the files of failures.
func (w *world) Stream(e sim.Event) string {
	return [...]string{change: "change", reset: "reset"}[e.Kind]
}

// Describe puts them into words.
func (w *world) Describe(e sim.Event) string { return w.Stream(e) }

// Handle lets one happen, and plans the next.
func (w *world) Handle(e sim.Event) {
	h := w.hosts[w.src.Choose(labelWho, 2)]
	switch e.Kind {
	case change:
		word := [...]string{"apple", "pear", "plum"}[w.src.Choose(labelWord, 3)]
		h.send(h.Set(word, !slices.Contains(h.Wants(), word)))
	case reset:
		if h.conn != 0 {
			h.net.Reset(h.conn)
			h.conn = 0
			h.Down()
			h.dial()
		}
	}
	w.plan(e.Kind, e.A)
}

func (w *world) plan(k sim.Kind, left uint64) {
	if left > 0 {
		w.loop.PostAfter(time.Duration(w.src.Choose(labelWhen, 16))*time.Millisecond, w.owner, k, left-1, 0)
	}
}

// toys is the world: two speakers, words that come and go, resets.
func toys(r *simtest.Run) error {
	w := &world{src: r.Source, loop: r.Loop()}
	net := netsim.New(w.loop, netsim.Options{Link: netsim.Link{Delay: time.Millisecond, Jitter: 8 * time.Millisecond}})
	net.SetFaults(netsim.Faults{Split: sim.Ratio{Num: 1, Den: 2}, Refuse: sim.Ratio{Num: 1, Den: 16}, Cut: sim.Ratio{Num: 1, Den: 2}})
	w.owner = w.loop.Register("world", w)
	at := netip.MustParseAddrPort("10.0.0.2:7")
	w.hosts[0] = &host{net: net, addr: netip.MustParseAddr("10.0.0.1"), dials: at}
	w.hosts[1] = &host{net: net, addr: at.Addr()}
	for _, h := range w.hosts {
		net.AddHost(h.addr, h)
	}
	if err := net.Listen(at); err != nil {
		return err
	}
	w.hosts[0].dial()
	w.plan(change, 12)
	w.plan(reset, 4)
	if w.loop.Run(100_000) == 100_000 {
		return fmt.Errorf("no rest after 100,000 events")
	}
	for i, h := range w.hosts {
		if peer := w.hosts[1-i]; !slices.Equal(h.Wants(), peer.Has()) {
			return fmt.Errorf("host %d: its peer has %q, and it wants %q", i, peer.Has(), h.Wants())
		}
	}
	return nil
}

func TestToy(t *testing.T) { simtest.Check(t, toys) }

func FuzzToy(f *testing.F) { simtest.Fuzz(f, toys) }
