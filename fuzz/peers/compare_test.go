package peers

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/osrg/gobgp/v4/pkg/packet/bgp"

	"github.com/peerloom/peerloom/codec"
)

// reading is what one library makes of an UPDATE.
type reading struct {
	treat     codec.Treatment
	why       string
	announced []route
	withdrawn []route
	attrs     []attr // sorted by type; none when treat is a reset
}

type route struct {
	family codec.Family
	wire   string
}

func (r route) String() string { return fmt.Sprintf("%v %x", r.family, r.wire) }

type attr struct {
	typ   codec.AttrType
	value string
}

func (a attr) String() string { return fmt.Sprintf("%v %x", a.typ, a.value) }

// ours reads a message with the codec.
func ours(msg []byte) reading {
	o := session()
	var d codec.Decoder
	u := d.Update(msg, &o)
	r := reading{treat: u.Worst()}
	for _, e := range u.Errs {
		if e.Treat == r.treat {
			r.why = e.Why
		}
	}
	if r.treat == codec.TreatReset {
		return r
	}
	for n := range u.Announced() {
		r.announced = append(r.announced, route{n.Family, n.NLRI().Wire})
	}
	for n := range u.Withdraws() {
		r.withdrawn = append(r.withdrawn, route{n.Family, n.NLRI().Wire})
	}
	for _, a := range u.Attrs {
		if a.Type != codec.AttrNextHop {
			r.attrs = append(r.attrs, attr{a.Type, string(a.Value)})
		}
	}
	return r
}

// gobgpTreatments are GoBGP's words for RFC 7606 §2.
func gobgpTreatments() map[bgp.ErrorHandling]codec.Treatment {
	return map[bgp.ErrorHandling]codec.Treatment{
		bgp.ERROR_HANDLING_NONE:              codec.TreatNone,
		bgp.ERROR_HANDLING_ATTRIBUTE_DISCARD: codec.TreatDiscard,
		bgp.ERROR_HANDLING_TREAT_AS_WITHDRAW: codec.TreatWithdraw,
		bgp.ERROR_HANDLING_AFISAFI_DISABLE:   codec.TreatReset,
		bgp.ERROR_HANDLING_SESSION_RESET:     codec.TreatReset,
	}
}

// theirs reads it with GoBGP's library. What GoBGP panics on has the words of
// the panic.
func theirs(msg []byte) (r reading) {
	defer func() {
		if p := recover(); p != nil {
			r = reading{treat: codec.TreatReset, why: fmt.Sprint("panic: ", p)}
		}
	}()
	m, err := gobgpParse(msg)
	if err != nil {
		r.treat, r.why = codec.TreatReset, err.Error()
		var me *bgp.MessageError
		if errors.As(err, &me) {
			r.treat = gobgpTreatments()[me.ErrorHandling]
		}
	}
	if r.treat == codec.TreatReset || m == nil {
		return r
	}
	u := m.Body.(*bgp.BGPUpdate)
	r.withdrawn = append(r.withdrawn, gobgpRoutes(bgp.RF_IPv4_UC, u.WithdrawnRoutes)...)
	for _, a := range u.PathAttributes {
		switch a := a.(type) {
		case *bgp.PathAttributeMpReachNLRI:
			r.announced = append(r.announced, gobgpRoutes(bgp.NewFamily(a.AFI, a.SAFI), a.Value)...)
		case *bgp.PathAttributeMpUnreachNLRI:
			r.withdrawn = append(gobgpRoutes(bgp.NewFamily(a.AFI, a.SAFI), a.Value), r.withdrawn...)
		case *bgp.PathAttributeNextHop:
		default:
			r.attrs = append(r.attrs, gobgpAttr(a))
		}
	}
	r.announced = append(r.announced, gobgpRoutes(bgp.RF_IPv4_UC, u.NLRI)...)
	slices.SortStableFunc(r.attrs, func(a, b attr) int { return int(a.typ) - int(b.typ) })
	return r
}

func gobgpRoutes(f bgp.Family, list []bgp.PathNLRI) []route {
	var out []route
	for _, p := range list {
		b, err := p.NLRI.Serialize()
		if err != nil {
			b = []byte(err.Error())
		}
		out = append(out, route{codec.MakeFamily(codec.AFI(f.Afi()), codec.SAFI(f.Safi())), string(b)})
	}
	return out
}

func gobgpAttr(a bgp.PathAttributeInterface) attr {
	b, err := a.Serialize()
	if err != nil {
		return attr{codec.AttrType(a.GetType()), err.Error()}
	}
	head := 3
	if codec.AttrFlags(b[0])&codec.FlagExtended != 0 {
		head = 4
	}
	return attr{codec.AttrType(a.GetType()), string(b[head:])}
}

// difference is where two readings part: the first of treatment, routes and
// attributes that is not the same. The zero difference is none.
type difference struct {
	kind         string // "treatment", "routes", "attributes"
	ours, theirs string
}

func compare(a, b *reading) difference {
	if a.treat != b.treat {
		return difference{"treatment", fmt.Sprintf("%v (%s)", a.treat, a.why), fmt.Sprintf("%v (%s)", b.treat, b.why)}
	}
	if a.treat != codec.TreatNone {
		return difference{} // what is left of a malformed message is each library's own
	}
	if !slices.Equal(a.announced, b.announced) || !slices.Equal(a.withdrawn, b.withdrawn) {
		return difference{"routes", fmt.Sprint(a.announced, a.withdrawn), fmt.Sprint(b.announced, b.withdrawn)}
	}
	if !slices.Equal(a.attrs, b.attrs) {
		return difference{"attributes", fmt.Sprint(a.attrs), fmt.Sprint(b.attrs)}
	}
	return difference{}
}

// cut takes an UPDATE apart as far as its lengths allow, by code of its own.
func cut(msg []byte, x *exchange) {
	b := msg[codec.HeaderLen:]
	field := func() []byte {
		if len(b) < 2 {
			return nil
		}
		n := min(len(b), 2+int(b[0])<<8+int(b[1]))
		f := b[2:n]
		b = b[n:]
		return f
	}
	x.withdrawn = field()
	a := field()
	x.nlri = b
	for len(a) >= 3 {
		head, n := 3, int(a[2])
		if codec.AttrFlags(a[0])&codec.FlagExtended != 0 {
			if len(a) < 4 {
				return
			}
			head, n = 4, int(a[2])<<8+int(a[3])
		}
		if head+n > len(a) {
			return
		}
		x.attrs = append(x.attrs, rawAttr{codec.AttrFlags(a[0]), codec.AttrType(a[1]), a[head : head+n]})
		a = a[head+n:]
	}
}

func frame(body []byte) []byte {
	msg := bytes.Repeat([]byte{0xff}, 16)
	n := codec.HeaderLen + len(body)
	return append(append(msg, byte(n>>8), byte(n), byte(codec.MsgUpdate)), body...)
}
