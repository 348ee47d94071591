//go:build linux

package main

import (
	"fmt"
	"strings"

	"github.com/peerloom/peerloom/codec"
)

func checkExtended(l *lab) (string, error) {
	if err := l.needs(settings{}, codec.CapExtendedMessage, "extended messages"); err != nil {
		return "", err
	}
	r := route{ipv4, "192.0.2.64/26"}
	var list strings.Builder
	for i := range 1200 {
		fmt.Fprintf(&list, " %d:%d", ourAS, i)
	}
	mark := l.wire.mark()
	if err := l.say("announce route " + r.prefix + " next-hop " + ourIPv4 + " community [" + list.String() + " ]"); err != nil {
		return "", err
	}
	defer func() { _ = l.say("withdraw route " + r.prefix) }()
	length := 0
	if _, err := l.sees(mark, "an UPDATE of more than 4096 octets", func(m *message) bool {
		if updateWith(true, r.prefix)(m) && len(m.Message) > codec.MaxLen {
			length = len(m.Message)
		}
		return length != 0
	}); err != nil {
		return "", err
	}
	if _, err := l.theyShow(r); err != nil {
		return "", err
	}
	return fmt.Sprintf("an UPDATE of %d octets; the peer shows its route", length), l.peer.established()
}

func checkLarge(l *lab) (string, error) {
	r := route{ipv4, "192.0.2.32/27"}
	if err := l.session(settings{}); err != nil {
		return "", err
	}
	if err := l.say("announce route " + r.prefix + " next-hop " + ourIPv4 + " large-community [ 65001:4294967295:7 ]"); err != nil {
		return "", err
	}
	defer func() { _ = l.say("withdraw route " + r.prefix) }()
	if _, err := l.theyShow(r, "4294967295"); err != nil {
		return "", err
	}
	return "the peer shows 65001:4294967295:7", nil
}

// checkFamily is one family, one direction, with the peer able to leave it out.
func checkFamily(l *lab, s settings, f codec.Family, run func() (string, error)) (string, error) {
	if err := l.session(s); err != nil {
		return "", err
	}
	o, err := l.lastOpen()
	if err == nil && !o.Families().Has(f) {
		err = errNotOffered("its OPEN does not have the family " + f.String())
	}
	if err != nil {
		return "", err
	}
	return run()
}

const flowMatch = "match { destination 203.0.113.0/24; protocol tcp; destination-port =80; }"

func checkFlowTo(l *lab) (string, error) {
	return checkFamily(l, settings{flow: true}, codec.IPv4Flow, func() (string, error) {
		if err := l.say("announce flow route { " + flowMatch + " then { discard; } }"); err != nil {
			return "", err
		}
		return l.theyShow(route{flow4, "203.0.113.0/24"})
	})
}

func checkFlowFrom(l *lab) (string, error) {
	return checkFamily(l, settings{flow: true}, codec.IPv4Flow, func() (string, error) {
		r := route{flow4, "198.51.100.0/24"}
		if err := l.peer.announce(r); err != nil {
			return "", err
		}
		return l.weShow(r, true)
	})
}

func checkVPNTo(l *lab) (string, error) {
	return checkFamily(l, settings{vpn: true}, codec.IPv4VPN, func() (string, error) {
		if err := l.say("announce route 203.0.113.0/24 rd 65000:1 label 100 next-hop " + ourIPv4 + " extended-community [ target:65000:1 ]"); err != nil {
			return "", err
		}
		return l.theyShow(route{vpn4, "203.0.113.0/24"})
	})
}

func checkVPNFrom(l *lab) (string, error) {
	return checkFamily(l, settings{vpn: true}, codec.IPv4VPN, func() (string, error) {
		r := route{vpn4, "198.51.100.0/24"}
		if err := l.peer.announce(r); err != nil {
			return "", err
		}
		return l.weShow(r, true)
	})
}
