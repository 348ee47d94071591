package check

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
)

// attribute reads the value of one, or of what a flow specification has done with
// traffic, which are extended communities (RFC 8955 §7).
func (w *said) attribute(name string, r *saidRoute) {
	put := func(flags, kind uint8, v []byte) { r.put(InAttr{flags, kind, string(v)}) }
	const ot = flagOptional | flagTransitive
	four := func(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
	switch name {
	case "community", "large-community", "extended-community", "cluster-list":
		if w.take("[", "]") {
			return // a list of nothing is none
		}
	}
	switch name {
	case "origin":
		i := slices.Index([]string{"igp", "egp", "incomplete"}, w.next())
		w.wrong = w.wrong || i < 0
		put(flagTransitive, 1, []byte{byte(i)})
	case "as-path":
		put(flagTransitive, 2, w.path())
	case "med":
		put(flagOptional, 4, four(w.number(w.next(), 32)))
	case "local-preference":
		put(flagTransitive, 5, four(w.number(w.next(), 32)))
	case "atomic-aggregate":
		put(flagTransitive, 6, nil)
	case "aggregator":
		l := w.list("(", ")")
		as, id, _ := strings.Cut(strings.Join(l, " "), ":")
		put(ot, 7, append(four(w.number(as, 32)), w.address4(id)...))
	case "community":
		put(ot, 8, w.values(w.community, false))
	case "originator-id":
		put(flagOptional, 9, w.address4(w.next()))
	case "cluster-list":
		var v []byte
		for _, s := range w.list("[", "]") {
			v = append(v, w.address4(s)...)
		}
		put(flagOptional, 10, v)
	case "extended-community":
		r.extend(w, w.list("[", "]")...)
	case "large-community":
		put(ot, 32, w.values(w.large, true))
	case "attribute":
		w.given(r)
	case "discard":
		r.extend(w, "rate-limit:0")
	case "rate-limit":
		r.extend(w, "rate-limit:"+w.next())
	case "redirect":
		r.extend(w, "redirect:"+w.next())
	default:
		w.wrong = true
	}
}

// values is a list of them, in the order of their octets.
func (w *said) values(one func(s string) []byte, once bool) []byte {
	var l [][]byte
	for _, s := range w.list("[", "]") {
		l = append(l, one(s))
	}
	w.wrong = w.wrong || len(l) == 0
	return sorted(l, once)
}

func (w *said) community(s string) []byte {
	switch s {
	case "no-export":
		return []byte{0xff, 0xff, 0xff, 1}
	case "no-advertise":
		return []byte{0xff, 0xff, 0xff, 2}
	}
	left, right, _ := strings.Cut(s, ":")
	b := binary.BigEndian.AppendUint16(nil, uint16(w.number(left, 16)))
	return binary.BigEndian.AppendUint16(b, uint16(w.number(right, 16)))
}

func (w *said) large(s string) []byte {
	parts := strings.Split(s, ":")
	w.wrong = w.wrong || len(parts) != 3
	var b []byte
	for _, p := range parts {
		b = binary.BigEndian.AppendUint32(b, w.number(p, 32))
	}
	return b
}

// extend adds extended communities to those there (RFC 4360 §3.1, §4, §5; RFC 8955 §7.3,
// §7.4).
func (r *saidRoute) extend(w *said, texts ...string) {
	var l [][]byte
	for i := range r.attrs {
		for v := r.attrs[i].Value; r.attrs[i].Type == 16 && len(v) >= 8; v = v[8:] {
			l = append(l, []byte(v[:8]))
		}
	}
	for _, s := range texts {
		name, v, _ := strings.Cut(s, ":")
		var b []byte
		switch name {
		case "target", "origin":
			if b = w.distinguisher(v); b != nil {
				b[0], b[1] = b[1], byte(2+slices.Index([]string{"target", "origin"}, name))
			}
		case "rate-limit":
			n := w.number(v, 24)
			b = binary.BigEndian.AppendUint32([]byte{0x80, 6, 0, 0}, single(n))
		case "redirect":
			if b = w.distinguisher(v); b != nil && b[1] == 0 {
				b[0], b[1] = 0x80, 8
			} else {
				w.wrong = true
			}
		default:
			w.wrong = true
		}
		l = append(l, b)
	}
	w.wrong = w.wrong || len(texts) == 0
	r.put(InAttr{flagOptional | flagTransitive, 16, string(sorted(l, false))})
}

// given is an attribute by its octets, "[ CODE FLAGS VALUE ]".
func (w *said) given(r *saidRoute) {
	l := w.list("[", "]")
	if len(l) != 3 {
		w.wrong = true
		return
	}
	var field [3][]byte
	for i, s := range l {
		b, err := hex.DecodeString(strings.TrimPrefix(s, "0x"))
		w.wrong = w.wrong || err != nil || i < 2 && len(b) != 1
		field[i] = b
	}
	if w.wrong {
		return
	}
	const extended = 0x10
	flags := field[1][0] & 0xf0
	if len(field[2]) > 255 {
		flags &^= extended
	}
	r.put(InAttr{flags, field[0][0], string(field[2])})
}

// path is AS_PATH in four octets a number: square brackets are a sequence, round
// ones a set and curly ones a confederation's sequence; a segment holds 255.
func (w *said) path() []byte {
	if w.peek() != "[" {
		w.wrong = true
		return nil
	}
	var out []byte
	kinds := []uint8{2}
	opens, shuts := map[string]uint8{"(": 1, "{": 3}, map[string]bool{"]": true, ")": true, "}": true}
	var run []uint32
	flush := func() {
		for len(run) > 0 {
			n := min(len(run), 255)
			out = append(out, kinds[len(kinds)-1], byte(n))
			for _, as := range run[:n] {
				out = binary.BigEndian.AppendUint32(out, as)
			}
			run = run[n:]
		}
	}
	for w.next(); !w.wrong && len(kinds) > 0; {
		switch s := w.next(); {
		case opens[s] != 0 && len(kinds) == 1:
			flush()
			kinds = append(kinds, opens[s])
		case shuts[s]:
			flush()
			kinds = kinds[:len(kinds)-1]
		case s == "[" || s == "(" || s == "{":
			w.wrong = true
		default:
			run = append(run, w.number(s, 32))
		}
	}
	w.wrong = w.wrong || w.peek() == "[" || w.peek() == "("
	return out
}
