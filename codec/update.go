package codec

import "iter"

// Update is a decoded UPDATE. Everything in it aliases the message and the
// Decoder, and dies with the Decoder's next call.
type Update struct {
	Withdrawn []byte // classic IPv4 unicast withdrawn routes, wire form
	NLRI      []byte // classic IPv4 unicast NLRI, wire form
	Reach     MPReach
	Unreach   MPUnreach
	// Attrs holds the well-formed attributes in canonical form, AS4_PATH and
	// AS4_AGGREGATOR merged (RFC 6793 §4.2.3). AttrNextHop is that of
	// NEXT_HOP, or of MP_REACH_NLRI where that is the only one with routes:
	// beside no other NLRI, "SHOULD ignore this attribute" (RFC 4760 §3).
	// [Update.ReachAttrs] is always right for the routes of MP_REACH_NLRI.
	Attrs Attrs
	// Errs lists what was malformed, in wire order, with its treatment.
	Errs []Error
	// AddPath is the options' set, for the iterators below.
	AddPath FamilySet

	reach Attrs  // what ReachAttrs gives
	eor   Family // what EndOfRIB gives
}

// MPReach is MP_REACH_NLRI (RFC 4760 §3). Family 0: absent.
type MPReach struct {
	Family  Family
	NextHop []byte
	NLRI    []byte
}

// MPUnreach is MP_UNREACH_NLRI (RFC 4760 §4). Family 0: absent.
type MPUnreach struct {
	Family Family
	NLRI   []byte
}

// Worst is the strongest treatment that any of u.Errs asks for: "the approach
// with the strongest action" (RFC 7606 §3.h).
func (u *Update) Worst() Treatment {
	worst := TreatNone
	for i := range u.Errs {
		worst = max(worst, u.Errs[i].Treat)
	}
	return worst
}

// EndOfRIB is the family whose End-of-RIB marker u is (RFC 4724 §2): an UPDATE
// with nothing in it, or with an empty MP_UNREACH_NLRI and nothing else. One
// whose attributes were merely dropped is none.
func (u *Update) EndOfRIB() (Family, bool) { return u.eor, u.eor != 0 }

// ReachAttrs is Attrs with the next hop of MP_REACH_NLRI. It differs from
// Attrs only in an UPDATE that has classic NLRI as well.
func (u *Update) ReachAttrs() Attrs { return u.reach }

// Announced iterates over all announced NLRI, MP_REACH_NLRI first. It stops
// at bytes that do not parse (Errs has said so already).
func (u *Update) Announced() iter.Seq[RawNLRI] {
	return func(yield func(RawNLRI) bool) {
		_ = u.walk(u.Reach.Family, u.Reach.NLRI, false, yield) && u.walk(IPv4Unicast, u.NLRI, false, yield)
	}
}

// Routes is Announced with the attributes of each: the two fields may have routes of
// one family, with next hops of their own (RFC 4760 §3, RFC 8950 §3).
func (u *Update) Routes() iter.Seq2[RawNLRI, Attrs] {
	return func(yield func(RawNLRI, Attrs) bool) {
		_ = u.walk(u.Reach.Family, u.Reach.NLRI, false, func(r RawNLRI) bool { return yield(r, u.reach) }) &&
			u.walk(IPv4Unicast, u.NLRI, false, func(r RawNLRI) bool { return yield(r, u.Attrs) })
	}
}

// Withdraws iterates over all withdrawn NLRI, MP_UNREACH_NLRI first.
func (u *Update) Withdraws() iter.Seq[RawNLRI] {
	return func(yield func(RawNLRI) bool) {
		_ = u.walk(u.Unreach.Family, u.Unreach.NLRI, true, yield) && u.walk(IPv4Unicast, u.Withdrawn, true, yield)
	}
}

// walk yields the NLRI of b; false when the consumer has had enough.
func (u *Update) walk(f Family, b []byte, withdrawn bool, yield func(RawNLRI) bool) bool {
	s, addPath := f.spec(), u.AddPath.Has(f)
	if withdrawn {
		s = s.inUnreach()
	}
	if s.bits > 0 && !addPath {
		return walkPrefixes(RawNLRI{Family: f, Withdrawn: withdrawn}, b, s.bits, yield)
	}
	for len(b) > 0 {
		r, rest, ok := s.cut(f, b, addPath)
		if !ok {
			return true
		}
		r.Withdrawn = withdrawn
		b = rest
		if s.ignoreInvalid && !s.valid(r.Bytes) {
			continue
		}
		if !yield(r) {
			return false
		}
	}
	return true
}

// walkPrefixes is walk for the families of full tables; all but the bytes of
// what it yields is in r.
func walkPrefixes(r RawNLRI, b []byte, max int, yield func(RawNLRI) bool) bool {
	for i := 0; i < len(b); {
		bits := uint(b[i])
		end := i + 1 + int((bits+7)/8)
		if bits > uint(max) || end > len(b) {
			return true
		}
		r.Bytes = b[i:end:end]
		i = end
		if !yield(r) {
			return false
		}
	}
	return true
}
