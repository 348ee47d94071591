package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

// draft is a neighbor while its section is read.
type draft struct {
	speaker.Neighbor
	index           int // in Config.Neighbors; -1: of a template, whose processes are not looked up
	localAS, peerAS bool
	pending         []apiNames
	graceful        bool // graceful-restart without a time: the hold time
	noNextHop       bool // capability nexthop false
	nextHops        []codec.NextHopFamily
	md5             string
	md5Base64       bool
	md5IP           netip.Addr // read only: the kernel keeps a key by the peer's address alone
	aoBase64        bool
	aoAt            *node    // the section tcp-ao; nil: there is none
	inherited       []string // templates being read, against cycles
}

// newDraft has the defaults of a neighbor.
func newDraft(r *reader, _ *node) *draft {
	d := &draft{index: -1}
	d.HoldTime = 180 * time.Second
	d.GroupUpdates, d.AutoFlush, d.AdjRIBIn, d.AdjRIBOut = true, true, true, true
	d.Connect = r.env.TCPPort
	d.Caps.AS4, d.Caps.ExtendedMessage = true, true
	return d
}

func neighborTable() []directive[draft] {
	return []directive[draft]{
		{"inherit", leaf, inherit},
		{"description", leaf, description},
		{"router-id", leaf, ip(func(d *draft) *netip.Addr { return &d.RouterID }, true)},
		{"local-address", leaf, localAddress},
		{"local-link-local", leaf, linkLocal},
		{"local-as", leaf, asn(func(d *draft) *uint32 { return &d.LocalAS }, func(d *draft) *bool { return &d.localAS })},
		{"peer-as", leaf, asn(func(d *draft) *uint32 { return &d.PeerAS }, func(d *draft) *bool { return &d.peerAS })},
		{"hold-time", leaf, func(r *reader, d *draft, n *node) { d.HoldTime = holdTime(r, n) }},
		{"connect-retry", leaf, interval(func(d *draft) *time.Duration { return &d.ConnectRetry })},
		{"delay-open", leaf, interval(func(d *draft) *time.Duration { return &d.DelayOpen })},
		{"send-hold-time", leaf, sendHold},
		{"damp-peer-oscillations", leaf, flag(true, func(d *draft) *bool { return &d.Damp })},
		{"idle-hold-max", leaf, interval(func(d *draft) *time.Duration { return &d.IdleHoldMax })},
		{"notify-without-open", leaf, flag(true, func(d *draft) *bool { return &d.NotifyEarly })},
		{"passive", leaf, flag(true, func(d *draft) *bool { return &d.Passive })},
		{"source-interface", leaf, sourceInterface},
		{"outgoing-ttl", leaf, ttl(func(d *draft) *uint8 { return &d.Socket.OutgoingTTL })},
		{"incoming-ttl", leaf, ttl(func(d *draft) *uint8 { return &d.Socket.IncomingTTL })},
		{"md5-password", leaf, str(func(d *draft) *string { return &d.md5 })},
		{"md5-base64", leaf, md5Base64},
		{"md5-ip", leaf, ip(func(d *draft) *netip.Addr { return &d.md5IP }, false)},
		{"listen", leaf, port(func(d *draft) *uint16 { return &d.Listen })},
		{"connect", leaf, port(func(d *draft) *uint16 { return &d.Connect })},
		{"group-updates", leaf, flag(true, func(d *draft) *bool { return &d.GroupUpdates })},
		{"auto-flush", leaf, flag(true, func(d *draft) *bool { return &d.AutoFlush })},
		// The bare keyword is false: so it is in ExaBGP.
		{"adj-rib-in", leaf, flag(false, func(d *draft) *bool { return &d.AdjRIBIn })},
		{"adj-rib-out", leaf, flag(false, func(d *draft) *bool { return &d.AdjRIBOut })},
		{"manual-eor", leaf, flag(false, func(d *draft) *bool { return &d.ManualEOR })},
		{"host-name", leaf, str(func(d *draft) *string { return &d.HostName })},
		{"domain-name", leaf, str(func(d *draft) *string { return &d.DomainName })},
		{"family", section, familyBlock},
		{"capability", section, capabilityBlock},
		{"add-path", section, addPathBlock},
		{"prefix-limit", section, prefixLimits},
		{"nexthop", section, nextHopBlock},
		{"api", section, apiBlock},
		{"static", section, staticBlock},
		{"announce", section, announceBlock},
		{"rate-limit", leaf, rateLimit},
		{"flow", section, flowBlock},
		{"l2vpn", section, announceFamily},
		{"operational", section, operationalBlock},
		{"tcp-ao", section, aoBlock},
	}
}

func neighbor(r *reader, c *speaker.Config, n *node) {
	d := newDraft(r, n)
	d.index = len(c.Neighbors)
	if len(n.words) != 2 {
		r.add(n.at(), "neighbor needs one address", "write neighbor IP { … }")
	} else if a, err := netip.ParseAddr(n.words[1].text); err == nil {
		d.PeerAddress = a
	} else if p, err := netip.ParsePrefix(n.words[1].text); err == nil {
		d.PeerAddress = p.Masked().Addr()
		if !p.IsSingleIP() {
			d.Range = p.Masked()
		}
	} else {
		r.add(n.words[1].at, fmt.Sprintf("%.60q is not an address", n.words[1].text), "write neighbor IP { … } or neighbor PREFIX { … }")
	}
	run(r, neighborTable(), d, "neighbor", n.block)
	d.complete(r, n)
	r.pending = append(r.pending, d.pending...)
	c.Neighbors = append(c.Neighbors, d.Neighbor)
}

