package event

import (
	"fmt"
	"slices"
	"strings"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

// appendText appends the text form: lines that begin with the neighbor, and an
// empty one after each event.
func appendText(b []byte, ev *speaker.Event) []byte {
	who := "neighbor " + string(appendAddr(nil, ev.Peer.PeerAddress)) + " "
	switch ev.Kind {
	case speaker.EvShutdown:
		return append(b, "shutdown\n\n"...)
	case speaker.EvState:
		b = append(b, who+clean(ev.State)...)
		if ev.Reason != "" {
			b = append(b, " - "+clean(ev.Reason)...)
		}
		return append(b, "\n\n"...)
	case speaker.EvMessage:
		if !framed(ev.Message) {
			return b
		}
		if ev.Packets && !ev.Consolidate {
			b = append(b, fmt.Sprintf("%s%s %d%s\n\n", who, direction(ev), codec.TypeOf(ev.Message), packetText(ev))...)
		}
		if ev.Parsed || ev.Consolidate {
			b = appendMessageText(b, who+direction(ev)+" ", ev)
		}
	}
	return b
}

// clean keeps a text on its line.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

func packetText(ev *speaker.Event) string {
	return fmt.Sprintf(" header 0x%X body 0x%X", ev.Message[:codec.HeaderLen], codec.Body(ev.Message))
}

func appendMessageText(b []byte, who string, ev *speaker.Event) []byte {
	packet := ""
	if ev.Consolidate && ev.Packets {
		packet = packetText(ev)
	}
	if codec.TypeOf(ev.Message) == codec.MsgUpdate {
		return updateText(b, who, ev, packet)
	}
	return append(b, who+messageText(ev)+packet+"\n\n"...)
}

func messageText(ev *speaker.Event) string {
	var bad *codec.Error
	switch t := codec.TypeOf(ev.Message); t {
	case codec.MsgOpen:
		var o *codec.Open
		if o, bad = codec.DecodeOpen(ev.Message); bad == nil {
			return openText(o)
		}
	case codec.MsgNotification:
		var n codec.Notification
		if n, bad = codec.DecodeNotification(ev.Message); bad == nil {
			return fmt.Sprintf("notification code %d subcode %d data 0x%X", n.Code, n.Subcode, n.Data)
		}
	case codec.MsgRouteRefresh:
		var r codec.RouteRefresh
		if r, bad = codec.DecodeRouteRefresh(ev.Message); bad == nil {
			return fmt.Sprintf("route-refresh afi %s safi %s %s", r.Family.AFI(), r.Family.SAFI(), subtype(r.Subtype))
		}
	case codec.MsgOperational:
		var o codec.Operational
		if o, bad = codec.DecodeOperational(ev.Message); bad == nil {
			text, _ := o.AppendText([]byte("operational "))
			return clean(string(text))
		}
	default:
		return typeName(t)
	}
	return "malformed " + typeName(codec.TypeOf(ev.Message)) + " " + clean(bad.Error())
}

func openText(o *codec.Open) string {
	as := uint32(o.AS)
	if as4, ok := o.AS4(); ok {
		as = as4
	}
	var caps []string
	for i, c := range o.Caps {
		first := slices.IndexFunc(o.Caps, func(x codec.Capability) bool { return x.Code == c.Code })
		if first == i {
			caps = append(caps, capText(o, c.Code))
		}
	}
	return fmt.Sprintf("open version %d asn %d hold_time %d router_id %s capabilities [%s]",
		o.Version, as, o.HoldTime, o.ID, strings.Join(caps, ", "))
}

func capText(o *codec.Open, c codec.CapCode) string {
	name := strings.ReplaceAll(capName(c), "-", " ")
	switch c {
	case codec.CapMultiprotocol:
		var fams []string
		for _, f := range o.Families() {
			fams = append(fams, command.FamilyName(f))
		}
		return name + "(" + strings.Join(fams, ",") + ")"
	case codec.CapAS4:
		as, _ := o.AS4()
		return fmt.Sprintf("%s(%d)", name, as)
	case codec.CapExtendedMessage:
		return name + "(65535)"
	case codec.CapGracefulRestart:
		g, _ := o.GracefulRestart()
		flags := 0
		if g.Restarting {
			flags = 8
		}
		s := fmt.Sprintf("%s flags 0x%X time %d", name, flags, g.Time)
		for _, f := range g.Families {
			bits := 0
			if f.Forwarding {
				bits = 0x80
			}
			s += fmt.Sprintf(" %s=0x%02x", slashed(f.Family), bits)
		}
		return s
	}
	return name
}

// updateText appends one line a route between "update start" and "update end".
func updateText(b []byte, who string, ev *speaker.Event, packet string) []byte {
	who += "update "
	b = append(b, who+"start\n"...)
	u := decode(ev)
	if f, ok := u.EndOfRIB(); ok {
		b = fmt.Appendf(b, "%sroute eor %d/%d (%s)\n", who, f.AFI(), f.SAFI(), command.FamilyName(f))
	}
	attrs := u.Attrs.Without(codec.AttrNextHop)
	for r := range u.Announced() {
		b = append(b, who+"announced "+r.NLRI().String()+" next-hop "+nextHopText(u, r.Family)...)
		if text := attrs.String(); text != "" {
			b = append(b, " "+clean(text)...)
		}
		b = append(b, '\n')
	}
	for r := range u.Withdraws() {
		b = append(b, who+"withdrawn "+r.NLRI().String()+"\n"...)
	}
	if packet != "" {
		b = append(b, packet+"\n"...)
	}
	return append(b, who+"end\n\n"...)
}
