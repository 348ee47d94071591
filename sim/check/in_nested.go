package check

import "slices"

// record is one type, length and value.
type record struct {
	kind  int
	value []byte
}

// records cuts b into records with a type of so many octets and a length of
// size octets; whole is false, and the last has no value, where b does not end
// with a record.
func records(b []byte, kind int, size func(kind int) int) (l []record, whole bool) {
	for len(b) > 0 {
		if len(b) < kind {
			return l, false
		}
		r := record{kind: number(b[:kind])}
		head := kind + size(r.kind)
		if len(b) < head || len(b) < head+number(b[kind:head]) {
			return append(l, record{r.kind, nil}), false
		}
		end := head + number(b[kind:head])
		r.value, b = b[head:end], b[end:]
		l = append(l, r)
	}
	return l, true
}

func number(b []byte) int {
	n := 0
	for _, o := range b {
		n = n<<8 | int(o)
	}
	return n
}

func wideLength(int) int { return 2 }

// judgePMSI: what the identifier of a P-tunnel looks like hangs on its type
// (RFC 6514 §5: an IPv4 or an IPv6 form each).
func judgePMSI(v []byte, _ bool) uint8 {
	if len(v) < 5 {
		return subLength
	}
	forms := [...][]int{1: {12, 24}, 3: {8, 32}, 4: {8, 32}, 5: {8, 32}, 6: {4, 16}, 10: {4, 16}}
	if t := int(v[1]); t < len(forms) && forms[t] != nil && !slices.Contains(forms[t], len(v)-5) {
		return subOptional
	}
	return 0
}

// judgeTunnels: the last octet of a tunnel is to be the last one of a sub-TLV,
// and there is to be a tunnel (RFC 9012 §13). Sub-TLVs from type 128 on have a
// length of two octets (§3.1).
func judgeTunnels(v []byte, _ bool) uint8 {
	tunnels, whole := records(v, 2, wideLength)
	if !whole || len(tunnels) == 0 {
		return subOptional
	}
	for _, t := range tunnels {
		if _, whole := records(t.value, 1, func(kind int) int { return 1 + kind/128 }); !whole {
			return subOptional
		}
	}
	return 0
}

// judgeSID is RFC 8669 §6 and, of the services of SRv6, RFC 9252 §7.
func judgeSID(v []byte, _ bool) uint8 {
	if len(v) < 3 {
		return subLength
	}
	l, whole := records(v, 1, wideLength)
	for _, t := range l {
		n := len(t.value)
		if !whole || t.kind == 1 && n != 7 || t.kind == 3 && (n < 8 || n%6 != 2) || badService(t) {
			return subOptional
		}
	}
	return 0
}

// treatSID: "treat-as-withdraw" where it is a service that is malformed (RFC
// 9252 §7), otherwise the attribute is ignored (RFC 8669 §6).
func treatSID(v []byte) inTreat {
	l, _ := records(v, 1, wideLength)
	if slices.ContainsFunc(l, badService) {
		return inWithdraw
	}
	return inDiscard
}

// badService reports on the TLVs of RFC 9252 §2: a reserved octet, then sub-TLVs,
// of which the SID Information has 21 octets (§3.1) before its own, of which the
// SID Structure has 6 (§3.2.1).
func badService(t record) bool {
	if t.kind != 5 && t.kind != 6 {
		return false
	}
	if len(t.value) == 0 {
		return true
	}
	subs, whole := records(t.value[1:], 1, wideLength)
	if !whole {
		return true
	}
	for _, s := range subs {
		if s.kind != 1 {
			continue
		}
		if len(s.value) < 21 {
			return true
		}
		inner, whole := records(s.value[21:], 1, wideLength)
		if !whole || slices.ContainsFunc(inner, func(x record) bool { return x.kind == 1 && len(x.value) != 6 }) {
			return true
		}
	}
	return false
}

// judgeSet: four octets of AS number, then whole attributes, none of which
// carries NLRI (RFC 6368 §5).
func judgeSet(v []byte, _ bool) uint8 {
	if len(v) < 4 {
		return subLength
	}
	for v = v[4:]; len(v) > 0; {
		size := 1
		if v[0]&0x10 != 0 {
			size = 2
		}
		if len(v) < 2+size || len(v) < 2+size+number(v[2:2+size]) || v[1] == 14 || v[1] == 15 {
			return subOptional
		}
		v = v[2+size+number(v[2:2+size]):]
	}
	return 0
}
