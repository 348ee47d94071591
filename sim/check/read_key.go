package check

import "github.com/peerloom/peerloom/codec"

// keyOf is what makes two routes the same one: an NLRI without what is said of
// the route, which each family's RFC tells.
func keyOf(n codec.NLRI) codec.Key {
	k := codec.Key(n)
	switch f := wireFamily(n.Family); {
	case f.safi <= 2 || len(n.Wire) < 2:
	case f.shape().labeled:
		k.Wire = withoutLabels(n.Wire)
	case f == inFamily{25, 65} && len(n.Wire) == 2+8+2+2+2+3:
		k.Wire = n.Wire[:2+8+2+2+2] // the label base: RFC 4761 §3.2.2
	case f == inFamily{25, 70}:
		k.Wire = evpnKey(n.Wire)
	case f.safi == 85 && f.afi <= 2:
		k.Wire = mupKey(n.Wire, f)
	}
	return k
}

// anyPath is a key on a session that tells no paths apart.
func anyPath(k codec.Key) codec.Key {
	k.PathID = 0
	return k
}

// withoutLabels takes the labels out of a labelled prefix (RFC 8277 §2).
func withoutLabels(wire string) string {
	at := 1
	for at+3 <= len(wire) {
		at += 3
		if wire[at-1]&1 == 1 || at == 4 && wire[1:4] == "\x80\x00\x00" {
			break
		}
	}
	var room [32]byte
	return string(append(append(room[:0], wire[0]-byte(8*(at-1))), wire[at:]...))
}

// evpnKey leaves out what RFC 7432 §7, RFC 9136 §3.1 and RFC 9251 §9 call
// attributes of a route. Of what is malformed or unknown all counts.
func evpnKey(wire string) string {
	const rd, esi, tag, label = 8, 10, 4, 3
	kind, v := wire[:1], wire[2:]
	switch n := len(v); {
	case kind == "\x01" && n == rd+esi+tag+label:
		return kind + v[:n-label]
	case kind == "\x02" && n >= rd+esi+tag+7+1+label && v[rd+esi+tag] == 48:
		from := rd + esi
		end := from + tag + 7 + 1 + int(v[from+tag+7])/8
		if end <= n {
			return kind + v[:rd] + v[from:end]
		}
	case kind == "\x05" && (n == rd+esi+tag+1+4+4+label || n == rd+esi+tag+1+16+16+label):
		return kind + v[:rd] + v[rd+esi:rd+esi+tag+1+(n-rd-esi-tag-1-label)/2]
	case (kind == "\x06" || kind == "\x07") && n > 0:
		return kind + v[:n-1]
	case kind == "\x08" && n > 5:
		return kind + v[:n-6]
	}
	return wire
}

// mupKey of a session is its prefix (draft-ietf-bess-mup-safi §3.1.3).
func mupKey(wire string, f inFamily) string {
	const head, rd = 4, 8
	if len(wire) <= head+rd || wire[:3] != "\x01\x00\x03" {
		return wire
	}
	bits := int(wire[head+rd])
	end := head + rd + 1 + (bits+7)/8
	if end > len(wire) || bits > 128 || f.afi == 1 && bits > 32 {
		return wire
	}
	return wire[:3] + wire[head:end]
}
