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
	// NEXT_HOP, or of MP_REACH_NLRI where NEXT_HOP is absent.
	Attrs Attrs
	// Errs lists what was malformed, in wire order, with its treatment.
	Errs []Error
	// AddPath is the options' set, for the iterators below.
	AddPath FamilySet
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

// Worst is the strongest treatment that any of u.Errs asks for.
func (u *Update) Worst() Treatment { panic("skeleton") }

// EndOfRIB is the family whose End-of-RIB marker u is (RFC 4724 §2).
func (u *Update) EndOfRIB() (Family, bool) { panic("skeleton") }

// Announced iterates over all announced NLRI, MP_REACH_NLRI first. It stops
// at bytes that do not parse (Errs has said so already).
func (u *Update) Announced() iter.Seq[RawNLRI] { panic("skeleton") }

// Withdraws iterates over all withdrawn NLRI, MP_UNREACH_NLRI first.
func (u *Update) Withdraws() iter.Seq[RawNLRI] { panic("skeleton") }

// NLRIs iterates over a run of NLRI in wire form.
func NLRIs(f Family, b []byte, addPath bool) iter.Seq2[RawNLRI, error] { panic("skeleton") }

// Decoder decodes UPDATEs, reusing its buffers. The zero value is ready.
type Decoder struct {
	u Update
}

// Update decodes one whole UPDATE message (header included; the framing has
// been checked by [Framer]). It always returns an Update: what is malformed is
// in Errs, with the RFC 7606 treatment.
func (d *Decoder) Update(msg []byte, o *Options) *Update { panic("skeleton") }

// AppendAnnounce appends one UPDATE that announces as many of nlri (all of one
// family, in the order given) as fit into o.Max(), and says how many. n is 0
// with ErrTooLong where not even the first one fits. An IPv4 unicast NLRI with
// a 4-octet next hop goes into the classic fields, all else into MP_REACH_NLRI.
func AppendAnnounce(b []byte, o *Options, attrs Attrs, nlri []NLRI) (out []byte, n int, err error) {
	panic("skeleton")
}

// AppendWithdraw appends one UPDATE that withdraws as many of nlri as fit.
// IPv4 unicast goes into Withdrawn Routes; any other family into
// MP_UNREACH_NLRI, which is written first and followed by attrs (nil for none:
// RFC 4760 §4; ExaBGP sends those of the command for SAFIs other than unicast
// and multicast).
func AppendWithdraw(b []byte, o *Options, attrs Attrs, nlri []NLRI) (out []byte, n int, err error) {
	panic("skeleton")
}

// AppendEndOfRIB appends the End-of-RIB marker of f (RFC 4724 §2).
func AppendEndOfRIB(b []byte, f Family) []byte { panic("skeleton") }
