package command

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/speaker"
)

// AppendReply appends the lines that answer one command: the output of show
// commands, then "done", or "error: REASON" and "error". A quiet reply has its
// output only.
func AppendReply(b []byte, r *speaker.Reply) []byte {
	for _, l := range r.Lines {
		b = appendLine(b, l)
	}
	switch v := r.Value.(type) {
	case *speaker.RoutesReply:
		b = appendRoutes(b, v)
	case *speaker.NeighborsReply:
		b = appendNeighbors(b, v)
	case *speaker.PingReply:
		b = appendPing(b, v)
	case *speaker.StatusReply:
		b = appendStatus(b, v, r.JSON)
	case *speaker.VersionReply:
		b = appendVersion(b, v, r.JSON)
	case *speaker.ProgressReply:
		b = appendProgress(b, v, r.JSON)
	case *speaker.GroupReply:
		b = appendGroup(b, v)
	case *speaker.Metrics:
		b = appendMetrics(b, v, r.JSON)
	case *speaker.QueueReply:
		b = appendQueue(b, v)
	case *speaker.HelpReply:
		for _, l := range Help() {
			b = appendLine(b, l)
		}
	}
	id := ""
	if r.ID != "" {
		id = " " + oneLine(r.ID)
	}
	switch {
	case r.Quiet:
		return b
	case r.OK:
		return appendLine(b, "done"+id)
	case r.Err != "":
		b = appendLine(b, "error: "+r.Err)
	}
	return appendLine(b, "error"+id)
}

// oneLine keeps a text on its line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

func appendLine(b []byte, s string) []byte { return append(append(b, oneLine(s)...), '\n') }

func appendRoutes(b []byte, v *speaker.RoutesReply) []byte {
	if v.Show.JSON {
		return appendRoutesJSON(b, v)
	}
	for _, r := range v.Routes {
		if v.Show.Extensive && r.Name != "" {
			b = append(b, oneLine(r.Name)...)
		} else {
			b = r.Peer.AppendTo(b)
		}
		b = append(b, ' ')
		b = AppendFamily(b, r.Route.NLRI.Family, ' ')
		b = append(b, ' ')
		b = append(b, r.Route.NLRI.String()...)
		if v.Show.Extensive {
			if r.Route.NLRI.PathID != 0 {
				b = append(append(b, " path-information "...), pathID(r.Route.NLRI.PathID)...)
			}
			b = append(append(b, ' '), attrsText(r.Route)...)
		}
		b = append(b, '\n')
	}
	return b
}

func pathID(n uint32) string {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}).String()
}

func attrsText(r speaker.Route) string {
	t, err := r.Attrs.AppendText(nil)
	if err != nil {
		return "(" + oneLine(err.Error()) + ")"
	}
	return string(t)
}

// appendRoutesJSON appends one object a neighbor.
func appendRoutesJSON(b []byte, v *speaker.RoutesReply) []byte {
	for i, r := range v.Routes {
		if i == 0 || v.Routes[i-1].Peer != r.Peer {
			if i > 0 {
				b = append(b, "]}}\n"...)
			}
			b = append(r.Peer.AppendTo(append(b, `{"`...)), `": {"routes": [`...)
		} else {
			b = append(b, ", "...)
		}
		b = append(b, `{"family": "`...)
		b = AppendFamily(b, r.Route.NLRI.Family, ' ')
		b = append(append(b, `", "prefix": "`...), r.Route.NLRI.String()...)
		if v.Show.Index {
			b = AppendIndex(append(b, `", "index": "`...), r.Route.NLRI)
		}
		if v.Show.Extensive {
			b = append(append(b, `", "attributes": "`...), attrsText(r.Route)...)
		}
		b = append(b, `"}`...)
	}
	if len(v.Routes) > 0 {
		b = append(b, "]}}\n"...)
	}
	return b
}

