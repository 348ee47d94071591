package config

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker/command"
)

// one is the only value of a leaf. Where there is none, or more, that is
// reported and the token is empty.
func one(r *reader, n *node, instead string) token {
	if len(n.words) == 2 {
		return n.words[1]
	}
	if len(n.words) > 2 {
		r.add(n.words[2].at, n.name()+" takes one value", "write "+instead)
	} else {
		r.add(n.at(), n.name()+" without a value", "write "+n.name()+" "+instead)
	}
	return token{at: n.at()}
}

// flag sets a boolean; bare is the value of the keyword alone.
func flag[T any](bare bool, field func(*T) *bool) func(*reader, *T, *node) {
	return func(r *reader, t *T, n *node) {
		if len(n.words) == 1 {
			*field(t) = bare
			return
		}
		v := one(r, n, "true or false")
		b, err := boolean(v.text)
		if err != nil {
			r.add(v.at, fmt.Sprintf("%.40q is not a boolean", v.text), "write true or false")
		}
		*field(t) = b
	}
}

func ip[T any](field func(*T) *netip.Addr, only4 bool) func(*reader, *T, *node) {
	return func(r *reader, t *T, n *node) {
		v := one(r, n, "IP")
		a, err := netip.ParseAddr(v.text)
		switch {
		case err != nil:
			r.add(v.at, fmt.Sprintf("%.60q is not an address", v.text), "write an address such as 192.0.2.1")
		case only4 && !a.Is4():
			r.add(v.at, n.name()+" is not of four octets", "write it as 192.0.2.1")
		}
		*field(t) = a
	}
}

func str[T any](field func(*T) *string) func(*reader, *T, *node) {
	return func(r *reader, t *T, n *node) { *field(t) = one(r, n, "TEXT").text }
}

func port[T any](field func(*T) *uint16) func(*reader, *T, *node) {
	return func(r *reader, t *T, n *node) {
		v := one(r, n, "PORT")
		p, err := portNumber(v.text)
		if err != nil {
			r.add(v.at, fmt.Sprintf("%.40q is not a port", v.text), "write a number from 1 to 65535")
		}
		*field(t) = p
	}
}

// asn reads an AS number, as 65536 or 1.0 (RFC 5396), or `auto`, which is 0.
func asn[T any](field func(*T) *uint32, seen func(*T) *bool) func(*reader, *T, *node) {
	return func(r *reader, t *T, n *node) {
		v := one(r, n, "NUMBER or auto")
		*seen(t) = true
		as, ok := asNumber(v.text)
		if !ok {
			r.add(v.at, fmt.Sprintf("%.40q is not an AS number", v.text), "write a number from 1 to 4294967295, or auto")
		}
		*field(t) = as
	}
}

func asNumber(s string) (uint32, bool) {
	if s == "auto" {
		return 0, true
	}
	if high, low, dotted := strings.Cut(s, "."); dotted {
		h, err1 := strconv.ParseUint(high, 10, 16)
		l, err2 := strconv.ParseUint(low, 10, 16)
		return uint32(h<<16 | l), err1 == nil && err2 == nil && h|l != 0
	}
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err == nil && n != 0
}

// seconds reads a hold time: 0, or 3 to 65535 (RFC 4271 §4.2).
func holdTime(r *reader, n *node) time.Duration {
	v := one(r, n, "SECONDS")
	s, err := strconv.ParseUint(v.text, 10, 16)
	if err != nil || s == 1 || s == 2 {
		r.add(v.at, fmt.Sprintf("%.40q is not a hold time", v.text), "write 0, or 3 to 65535 seconds (RFC 4271 §4.2)")
	}
	return time.Duration(s) * time.Second
}

// interval reads a number of seconds.
func interval(field func(*draft) *time.Duration) func(*reader, *draft, *node) {
	return func(r *reader, d *draft, n *node) {
		v := one(r, n, "SECONDS")
		s, err := strconv.ParseUint(v.text, 10, 16)
		if err != nil {
			r.add(v.at, fmt.Sprintf("%.40q is not a number of seconds", v.text), "write 0 to 65535")
		}
		*field(d) = time.Duration(s) * time.Second
	}
}

// sendHold reads RFC 9687's SendHoldTime, which may be off.
func sendHold(r *reader, d *draft, n *node) {
	v := one(r, n, "SECONDS")
	s, err := strconv.ParseUint(v.text, 10, 16)
	switch {
	case v.text == "off":
		d.SendHold = -1
		return
	case err != nil || s == 0:
		r.add(v.at, fmt.Sprintf("%.40q is not a send hold time", v.text), "write off, or 1 to 65535 seconds, more than the hold time (RFC 9687 §4.4)")
	}
	d.SendHold = time.Duration(s) * time.Second
}

// familyOf reads two family words.
func familyOf(r *reader, ts []token, at Position) (codec.Family, bool) {
	if len(ts) < 2 {
		r.add(at, "an address family has two words", "write one of "+command.FamilyNames(""))
		return 0, false
	}
	row, ok := command.FamilyByName(ts[0].text, ts[1].text)
	name := fmt.Sprintf("address family %.40s %.40s", ts[0].text, ts[1].text)
	switch {
	case !ok:
		r.add(ts[0].at, "unknown "+name, "write one of "+command.FamilyNames(""))
	case !row.Supported():
		r.add(ts[0].at, name+" is not supported yet", "write one of "+command.FamilyNames(""))
	}
	return row.Family, ok && row.Supported()
}
