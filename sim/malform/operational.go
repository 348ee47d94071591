package malform

import "fmt"

// operTypes are the types of OPERATIONAL messages with the octets that follow the
// family; -1: a text.
var operTypes = [...]struct {
	name   string
	octets int
}{1: {"adm", -1}, {"asm", -1}, {"rpcq", 8}, {"rpcp", 12}, {"apcq", 8}, {"apcp", 12}, {"lpcq", 8}, {"lpcp", 12}}

// oper is an OPERATIONAL message whose length field is off by so much.
func oper(kind, off int, value ...[]byte) []byte {
	v := join(value...)
	return Message(Operational, u16(kind), u16(len(v)+off), v)
}

// operationals are OPERATIONAL messages. Nothing depends on what one says, and the
// draft has no NOTIFICATION for one that can't be read: where the capability was
// negotiated none does harm, and where it was not the type is unknown (RFC 4271 §6.1).
func operationals(s *Session) []Case {
	const draft = "draft-ietf-idr-operational-message §3"
	family := []byte{0, 1, 1}
	if !s.Oper {
		w := headerWant(3, Operational)
		if s.ExaBGP {
			w.Subcode, w.Data = 0, nil
		}
		return []Case{row("operational/not-negotiated", "RFC 4271 §6.1", w, func() []byte { return oper(2, 0, family, []byte("hello")) })}
	}
	l := []Case{
		row("operational/empty", draft, treat(Ignore), func() []byte { return Message(Operational) }),
		row("operational/type-alone", draft, treat(Ignore), func() []byte { return Message(Operational, u16(2)) }),
		row("operational/length+1", draft, treat(Ignore), func() []byte { return oper(2, 1, family, []byte("hello")) }),
		row("operational/length-1", draft, treat(Ignore), func() []byte { return oper(2, -1, family, []byte("hello")) }),
		row("operational/family-cut", draft, treat(Ignore), func() []byte { return oper(2, 0, family[:2]) }),
		row("operational/asm-without-text", draft, treat(Accept), func() []byte { return oper(2, 0, family) }),
		row("operational/asm-no-utf-8", draft, treat(Accept), func() []byte { return oper(2, 0, family, []byte("\"\\\n\x00\xff\xc3")) }),
		row("operational/asm-4096-octets", draft, treat(Accept), func() []byte { return oper(2, 0, family, fill(4096-headerLen-4-3, 'a')) }),
		row("operational/asm-unknown-family", draft, treat(Accept), func() []byte { return oper(2, 0, []byte{0x40, 9, 9}, []byte("hello")) }),
	}
	for _, kind := range []int{0, 9, 77, 65535} {
		l = append(l, row(fmt.Sprintf("operational/type-%d", kind), draft, treat(Accept), func() []byte { return oper(kind, 0, family, fill(8, 7)) }))
	}
	for kind, t := range operTypes[:] {
		if kind == 0 {
			continue
		}
		if t.octets < 0 {
			l = append(l, row("operational/"+t.name, draft, treat(Accept), func() []byte { return oper(kind, 0, family, []byte("hello")) }))
			continue
		}
		l = append(l, row("operational/"+t.name, draft, treat(Accept), func() []byte { return oper(kind, 0, family, fill(t.octets, 7)) }),
			row("operational/"+t.name+"-short", draft, treat(Ignore), func() []byte { return oper(kind, 0, family, fill(t.octets-1, 7)) }),
			row("operational/"+t.name+"-long", draft, treat(Ignore), func() []byte { return oper(kind, 0, family, fill(t.octets+1, 7)) }))
	}
	return l
}
