package codec

import (
	"encoding/binary"
	"iter"
	"net/netip"
	"slices"
)

// describeUpdate is one readable line about a framed UPDATE, in the words of
// the commands that would cause it:
//
//	UPDATE withdraw 192.168.0.2/32
//	UPDATE announce 192.168.0.2/32 next-hop 10.0.0.2 origin igp
//	End-of-RIB ipv4 unicast
func describeUpdate(msg []byte, o *Options) string {
	var d Decoder
	return string(appendUpdate(d.Update(msg, o)))
}

// DescribeEntry is what an UPDATE that stands for an entry of a routing table
// says. That attributes are missing is no error there: an entry need not have
// come over a session.
func DescribeEntry(msg []byte, o *Options) string {
	var d Decoder
	u := d.Update(msg, o)
	u.Errs = slices.DeleteFunc(u.Errs, func(e Error) bool { return e.Subcode == SubMissingWellKnown })
	return string(appendUpdate(u))
}

func appendUpdate(u *Update) []byte {
	if f, ok := u.EndOfRIB(); ok {
		return []byte("End-of-RIB " + f.String())
	}
	b := appendRoutes([]byte("UPDATE"), " withdraw", u, u.Withdraws())
	switch {
	case len(u.NLRI) > 0 && len(u.Reach.NLRI) > 0: // two next hops
		b = appendRoutes(b, " announce", u, u.run(u.Reach.Family, u.Reach.NLRI))
		b = appendDescribed(b, u.ReachAttrs())
		b = appendRoutes(b, " announce", u, u.run(IPv4Unicast, u.NLRI))
	case len(u.NLRI) == 0 && len(u.Reach.NLRI) == 0 && len(u.Attrs) > 0:
		b = append(b, " attributes"...)
	default:
		b = appendRoutes(b, " announce", u, u.Announced())
	}
	b = appendDescribed(b, u.Attrs)
	for i := range u.Errs {
		b = append(b, " ("...)
		b = append(b, u.Errs[i].Treat.String()...)
		b = append(b, ": "...)
		b = append(append(b, u.Errs[i].Why...), ')')
	}
	return b
}

// appendRoutes appends word and all of seq; nothing where seq is empty.
func appendRoutes(b []byte, word string, u *Update, seq iter.Seq[RawNLRI]) []byte {
	first := true
	for r := range seq {
		if first {
			b = append(b, word...)
			if r.Family != IPv4Unicast && r.Family != IPv6Unicast {
				b = append(append(b, ' '), r.Family.String()...)
			}
			first = false
		}
		b, _ = r.NLRI().AppendText(append(b, ' '))
		if u.AddPath.Has(r.Family) {
			b = append(b, " path-information "...)
			b = netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, r.PathID))).AppendTo(b)
		}
	}
	return b
}

func appendDescribed(b []byte, attrs Attrs) []byte {
	if len(attrs) == 0 {
		return b
	}
	at := len(b)
	b, _ = attrs.AppendText(append(b, ' '))
	if len(b) == at+1 {
		return b[:at] // only an empty AS_PATH
	}
	return b
}

// run iterates over one field of u.
func (u *Update) run(f Family, b []byte) iter.Seq[RawNLRI] {
	return func(yield func(RawNLRI) bool) { u.walk(f, b, false, yield) }
}
