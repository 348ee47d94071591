package command

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// neighborKeys has one row a word of `create neighbor IP …`. Each has one value.
var neighborKeys = [...]struct {
	name string
	set  func(n *speaker.Neighbor, v string) bool
}{
	{"local-address", func(n *speaker.Neighbor, v string) (ok bool) { n.LocalAddress, ok = address(v); return }},
	{"local-ip", func(n *speaker.Neighbor, v string) (ok bool) { n.LocalAddress, ok = address(v); return }},
	{"local-as", func(n *speaker.Neighbor, v string) (ok bool) { n.LocalAS, ok = asNumber(v); return }},
	{"peer-as", func(n *speaker.Neighbor, v string) (ok bool) { n.PeerAS, ok = asNumber(v); return }},
	{"router-id", func(n *speaker.Neighbor, v string) (ok bool) {
		n.RouterID, ok = address(v)
		return ok && n.RouterID.Is4()
	}},
	{"family-allowed", setFamilies},
	{"graceful-restart", setRestart},
	{"hold-time", setHoldTime},
	{"connect", setConnect},
	{"passive", func(n *speaker.Neighbor, v string) bool { return setBool(&n.Passive, v) }},
	{"group-updates", func(n *speaker.Neighbor, v string) bool { return setBool(&n.GroupUpdates, v) }},
	{"route-refresh", func(n *speaker.Neighbor, v string) bool { return setBool(&n.Caps.RouteRefresh, v) }},
	{"api", setAPI},
}

func setBool(to *bool, v string) bool {
	b, err := strconv.ParseBool(v)
	*to = b
	return err == nil
}

// setFamilies reads "ipv4-unicast/ipv6-unicast"; in-open leaves the default.
func setFamilies(n *speaker.Neighbor, v string) bool {
	if v == "in-open" {
		return true
	}
	n.Families = nil
	for _, one := range strings.Split(v, "/") {
		afi, safi, _ := strings.Cut(one, "-")
		r, ok := FamilyByName(afi, safi)
		if !ok || !r.Supported() {
			return false
		}
		if !n.Families.Has(r.Family) {
			n.Families = append(n.Families, r.Family)
		}
	}
	return true
}

func setRestart(n *speaker.Neighbor, v string) bool {
	s, err := strconv.ParseUint(v, 10, 12) // RFC 4724 §3: 12 bits
	n.Caps.GracefulRestart = time.Duration(s) * time.Second
	return err == nil
}

func setHoldTime(n *speaker.Neighbor, v string) bool {
	s, err := strconv.ParseUint(v, 10, 16)
	n.HoldTime = time.Duration(s) * time.Second
	return err == nil && s != 1 && s != 2
}

func setConnect(n *speaker.Neighbor, v string) bool {
	p, err := strconv.ParseUint(v, 10, 16)
	n.Connect = uint16(p)
	return err == nil && p != 0
}

// setAPI names a process that sees the neighbor; it may be given again.
func setAPI(n *speaker.Neighbor, v string) bool {
	n.API = append(n.API, speaker.API{Processes: []string{v}})
	return v != ""
}

func createNeighbor(l *request, args []word) *Problem {
	const usage = "write create neighbor IP local-address IP local-as N peer-as N"
	n := &speaker.Neighbor{
		HoldTime: 180 * time.Second, GroupUpdates: true, AutoFlush: true, AdjRIBIn: true, AdjRIBOut: true,
		Families: codec.FamilySet{codec.IPv4Unicast},
		Caps:     speaker.Capabilities{AS4: true, ExtendedMessage: true},
	}
	ok := false
	if len(args) > 0 {
		n.PeerAddress, ok = address(args[0].text)
	}
	if !ok {
		return problem(0, "create neighbor without an address", usage)
	}
	for i := 1; i < len(args); i += 2 {
		if p := neighborWord(n, args[i:]); p != nil {
			return p.at(i)
		}
	}
	switch {
	case n.LocalAS == 0 || n.PeerAS == 0:
		return problem(len(args), "local-as or peer-as is missing", usage)
	case !n.RouterID.IsValid() && n.LocalAddress.Is4():
		n.RouterID = n.LocalAddress
	case !n.RouterID.IsValid():
		return problem(len(args), "router-id is missing", "write router-id 192.0.2.1 (the default, local-address, is not of four octets)")
	}
	l.cmd.Kind, l.cmd.Neighbor = speaker.CmdCreateNeighbor, n
	return nil
}

func neighborWord(n *speaker.Neighbor, args []word) *Problem {
	var names []string
	for _, k := range neighborKeys {
		names = append(names, k.name)
		if k.name != args[0].text {
			continue
		}
		if len(args) < 2 || !k.set(n, args[1].text) {
			return problem(0, "bad value of "+k.name, "write "+k.name+" VALUE")
		}
		return nil
	}
	return problem(0, fmt.Sprintf("unknown %.40q of a neighbor", args[0].text), "write one of "+strings.Join(names, ", "))
}

func deleteNeighbor(l *request, args []word) *Problem {
	if len(args) == 0 {
		return problem(0, "no neighbor to delete", "write delete neighbor IP or delete neighbor *")
	}
	s, used, prob := selector(args)
	if prob != nil {
		return prob
	}
	l.cmd.Kind, l.cmd.Peers = speaker.CmdDeleteNeighbor, []speaker.Selector{s}
	return noMore(args, used)
}
