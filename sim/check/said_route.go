package check

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"strings"
)

// saidRoute is a route while its words are read.
type saidRoute struct {
	prefixes []netip.Prefix
	afi      uint16
	safi     uint8 // 0: by what there is of the words
	path     uint32
	rd       []byte
	labels   []byte
	split    int
	hop      bool
	flow     []byte // of a flow specification
	attrs    []InAttr
}

// routes reads what follows announce, which needs a next hop, or withdraw.
func (w *said) routes(announced bool) []InRoute {
	r := &saidRoute{}
	w.dog, w.held = "", false
	switch {
	case w.take("flow", "route"):
		r.safi = 133
		r.afi = 1
		w.flow(r)
	case w.take("attributes"):
		for w.peek() != "nlri" && !w.wrong {
			w.routeWord(r)
		}
		w.take("nlri")
		for len(w.words) > 0 && !w.wrong {
			if s := w.next(); s != "," && s != "[" && s != "]" {
				r.prefixes = append(r.prefixes, w.prefix(s))
			}
		}
	default:
		if !w.take("route") {
			r.afi, r.safi = w.family()
			w.wrong = w.wrong || r.safi != 1 && r.safi != 2 && r.safi != 4 && r.safi != 128
		}
		r.prefixes = []netip.Prefix{w.prefix(w.next())}
	}
	for len(w.words) > 0 && !w.wrong {
		w.routeWord(r)
	}
	w.wrong = w.wrong || announced && !r.hop && r.safi != 133 || r.safi == 133 && r.hop || r.split > 0 && r.safi == 133
	if w.wrong {
		return nil
	}
	return r.made(w)
}

// prefix is one without bits behind its length; an address is the longest one.
func (w *said) prefix(s string) netip.Prefix {
	if !strings.Contains(s, "/") {
		a := w.address(s)
		return netip.PrefixFrom(a, a.BitLen())
	}
	p, err := netip.ParsePrefix(s)
	w.wrong = w.wrong || err != nil
	return p.Masked()
}

// routeWord reads one word and its value.
func (w *said) routeWord(r *saidRoute) {
	switch name := w.next(); name {
	case "next-hop":
		r.hop = true
		v := ""
		if !w.take("self") {
			v = string(w.address(w.next()).AsSlice())
		}
		r.put(InAttr{flagTransitive, 3, v})
	case "path-information":
		if s := w.next(); strings.Contains(s, ".") {
			if a := w.address4(s); a != nil {
				r.path = binary.BigEndian.Uint32(a)
			}
		} else {
			r.path = w.number(s, 32)
		}
	case "split":
		r.split = int(w.number(strings.TrimPrefix(w.next(), "/"), 8))
		w.wrong = w.wrong || r.split == 0
	case "label":
		for _, s := range w.list("[", "]") {
			n := w.number(s, 20)
			r.labels = append(r.labels, byte(n>>12), byte(n>>4), byte(n<<4))
		}
	case "watchdog":
		w.dog = w.next()
	case "withdraw":
		w.held = true
	case "rd":
		r.rd = w.distinguisher(w.next())
	default:
		w.attribute(name, r)
	}
}

// distinguisher is RFC 4364 §4.2: types 0, 1 and 2.
func (w *said) distinguisher(s string) []byte {
	left, right, _ := strings.Cut(s, ":")
	switch {
	case strings.Contains(left, "."):
		return binary.BigEndian.AppendUint16(append([]byte{0, 1}, w.address4(left)...), uint16(w.number(right, 16)))
	case w.number(left, 32) > 65535:
		b := binary.BigEndian.AppendUint32([]byte{0, 2}, w.number(left, 32))
		return binary.BigEndian.AppendUint16(b, uint16(w.number(right, 16)))
	}
	b := binary.BigEndian.AppendUint16([]byte{0, 0}, uint16(w.number(left, 16)))
	return binary.BigEndian.AppendUint32(b, w.number(right, 32))
}

// put is an attribute in the place of one of its type, in the order of types.
func (r *saidRoute) put(a InAttr) {
	i := 0
	for i < len(r.attrs) && r.attrs[i].Type < a.Type {
		i++
	}
	if i < len(r.attrs) && r.attrs[i].Type == a.Type {
		r.attrs[i] = a
		return
	}
	r.attrs = append(r.attrs[:i], append([]InAttr{a}, r.attrs[i:]...)...)
}