func appendNeighbors(b []byte, v *speaker.NeighborsReply) []byte {
	switch {
	case v.Show.JSON:
		b = append(b, '[')
		for i := range v.Neighbors {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = appendNeighborJSON(b, &v.Neighbors[i])
		}
		return append(b, "]\n"...)
	case !v.Show.Summary && !v.Show.Extensive && !v.Show.Configuration:
		b = appendLine(b, "please specify summary, extensive or configuration")
		return appendLine(b, "you can filter by peer ip address adding it after the word neighbor")
	case v.Show.Summary:
		b = append(b, "Peer            AS        up/down state       |     #sent     #recvd\n"...)
		for _, n := range v.Neighbors {
			b = fmt.Appendf(b, "%-15s %-7d %9s %-12s %10d %10d\n",
				n.Neighbor.Peers(), n.Neighbor.PeerAS, upTime(n.Uptime), strings.ToLower(n.State), n.Sent, n.Received)
		}
		return b
	}
	for i := range v.Neighbors {
		b = appendNeighborText(b, &v.Neighbors[i], v.Show.Configuration)
	}
	return b
}

// upTime is "1:02:03", or "down".
func upTime(d time.Duration) string {
	if d <= 0 {
		return "down"
	}
	s := int64(d / time.Second)
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

func appendNeighborJSON(b []byte, n *speaker.NeighborStatus) []byte {
	c := n.Neighbor
	b = fmt.Appendf(b, `{"peer-address": "%s", "local-address": "%s", "local-as": %d, "peer-as": %d, "router-id": "%s", "state": "%s", "uptime": %d, "sent": %d, "received": %d, "families": [`,
		c.Peers(), addr(c.LocalAddress), c.LocalAS, c.PeerAS, addr(c.RouterID), strings.ToLower(n.State),
		int64(n.Uptime/time.Second), n.Sent, n.Received)
	for i, f := range c.Families {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(AppendFamily(append(b, '"'), f, ' '), '"')
	}
	return append(b, "]}"...)
}

// addr is an address, or "auto".
func addr(a netip.Addr) string {
	if !a.IsValid() {
		return "auto"
	}
	return a.String()
}

// appendNeighborText appends a neighbor's directives, in the syntax of the
// configuration, and unless only these are asked for its state.
func appendNeighborText(b []byte, n *speaker.NeighborStatus, configuration bool) []byte {
	c := n.Neighbor
	b = fmt.Appendf(b, "neighbor %s {\n", c.Peers())
	if c.Description != "" {
		b = appendLine(b, "\tdescription "+strconv.Quote(c.Description)+";")
	}
	b = fmt.Appendf(b, "\trouter-id %s;\n\tlocal-address %s;\n\tlocal-as %d;\n\tpeer-as %d;\n\thold-time %d;\n\tpassive %t;\n\tgroup-updates %t;\n\tadj-rib-in %t;\n\tadj-rib-out %t;\n\tmanual-eor %t;\n",
		addr(c.RouterID), addr(c.LocalAddress), c.LocalAS, c.PeerAS, int64(c.HoldTime/time.Second), c.Passive,
		c.GroupUpdates, c.AdjRIBIn, c.AdjRIBOut, c.ManualEOR)
	b = append(b, "\tfamily {\n"...)
	for _, f := range c.Families {
		b = append(AppendFamily(append(b, "\t\t"...), f, ' '), ";\n"...)
	}
	b = append(b, "\t}\n"...)
	if !configuration {
		b = fmt.Appendf(b, "\t# state %s, up %s, messages sent %d, received %d\n", strings.ToLower(n.State), upTime(n.Uptime), n.Sent, n.Received)
	}
	return append(b, "}\n"...)
}

// Help is one line a verb phrase, for `help`.
func Help() []string {
	var out []string
	for _, v := range verbs {
		if v.refused() {
			continue
		}
		line := v.phrase
		if v.usage != "" {
			line += " " + v.usage
		}
		if v.peers {
			line = "[neighbor IP|* …] " + line
		}
		if v.waits {
			line += " [sync|async]"
		}
		out = append(out, line)
	}
	return out
}
