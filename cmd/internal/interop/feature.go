//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"

	"github.com/peerloom/peerloom/codec"
)

// feature is a row of the table. Its check returns what was seen, or why not.
type feature struct {
	name  string
	check func(l *lab) (seen string, err error)
	// fresh: the check harms the session, so the next one needs another.
	fresh bool
}

// features are the rows.
func features() []feature {
	return []feature{
		{"session", checkSession, false},
		{"IPv4 routes to the peer", checkTo(route{ipv4, "192.0.2.0/24"}, "route 192.0.2.0/24 next-hop "+ourIPv4), false},
		{"IPv4 routes from the peer", checkFrom(route{ipv4, "198.51.100.0/24"}), false},
		{"IPv6 routes to the peer", checkTo(route{ipv6, "2001:db8:1::/48"}, "route 2001:db8:1::/48 next-hop "+ourIPv6), false},
		{"IPv6 routes from the peer", checkFrom(route{ipv6, "2001:db8:2::/48"}), false},
		{"withdraw, to the peer", checkWithdrawTo, false},
		{"withdraw, from the peer", checkWithdrawFrom, false},
		{"flush", checkFlush, false},
		{"clear", checkClear, false},
		{"route refresh that we ask for", checkRefreshAsked, false},
		{"route refresh that the peer asks for", checkRefreshAnswered, false},
		{"enhanced refresh, ours", checkEnhancedOurs, false},
		{"enhanced refresh, the peer's", checkEnhancedTheirs, false},
		{"add-path, to the peer", checkAddPathTo, false},
		{"add-path, from the peer", checkAddPathFrom, false},
		{"extended messages", checkExtended, false},
		{"large communities", checkLarge, false},
		{"flow specifications, to the peer", checkFlowTo, false},
		{"flow specifications, from the peer", checkFlowFrom, false},
		{"VPN, to the peer", checkVPNTo, false},
		{"VPN, from the peer", checkVPNFrom, false},
		{"GTSM", checkGTSM, false},
		{"GTSM, we refuse a low TTL", checkGTSMOurs, true},
		{"GTSM, the peer refuses a low TTL", checkGTSMTheirs, true},
		{"MD5", checkMD5, false},
		{"MD5 refuses another key", checkMD5Refuses, true},
		{"NOTIFICATION with text, to the peer", checkTextTo, true},
		{"NOTIFICATION with text, from the peer", checkTextFrom, true},
		{"hold time expires here", checkHoldOurs, true},
		{"hold time expires at the peer", checkHoldTheirs, true},
		{"collision, both dial at once", checkCollision, true},
		{"graceful restart of ours", checkRestartOurs, true},
		{"graceful restart of the peer", checkRestartTheirs, true},
	}
}

func checkSession(l *lab) (string, error) {
	mark := l.wire.mark()
	if err := l.session(settings{}); err != nil {
		return "", err
	}
	return l.sees(mark, "OPEN and KEEPALIVE of both ends", func(m *message) bool { return !m.ours && m.kind() == codec.MsgKeepalive })
}

// checkTo announces a route and asks the peer for it.
func checkTo(r route, words string, shown ...string) func(l *lab) (string, error) {
	return func(l *lab) (string, error) {
		if err := l.session(settings{}); err != nil {
			return "", err
		}
		if err := l.say("announce " + words); err != nil {
			return "", err
		}
		defer func() { _ = l.say("withdraw " + words) }()
		return l.theyShow(r, shown...)
	}
}

// checkFrom has the peer announce a route and asks our daemon for it.
func checkFrom(r route) func(l *lab) (string, error) {
	return func(l *lab) (string, error) {
		if err := l.session(settings{}); err != nil {
			return "", err
		}
		if err := l.peer.announce(r); err != nil {
			return "", err
		}
		defer func() { _ = l.peer.withdraw(r) }()
		return l.weShow(r, true)
	}
}

func checkWithdrawTo(l *lab) (string, error) {
	r := route{ipv4, "192.0.2.0/25"}
	if err := l.session(settings{}); err != nil {
		return "", err
	}
	if err := l.say("announce route " + r.prefix + " next-hop " + ourIPv4); err != nil {
		return "", err
	}
	if _, err := l.theyShow(r); err != nil {
		return "", err
	}
	if err := l.say("withdraw route " + r.prefix); err != nil {
		return "", err
	}
	return "shown before, not shown after", l.theyLack(r)
}