// made are the routes that the words make.
func (r *saidRoute) made(w *said) []InRoute {
	if r.safi == 133 {
		return []InRoute{{AFI: r.afi, SAFI: r.safi, PathID: r.path, Wire: string(r.flow), Attrs: r.attrs}}
	}
	if n := len(r.labels); n > 0 {
		r.labels[n-1] |= 1 // the bottom of the stack
	}
	var l []InRoute
	for _, p := range r.prefixes {
		x := InRoute{AFI: 1, SAFI: r.safi, PathID: r.path, Attrs: r.attrs}
		if p.Addr().Is6() {
			x.AFI = 2
		}
		switch {
		case r.safi == 0 && r.rd != nil:
			x.SAFI = 128
		case r.safi == 0 && r.labels != nil:
			x.SAFI = 4
		case r.safi == 0:
			x.SAFI = 1
		}
		labelled := x.SAFI == 4 || x.SAFI == 128
		w.wrong = w.wrong || r.afi != 0 && r.afi != x.AFI || labelled != (r.labels != nil) || (x.SAFI == 128) != (r.rd != nil)
		if w.wrong = w.wrong || r.split > min(p.Bits()+10, p.Addr().BitLen()); w.wrong {
			return nil
		}
		for _, q := range r.pieces(p) {
			x.Wire = r.wire(q)
			l = append(l, x)
		}
	}
	return l
}

// pieces are the prefixes of the length that split asks for, in their order.
func (r *saidRoute) pieces(p netip.Prefix) []netip.Prefix {
	if r.split <= p.Bits() {
		return []netip.Prefix{p}
	}
	var l []netip.Prefix
	for q := netip.PrefixFrom(p.Addr(), r.split); p.Contains(q.Addr()); {
		l = append(l, q)
		b := q.Addr().AsSlice()
		at := (r.split - 1) / 8
		carry := 1 << (7 - (r.split-1)%8)
		for ; at >= 0 && carry > 0; at-- {
			sum := int(b[at]) + carry
			b[at], carry = byte(sum), sum>>8
		}
		a, _ := netip.AddrFromSlice(b)
		if carry > 0 {
			break
		}
		q = netip.PrefixFrom(a, r.split)
	}
	return l
}

func (r *saidRoute) wire(p netip.Prefix) string {
	b := []byte{byte(8*(len(r.labels)+len(r.rd)) + p.Bits())}
	b = append(append(b, r.labels...), r.rd...)
	return string(append(b, p.Addr().AsSlice()[:(p.Bits()+7)/8]...))
}

// flow reads the words of an IPv4 flow specification (RFC 8955 §4) in front of its
// actions.
func (w *said) flow(r *saidRoute) {
	parts := map[byte][]byte{}
	kinds := [...]string{1: "destination", 2: "source", 3: "protocol", 5: "destination-port", 10: "packet-length"}
	for len(w.words) > 0 && !w.wrong {
		kind := byte(0)
		for k, name := range kinds {
			if k > 0 && name != "" && w.peek() == name {
				kind = byte(k)
			}
		}
		if kind == 0 {
			break
		}
		w.next()
		w.wrong = w.wrong || parts[kind] != nil
		if kind > 2 {
			parts[kind] = w.operators()
			continue
		}
		p := w.prefix(w.next())
		w.wrong = w.wrong || !p.Addr().Is4()
		parts[kind] = append([]byte{byte(p.Bits())}, p.Addr().AsSlice()[:(p.Bits()+7)/8]...)
	}
	var b []byte
	for kind := byte(1); int(kind) < len(kinds); kind++ {
		if v := parts[kind]; v != nil {
			b = append(append(b, kind), v...)
		}
	}
	r.flow = append([]byte{byte(len(b))}, b...)
	if len(b) >= 240 {
		r.flow = append(binary.BigEndian.AppendUint16(nil, 0xf000|uint16(len(b))), b...)
	}
	w.wrong = w.wrong || len(b) == 0
}

// operators are the numeric ones of RFC 8955 §4.2.1.1, "&" before one that is to
// hold with the one before it.
func (w *said) operators() []byte {
	const end, and = 0x80, 0x40
	var out []byte
	last := 0
	for _, s := range w.list("[", "]") {
		for i, one := range strings.Split(s, "&") {
			op := byte(0)
			switch {
			case one == "tcp":
				one = "=6"
			case one == "udp":
				one = "=17"
			}
			rest := strings.TrimLeft(one, "=<>")
			switch one[:len(one)-len(rest)] {
			case "=":
				op = 1
			case ">":
				op = 2
			case "<":
				op = 4
			default:
				w.wrong = true
			}
			if i > 0 {
				op |= and
			}
			n := w.number(rest, 16)
			last = len(out)
			if n < 256 {
				out = append(out, op, byte(n))
			} else {
				out = append(out, op|0x10, byte(n>>8), byte(n))
			}
		}
	}
	if len(out) > 0 {
		out[last] |= end
	}
	return out
}

// single is a whole number as an IEEE 754 number of 32 bits, where it has at most 24 bits.
func single(n uint32) uint32 {
	if n == 0 {
		return 0
	}
	size := bits.Len32(n)
	return uint32(127+size-1)<<23 | n<<(24-size)&(1<<23-1)
}