// complete fills in what depends on several directives and checks the whole.
func (d *draft) complete(r *reader, n *node) {
	if !d.localAS {
		r.add(n.at(), "local-as is missing", "write local-as NUMBER; in it")
	}
	if !d.peerAS {
		r.add(n.at(), "peer-as is missing", "write peer-as NUMBER; in it")
	}
	if d.localAS && d.LocalAS == 0 && d.PeerAS != 0 {
		d.LocalAS = d.PeerAS // auto: an internal peer
	}
	if d.localAS && d.peerAS && d.LocalAS == 0 {
		r.add(n.at(), "local-as and peer-as are both auto", "write a number for one of them")
	}
	if !d.RouterID.IsValid() {
		if d.LocalAddress.Is4() {
			d.RouterID = d.LocalAddress
		} else {
			r.add(n.at(), "router-id is missing", "write router-id 192.0.2.1; (the default, local-address, is not of four octets)")
		}
	}
	if d.LocalAddress.IsValid() && d.PeerAddress.IsValid() && d.LocalAddress.Is4() != d.PeerAddress.Is4() {
		r.add(n.at(), "local-address and the neighbor are of different address families", "write both as IPv4 or both as IPv6")
	}
	if d.Range.IsValid() && !d.Passive {
		r.add(n.at(), "a neighbor that is a range and is not passive: nobody could be dialled", "write passive true; in it")
	}
	d.key(r, n)
	d.authentication(r)
	if len(d.PrefixLimits) > 0 && !d.AdjRIBIn {
		r.add(n.at(), "prefix-limit without adj-rib-in: nothing is counted", "write adj-rib-in true;")
	}
	if d.Families == nil {
		d.Families = command.AllFamilies()
	}
	if d.graceful {
		d.Caps.GracefulRestart = d.HoldTime
	}
	if !d.noNextHop {
		d.Caps.ExtendedNextHop = d.nextHops
	}
	for _, o := range r.config.Neighbors {
		if d.PeerAddress.IsValid() && o.PeerAddress == d.PeerAddress && o.Range == d.Range && o.LocalAddress == d.LocalAddress &&
			o.LocalAS == d.LocalAS && o.PeerAS == d.PeerAS && o.RouterID == d.RouterID {
			r.add(n.at(), "neighbor "+d.Peers()+" is defined twice", "remove one of them")
		}
	}
}

// inherit reads the blocks of templates as if they stood here.
func inherit(r *reader, d *draft, n *node) {
	names := list(n.args(1))
	if len(names) == 0 {
		r.add(n.at(), "inherit without a name", "write inherit NAME; or inherit [ NAME NAME ];")
	}
	for _, t := range names {
		i := slices.IndexFunc(r.templates, func(m *node) bool { return m.words[1].text == t.text })
		switch {
		case i < 0:
			r.add(t.at, fmt.Sprintf("template %.60s is not defined before it is inherited", t.text),
				"define it with template { neighbor NAME { … } }")
		case slices.Contains(d.inherited, t.text):
			r.add(t.at, "template "+t.text+" inherits itself", "remove one inherit")
		default:
			d.inherited = append(d.inherited, t.text)
			run(r, neighborTable(), d, "neighbor", r.templates[i].block)
			d.inherited = d.inherited[:len(d.inherited)-1]
		}
	}
}

// description may be words without quotes.
func description(r *reader, d *draft, n *node) {
	if len(n.words) == 1 {
		one(r, n, "TEXT")
	}
	d.Description = strings.Join(texts(n.args(1)), " ")
}

func localAddress(r *reader, d *draft, n *node) {
	if len(n.words) == 2 && n.words[1].text == "auto" {
		d.LocalAddress = netip.Addr{}
		return
	}
	ip(func(d *draft) *netip.Addr { return &d.LocalAddress }, false)(r, d, n)
}

// linkLocal is our address on the link, sent beside a global next hop.
func linkLocal(r *reader, d *draft, n *node) {
	ip(func(d *draft) *netip.Addr { return &d.LinkLocal }, false)(r, d, n)
	if d.LinkLocal.IsValid() && !(d.LinkLocal.Is6() && d.LinkLocal.IsLinkLocalUnicast()) {
		r.add(n.words[1].at, fmt.Sprintf("%.60q is not a link-local address", n.words[1].text), "write an address of fe80::/10")
	}
}

// rateLimit is a number of messages in a second; 0: no limit.
func rateLimit(r *reader, d *draft, n *node) {
	v := one(r, n, "NUMBER")
	if v.text == "disable" {
		d.RateLimit = 0
		return
	}
	most, err := strconv.ParseUint(v.text, 10, 31)
	if err != nil || most > maxRate {
		r.add(v.at, fmt.Sprintf("%.40q is not a number of messages in a second", v.text), "write rate-limit 1; to rate-limit 1000000; or 0: no limit")
	}
	d.RateLimit = int(most)
}

const maxRate = 1_000_000