func checkWithdrawFrom(l *lab) (string, error) {
	r := route{ipv4, "198.51.100.0/25"}
	if err := l.session(settings{}); err != nil {
		return "", err
	}
	if err := l.peer.announce(r); err != nil {
		return "", err
	}
	if _, err := l.weShow(r, true); err != nil {
		return "", err
	}
	if err := l.peer.withdraw(r); err != nil {
		return "", err
	}
	_, err := l.weShow(r, false)
	return "in the Adj-RIB-In before, not after", err
}

// nlri is a prefix as an UPDATE has it (RFC 4271 §4.3).
func nlri(prefix string) []byte {
	p := netip.MustParsePrefix(prefix)
	return append([]byte{byte(p.Bits())}, p.Addr().AsSlice()[:(p.Bits()+7)/8]...)
}

// updateWith picks an UPDATE of one end that announces a prefix at its end,
// where the NLRI of IPv4 unicast stand.
func updateWith(ours bool, prefix string) func(m *message) bool {
	return func(m *message) bool {
		return m.ours == ours && m.kind() == codec.MsgUpdate && bytes.HasSuffix(m.Message, nlri(prefix))
	}
}

// refreshOf picks a ROUTE-REFRESH of one end for IPv4 unicast, of a subtype:
// 0 asks, 1 and 2 are BoRR and EoRR (RFC 7313 §3.2).
func refreshOf(ours bool, subtype byte) func(m *message) bool {
	return func(m *message) bool {
		return m.ours == ours && m.kind() == codec.MsgRouteRefresh && bytes.Equal(m.Message[19:], []byte{0, 1, subtype, 1})
	}
}

// withRoute is a session in which we announce a route that the peer shows.
func (l *lab) withRoute(r route) error {
	if err := l.session(settings{}); err != nil {
		return err
	}
	if err := l.say("announce route " + r.prefix + " next-hop " + ourIPv4); err != nil {
		return err
	}
	_, err := l.theyShow(r)
	return err
}

func checkFlush(l *lab) (string, error) {
	r := route{ipv4, "203.0.113.0/24"}
	if err := l.withRoute(r); err != nil {
		return "", err
	}
	defer func() { _ = l.say("withdraw route " + r.prefix) }()
	mark := l.wire.mark()
	if err := l.say("flush adj-rib out"); err != nil {
		return "", err
	}
	if _, err := l.sees(mark, "the UPDATE again", updateWith(true, r.prefix)); err != nil {
		return "", err
	}
	if _, err := l.theyShow(r); err != nil {
		return "", err
	}
	return "the UPDATE was sent again; the peer still shows the route", l.peer.established()
}

func checkClear(l *lab) (string, error) {
	a, b := route{ipv4, "203.0.113.0/25"}, route{ipv4, "203.0.113.128/25"}
	if err := errors.Join(l.withRoute(a), l.withRoute(b)); err != nil {
		return "", err
	}
	if err := l.say("clear adj-rib out"); err != nil {
		return "", err
	}
	if err := errors.Join(l.theyLack(a), l.theyLack(b)); err != nil {
		return "", err
	}
	return "two routes shown before, none after", l.peer.established()
}

// lastOpen is the last OPEN of the peer.
func (l *lab) lastOpen() (*codec.Open, error) {
	all := l.wire.messages(0)
	for i := len(all) - 1; i >= 0; i-- {
		if m := &all[i]; !m.ours && m.kind() == codec.MsgOpen {
			o, err := codec.DecodeOpen(m.Message)
			if err != nil {
				return nil, err
			}
			return o, nil
		}
	}
	return nil, errors.New("no OPEN of the peer was seen")
}

// offers reports whether the last OPEN of the peer has a capability.
func (l *lab) offers(c codec.CapCode) (bool, error) {
	o, err := l.lastOpen()
	return err == nil && o.Has(c), err
}

// needs is a session in which the peer's OPEN the peer's OPEN has the capability.
func (l *lab) needs(s settings, c codec.CapCode, name string) error {
	if err := l.session(s); err != nil {
		return err
	}
	has, err := l.offers(c)
	if err == nil && !has {
		err = errNotOffered(fmt.Sprintf("its OPEN has no capability %d, %s", c, name))
	}
	return err
}
