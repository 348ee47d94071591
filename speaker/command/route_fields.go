package command

import (
	"net/netip"

	"github.com/peerloom/peerloom/codec"
)

func (d *draft) has(field string) bool {
	for _, x := range d.fields {
		if x.Name == field {
			return true
		}
	}
	return false
}

// prefixGrammars has all the words that may follow a prefix.
var prefixGrammars = []codec.Family{codec.IPv4VPN}

// prefixSAFI is the SAFI that the words after a prefix ask for.
func (d *draft) prefixSAFI() codec.SAFI {
	switch {
	case d.has("rd"), d.has("route-distinguisher"):
		return codec.IPv4VPN.SAFI()
	case d.has("label"):
		return codec.IPv4Labeled.SAFI()
	}
	return codec.IPv4Unicast.SAFI()
}

// prefixNLRI makes the NLRI of one prefix; family 0 follows from its words.
func (d *draft) prefixNLRI(f codec.Family, p netip.Prefix, need Need) (codec.NLRI, *Problem) {
	if f == 0 {
		afi := codec.AFIIPv6
		if p.Addr().Is4() {
			afi = codec.AFIIPv4
		}
		f = codec.MakeFamily(afi, d.prefixSAFI())
	}
	if _, labeled := codec.NLRITextArity(f, "label"); !labeled {
		if len(d.fields) > 0 {
			return codec.NLRI{}, problem(0, d.fields[0].Name+" does not belong to "+f.String(), "leave it out")
		}
		return codec.PrefixNLRI(f, p, d.pathID), nil
	}
	if need == NeedNextHop && !d.has("label") {
		return codec.NLRI{}, problem(0, "label is missing", "write label 1000")
	}
	fields := append([]codec.NLRIField{{Values: []string{p.String()}}}, d.fields...)
	n, err := codec.ParseNLRIText(f, d.pathID, fields)
	if err != nil {
		return codec.NLRI{}, problem(0, err.Error(), "")
	}
	return n, nil
}
