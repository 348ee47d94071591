package check

import (
	"encoding/binary"
	"slices"
)

// What an UPDATE deserves, strongest last (RFC 7606 §2). The model resets a
// session where the RFC leaves the choice between that and AFI/SAFI disable.
type inTreat uint8

const (
	inFine inTreat = iota
	inDiscard
	inWithdraw
	inReset
)

// inFamily is AFI and SAFI as they stand on the wire.
type inFamily struct {
	afi  uint16
	safi uint8
}

// inOptions is how one direction of a session is read.
type inOptions struct {
	as4, internal bool
	noSet         bool // RFC 9774 §3
	addPath       []inFamily
	nextHop       []inFamily // RFC 8950: next hops of the other address family
}

// inKey is what makes two routes the same one.
type inKey struct {
	family inFamily
	path   uint32
	wire   string // without labels
}

// InRoute is one route of an Adj-RIB-In, by its bytes.
type InRoute struct {
	AFI    uint16
	SAFI   uint8
	PathID uint32
	Wire   string // NLRI with cleared trailing bits, without the path identifier
	Attrs  []InAttr
}

// InAttr is a path attribute in canonical form, in the order of types: AS
// numbers have four octets, what AS4_PATH and AS4_AGGREGATOR add is merged, and
// the next hop of MP_REACH_NLRI stands in NEXT_HOP.
type InAttr struct {
	Flags, Type uint8
	Value       string
}

// inRead is an UPDATE as this model reads it.
type inRead struct {
	opts      *inOptions
	treat     inTreat
	sub       uint8    // of the NOTIFICATION, code 3
	data      []byte   // of the NOTIFICATION; nil: the RFCs leave it open
	present   []byte   // the attribute that is being read
	unsure    bool     // it holds what the model knows nothing of
	stranger  inFamily // its routes can't be told apart
	errs      []inErr
	withdrawn []inNLRI
	announced []inNLRI // of the NLRI field
	reached   []inNLRI // of MP_REACH_NLRI
	attrs     []InAttr
	nextHop   string // of MP_REACH_NLRI
	seen      [256]bool
	as4Path   []byte
	as4Agg    []byte
	hasReach  bool
	hasNLRI   bool // any octet of reachable NLRI
}

type inErr struct {
	treat inTreat
	sub   uint8
	data  []byte
}

type inNLRI struct {
	key  inKey
	wire string
}

// Subcodes of UPDATE Message Error (RFC 4271 §4.5).
const (
	subAttributeList = 1
	subUnknown       = 2
	subMissing       = 3
	subFlags         = 4
	subLength        = 5
	subOrigin        = 6
	subNextHop       = 8
	subOptional      = 9
	subNetwork       = 10
	subASPath        = 11
)

// fail notes an error. Of an attribute's the "Data field MUST contain the erroneous
// attribute (type, length, and value)" (RFC 4271 §6.3).
func (r *inRead) fail(t inTreat, sub uint8) {
	e := inErr{treat: t, sub: sub}
	switch sub {
	case subUnknown, subFlags, subLength, subOrigin, subNextHop, subOptional:
		e.data = r.present
	}
	r.errs = append(r.errs, e)
}

func (r *inRead) reset() bool { return len(r.errs) > 0 && r.errs[len(r.errs)-1].treat == inReset }

// readUpdate reads the body of an UPDATE in the order of RFC 4271 §6.3, as RFC
// 7606 revises it.
func readUpdate(body []byte, o *inOptions) *inRead {
	r := &inRead{opts: o}
	r.read(body)
	for _, e := range r.errs {
		if e.treat > r.treat {
			r.treat, r.sub, r.data = e.treat, e.sub, e.data
		}
	}
	return r
}

func (r *inRead) read(b []byte) {
	// "If the Withdrawn Routes Length or Total Attribute Length is too large".
	if len(b) < 2 || 2+be16(b) > len(b) {
		r.fail(inReset, subAttributeList)
		return
	}
	withdrawn, b := b[2:2+be16(b)], b[2+be16(b):]
	if len(b) < 2 || 2+be16(b) > len(b) {
		r.fail(inReset, subAttributeList)
		return
	}
	attrs, nlri := b[2:2+be16(b)], b[2+be16(b):]
	classic := inFamily{1, 1}
	var ok bool
	if r.withdrawn, ok = r.nlri(classic, withdrawn, true); !ok {
		r.fail(inReset, subNetwork)
	}
	if r.announced, ok = r.nlri(classic, nlri, false); !ok {
		r.fail(inReset, subNetwork)
	}
	r.hasNLRI = len(nlri) > 0
	if r.reset() {
		return
	}
	r.walk(attrs)
	if !r.reset() {
		r.whole(attrs)
	}
}

func be16(b []byte) int { return int(binary.BigEndian.Uint16(b)) }

// walk takes the attributes one by one, each by its declared length.
func (r *inRead) walk(b []byte) {
	for len(b) > 0 && !r.reset() {
		head := 3
		if b[0]&0x10 != 0 {
			head = 4
		}
		// RFC 7606 §4: a last attribute that is cut off is treat-as-withdraw.
		if len(b) < head {
			r.fail(inWithdraw, subLength)
			return
		}
		n := int(b[2])
		if head == 4 {
			n = be16(b[2:])
		}
		if head+n > len(b) {
			r.fail(inWithdraw, subLength)
			return
		}
		r.present = b[:head+n]
		r.attribute(b[0], b[1], b[head:head+n])
		r.present, b = nil, b[head+n:]
	}
}

// whole is what needs all attributes.
func (r *inRead) whole(block []byte) {
	if r.hasNLRI {
		for _, t := range [...]uint8{1, 2, 3} {
			if t == 3 && len(r.announced) == 0 {
				continue // MP_REACH_NLRI brings its own
			}
			if !r.seen[t] {
				r.fail(inWithdraw, subMissing)         // RFC 7606 §3.d
				r.errs[len(r.errs)-1].data = []byte{t} // "the attribute Type Code of the missing" one
			}
		}
	} else if !r.onlyUnreach(block) {
		// RFC 7606 §5.2: nothing to withdraw, so a reset.
		for i := range r.errs {
			if r.errs[i].treat == inWithdraw {
				r.errs[i].treat = inReset
			}
		}
	}
	path := r.find(2)
	if r.opts.noSet && (path != nil && hasSet([]byte(path.Value)) || hasSet(r.as4Path)) {
		r.fail(inWithdraw, subASPath) // RFC 9774 §3
	}
	r.merge()
	slices.SortStableFunc(r.attrs, func(a, b InAttr) int { return int(a.Type) - int(b.Type) })
}

// onlyUnreach: the block is one MP_UNREACH_NLRI.
func (r *inRead) onlyUnreach(block []byte) bool {
	if len(block) < 3 || block[1] != 15 {
		return false
	}
	if block[0]&0x10 != 0 {
		return 4+be16(block[2:]) == len(block)
	}
	return 3+int(block[2]) == len(block)
}

// routes are what the UPDATE announces, with the attributes of each.
func (r *inRead) routes(yield func(n inNLRI, attrs []InAttr)) {
	mp := r.attrs
	if r.hasReach {
		mp = slices.DeleteFunc(slices.Clone(r.attrs), func(a InAttr) bool { return a.Type == 3 })
	}
	if r.nextHop != "" {
		mp = append(mp, InAttr{0x40, 3, r.nextHop})
		slices.SortStableFunc(mp, func(a, b InAttr) int { return int(a.Type) - int(b.Type) })
	}
	for _, n := range r.reached {
		yield(n, mp)
	}
	for _, n := range r.announced {
		yield(n, r.attrs)
	}
}
