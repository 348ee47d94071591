package check

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// Offer is what the configuration of a neighbor has our OPEN say.
type Offer struct {
	AS       uint32
	ID       netip.Addr
	Families []codec.Family
	// AS4, Extended, Refresh and Operational: the capabilities of RFC 6793, of RFC
	// 8654, of RFC 2918 with that of RFC 7313, and OPERATIONAL.
	AS4, Extended, Refresh, Operational bool
	Paths                               uint8 // Send/Receive of RFC 7911; 0: not offered
	PathFamilies                        []codec.Family
	NextHops                            []codec.NextHopFamily // RFC 8950
	// Restart is the Restart Time of RFC 4724, 0: the capability is not offered.
	// Notify is the N bit of RFC 8538, Restarted the R bit.
	Restart           time.Duration
	Notify, Restarted bool
}

// asTransNumber stands for a number that needs four octets (RFC 6793 §9).
const asTransNumber = 23456

// Judge holds an OPEN that leaves against what is configured: its fixed fields
// (RFC 4271 §4.2), and its capabilities, each offered if and only if it is
// configured (RFC 5492 §3).
func (w *Offer) Judge(msg []byte) *Violation {
	if len(msg) < codec.HeaderLen+10 {
		return nil // WIRE-01
	}
	o, bad := readOpen(msg[codec.HeaderLen:])
	if bad != nil {
		return violated(WireOffer, "an OPEN that the peer can read", "one that it refuses")
	}
	for _, x := range w.fields(msg[codec.HeaderLen:], o) {
		if !x.same {
			return violated(WireOffer, x.what+" "+fmt.Sprint(x.want), fmt.Sprint(x.got))
		}
	}
	return nil
}

// offered is one field of an OPEN.
type offered struct {
	what      string
	same      bool
	want, got any
}

func one[T comparable](what string, want, got T) offered {
	return offered{what, want == got, want, got}
}

func several[T comparable](what string, want, got []T) offered {
	return offered{what, slices.Equal(want, got), want, got}
}

func (w *Offer) fields(body []byte, o *inOpen) [11]offered {
	as2 := w.AS
	if as2 > 0xffff {
		as2 = asTransNumber // RFC 6793 §4.2.1
	}
	var as4 uint32
	if w.AS4 {
		as4 = w.AS
	}
	want, got := w.restart(o)
	return [...]offered{
		one("My Autonomous System", as2, uint32(binary.BigEndian.Uint16(body[1:]))),
		one("BGP Identifier", w.ID, netip.AddrFrom4(o.id)),
		one("4-octet AS number (0: not offered)", as4, o.as4Number),
		several("the families", inOrder(w.Families), inOrder(octetFamilies(o.families))),
		one("the capability Extended Message:", w.Extended, o.extended),
		one("the capability Route Refresh:", w.Refresh, o.refresh),
		one("the capability Enhanced Route Refresh:", w.Refresh, o.enhanced),
		one("the capability OPERATIONAL:", w.Operational, o.oper),
		several("ADD-PATH", w.paths(), o.addPath),
		several("Extended Next Hop", w.hops(), o.nextHop),
		{"Graceful Restart:", want.same(&got), want, got},
	}
}

// offeredRestart is the capability of RFC 4724.
type offeredRestart struct {
	offered          bool
	seconds          int
	notify, restarts bool
	families         []codec.Family
	forwarding       []codec.Family // those whose F bit is set
}

func (r *offeredRestart) same(x *offeredRestart) bool {
	return r.offered == x.offered && r.seconds == x.seconds && r.notify == x.notify && r.restarts == x.restarts &&
		slices.Equal(r.families, x.families) && slices.Equal(r.forwarding, x.forwarding)
}

func (r offeredRestart) String() string {
	if !r.offered {
		return "none"
	}
	return fmt.Sprintf("%d s, N bit %t, R bit %t, for %v, forwarding kept for %v", r.seconds, r.notify, r.restarts, r.families, r.forwarding)
}

// restart: what peers forward by our routes does not pass through us, so that all
// forwarding state is said to be kept.
func (w *Offer) restart(o *inOpen) (want, got offeredRestart) {
	if w.Restart != 0 {
		all := inOrder(w.Families)
		want = offeredRestart{true, int(w.Restart / time.Second), w.Notify, w.Restarted, all, all}
	}
	if r := o.restart; r != nil {
		got = offeredRestart{true, r.seconds, r.notify, r.restarting, inOrder(octetFamilies(r.families)), inOrder(octetFamilies(r.forward))}
	}
	return want, got
}

func (w *Offer) paths() []inPathMode {
	var l []inPathMode
	if w.Paths != 0 {
		for _, f := range w.PathFamilies {
			l = append(l, inPathMode{inFamily{uint16(f.AFI()), uint8(f.SAFI())}, w.Paths})
		}
	}
	return l
}

func (w *Offer) hops() []inHop {
	var l []inHop
	for _, h := range w.NextHops {
		l = append(l, inHop{inFamily{uint16(h.Family.AFI()), uint8(h.Family.SAFI())}, uint16(h.NextHop)})
	}
	return l
}

func octetFamilies(l []inFamily) []codec.Family {
	out := make([]codec.Family, len(l))
	for i, f := range l {
		out[i] = codecFamily(f)
	}
	return out
}

// inOrder are the families, each once, in one order.
func inOrder(l []codec.Family) []codec.Family {
	l = slices.Clone(l)
	slices.Sort(l)
	return slices.Compact(l)
}
