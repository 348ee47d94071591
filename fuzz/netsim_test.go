package fuzz

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
)

// reader keeps what it reads and what it was told last.
type reader struct {
	net  *netsim.Network
	conn netsim.Conn
	got  []byte
}

func (r *reader) HandleNet(e netsim.Event) {
	r.conn = e.Conn
	b := make([]byte, r.net.Unread(e.Conn))
	r.got = append(r.got, b[:r.net.Read(e.Conn, b)]...)
}

// FuzzNetsim: whatever the schedule, a stream is ordered and loses nothing.
func FuzzNetsim(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x01\x03\x02\x01\x04\x01\x05\x03\x00\x02\x06\x01\x01\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		src := sim.NewBytes(data)
		n := netsim.New(sim.NewLoop(src, nil), netsim.Options{Link: netsim.Link{
			Delay: time.Millisecond, Jitter: 8 * time.Millisecond, Window: 1 + src.Choose("run/window", 64)}})
		left, right := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
		a, b := &reader{net: n}, &reader{net: n}
		n.AddHost(left, a)
		n.AddHost(right, b)
		if err := n.Listen(netip.AddrPortFrom(right, 179)); err != nil {
			t.Fatal(err)
		}
		if _, err := n.Dial(netip.AddrPortFrom(left, 0), netip.AddrPortFrom(right, 179)); err != nil {
			t.Fatal(err)
		}
		n.SetFaults(netsim.Faults{Split: sim.Ratio{Num: 1, Den: 2}, Short: sim.Ratio{Num: 1, Den: 4}})
		var sent []byte
		acts := []func(){
			func() { n.Loop().Step() },
			func() { n.Partition(left, right) },
			func() { n.Unblock(left, right); n.Unblock(right, left) },
			func() { n.Stall(a.conn, true) },
			func() { n.Pause(right) },
			func() { n.Resume(right) },
		}
		for range 200 {
			if i := src.Choose("run/act", len(acts)+1); i < len(acts) {
				acts[i]()
				continue
			}
			p := make([]byte, 40)
			for i := range p {
				p[i] = byte(len(sent) + i)
			}
			sent = append(sent, p[:n.Write(a.conn, p)]...)
		}
		n.Heal()
		n.Resume(right)
		n.Loop().Run(100000)
		if !bytes.Equal(sent, b.got) {
			t.Fatalf("sent %x\ngot  %x\n%s", sent, b.got, n.Dump())
		}
	})
}
