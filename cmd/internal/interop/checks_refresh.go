//go:build linux

package main

import (
	"fmt"
	"strings"

	"github.com/peerloom/peerloom/codec"
)

func checkRefreshAsked(l *lab) (string, error) {
	if err := l.needs(l.refresh, codec.CapRouteRefresh, "route refresh"); err != nil {
		return "", err
	}
	r := route{ipv4, "198.51.100.64/26"}
	if err := l.peer.announce(r); err != nil {
		return "", err
	}
	defer func() { _ = l.peer.withdraw(r) }()
	if _, err := l.weShow(r, true); err != nil {
		return "", err
	}
	mark := l.wire.mark()
	if err := l.say("announce route-refresh ipv4 unicast"); err != nil {
		return "", err
	}
	if _, err := l.sees(mark, "our ROUTE-REFRESH", refreshOf(true, 0)); err != nil {
		return "", err
	}
	if _, err := l.sees(mark, "the peer's UPDATE again", updateWith(false, r.prefix)); err != nil {
		return "", err
	}
	_, err := l.weShow(r, true)
	return "ROUTE-REFRESH sent, the peer's UPDATE came again", err
}

func checkRefreshAnswered(l *lab) (string, error) {
	r := route{ipv4, "203.0.113.64/26"}
	if err := l.withRoute(r); err != nil {
		return "", err
	}
	defer func() { _ = l.say("withdraw route " + r.prefix) }()
	mark := l.wire.mark()
	if err := l.peer.refresh(); err != nil {
		return "", err
	}
	if _, err := l.sees(mark, "the peer's ROUTE-REFRESH", refreshOf(false, 0)); err != nil {
		return "", errNotOffered("its own command was run, and it sent no ROUTE-REFRESH")
	}
	if _, err := l.sees(mark, "our UPDATE again", updateWith(true, r.prefix)); err != nil {
		return "", err
	}
	_, err := l.theyShow(r)
	return "ROUTE-REFRESH came, our UPDATE was sent again", err
}

func checkEnhancedOurs(l *lab) (string, error) {
	if err := l.needs(settings{}, codec.CapEnhancedRefresh, "enhanced route refresh"); err != nil {
		return "", err
	}
	r := route{ipv4, "203.0.113.96/27"}
	if err := l.withRoute(r); err != nil {
		return "", err
	}
	defer func() { _ = l.say("withdraw route " + r.prefix) }()
	mark := l.wire.mark()
	if err := l.say("flush adj-rib out"); err != nil {
		return "", err
	}
	if _, err := l.sees(mark, "our EoRR", refreshOf(true, 2)); err != nil {
		return "", err
	}
	order := ""
	for _, m := range l.wire.messages(mark) {
		switch {
		case refreshOf(true, 1)(&m):
			order += "BoRR "
		case updateWith(true, r.prefix)(&m):
			order += "UPDATE "
		case refreshOf(true, 2)(&m):
			order += "EoRR"
		}
	}
	if order != "BoRR UPDATE EoRR" {
		return "", fmt.Errorf("sent %s", order)
	}
	if _, err := l.theyShow(r); err != nil {
		return "", err
	}
	return "sent " + order + "; the peer keeps the route", l.peer.established()
}

func checkEnhancedTheirs(l *lab) (string, error) {
	if err := l.needs(l.refresh, codec.CapEnhancedRefresh, "enhanced route refresh"); err != nil {
		return "", err
	}
	r := route{ipv4, "198.51.100.96/27"}
	if err := l.peer.announce(r); err != nil {
		return "", err
	}
	defer func() { _ = l.peer.withdraw(r) }()
	if _, err := l.weShow(r, true); err != nil {
		return "", err
	}
	mark := l.wire.mark()
	if err := l.say("announce route-refresh ipv4 unicast"); err != nil {
		return "", err
	}
	if _, err := l.sees(mark, "the peer's UPDATE again", updateWith(false, r.prefix)); err != nil {
		return "", err
	}
	if _, err := l.sees(mark, "the peer's EoRR", refreshOf(false, 2)); err != nil {
		return "", errNotOffered("it offers the capability, and sent the routes again without BoRR and EoRR")
	}
	_, err := l.weShow(r, true)
	return "the peer sent BoRR and EoRR; the route is kept", err
}

func checkAddPathTo(l *lab) (string, error) {
	if err := l.session(settings{addPath: true}); err != nil {
		return "", err
	}
	if has, err := l.offers(codec.CapAddPath); err != nil || !has {
		return "", errNotOffered("its OPEN has no capability 69, add-path")
	}
	one := "route 192.0.2.128/25 path-information 0.0.0.1 next-hop " + ourIPv4 + " med 11"
	two := "route 192.0.2.128/25 path-information 0.0.0.2 next-hop " + ourIPv4 + " med 22"
	if err := l.say("announce "+one, "announce "+two); err != nil {
		return "", err
	}
	seen, err := l.theyShow(route{ipv4, "192.0.2.128/25"}, "11", "22")
	return "both paths shown: " + seen, err
}

func checkAddPathFrom(l *lab) (string, error) {
	if err := l.session(settings{addPath: true}); err != nil {
		return "", err
	}
	if has, err := l.offers(codec.CapAddPath); err != nil || !has {
		return "", errNotOffered("its OPEN has no capability 69, add-path")
	}
	r := route{ipv4, "198.51.100.128/25"}
	if err := l.peer.announce(r); err != nil {
		return "", err
	}
	line, err := l.weShow(r, true)
	if err == nil && !strings.Contains(line, "path-information") {
		err = errNotOffered("it announces no path identifier: " + line)
	}
	return line, err
}
