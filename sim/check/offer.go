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
	// Notify is the N bit of RFC 8538; Restarted lets the R bit be set.
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
		if x.want != x.got {
			return violated(WireOffer, x.what+" "+x.want, x.got)
		}
	}
	return nil
}

// offered is one field of an OPEN.
type offered struct{ what, want, got string }

func (w *Offer) fields(body []byte, o *inOpen) []offered {
	as2 := w.AS
	if as2 > 0xffff {
		as2 = asTransNumber // RFC 6793 §4.2.1
	}
	var as4 uint32
	if w.AS4 {
		as4 = w.AS
	}
	number := func(n uint32) string { return fmt.Sprint(n) }
	flag := func(what string, want, got bool) offered {
		return offered{"the capability " + what + ":", fmt.Sprint(want), fmt.Sprint(got)}
	}
	list := []offered{
		{"My Autonomous System", number(as2), number(uint32(binary.BigEndian.Uint16(body[1:])))},
		{"BGP Identifier", w.ID.String(), netip.AddrFrom4(o.id).String()},
		{"4-octet AS number (0: not offered)", number(as4), number(o.as4Number)},
		{"the families", familyNames(w.Families), familyNames(octetFamilies(o.families))},
		flag("Extended Message", w.Extended, o.extended),
		flag("Route Refresh", w.Refresh, o.refresh),
		flag("Enhanced Route Refresh", w.Refresh, o.enhanced),
		flag("OPERATIONAL", w.Operational, o.oper),
		{"ADD-PATH", w.paths(), pathText(o.addPath)},
		{"Extended Next Hop", fmt.Sprint(w.hops()), fmt.Sprint(o.nextHop)},
	}
	want, got := w.restart(), "none"
	if o.restart != nil {
		r := o.restart
		got = restartText(r.seconds, r.notify, octetFamilies(r.forward))
		if len(r.forward) != len(r.families) {
			got += " of " + familyNames(octetFamilies(r.families))
		}
		if r.restarting && !w.Restarted {
			got += " and the R bit"
		}
	}
	return append(list, offered{"Graceful Restart:", want, got})
}

// restart: what peers forward by our routes does not pass through us, so that all
// forwarding state is said to be kept.
func (w *Offer) restart() string {
	if w.Restart == 0 {
		return "none"
	}
	return restartText(int(w.Restart/time.Second), w.Notify, w.Families)
}

func restartText(seconds int, notify bool, forward []codec.Family) string {
	return fmt.Sprintf("%d s, N bit %t, forwarding kept for %s", seconds, notify, familyNames(forward))
}

func (w *Offer) paths() string {
	var l []inPathMode
	if w.Paths != 0 {
		for _, f := range w.PathFamilies {
			l = append(l, inPathMode{inFamily{uint16(f.AFI()), uint8(f.SAFI())}, w.Paths})
		}
	}
	return pathText(l)
}

func (w *Offer) hops() []inHop {
	var l []inHop
	for _, h := range w.NextHops {
		l = append(l, inHop{inFamily{uint16(h.Family.AFI()), uint8(h.Family.SAFI())}, uint16(h.NextHop)})
	}
	return l
}

func pathText(l []inPathMode) string {
	if len(l) == 0 {
		return "none"
	}
	return fmt.Sprint(l)
}

func octetFamilies(l []inFamily) []codec.Family {
	var out []codec.Family
	for _, f := range l {
		out = append(out, codecFamily(f))
	}
	return out
}

// familyNames are the families, in one order.
func familyNames(l []codec.Family) string {
	l = slices.Sorted(slices.Values(l))
	return fmt.Sprint(slices.Compact(l))
}
