package command

import (
	"net/netip"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// wordRoutes reads keywords and attributes for a family whose NLRI are
// keywords, such as "mup-isd 10.0.0.0/24 rd 65000:1 …".
func wordRoutes(f codec.Family, words []string, need Need) ([]speaker.Route, *Problem) {
	d := draft{grammars: []codec.Family{f}}
	if p := d.words(words); p != nil {
		return nil, p
	}
	return d.finishFields(f, need)
}

// finishFields makes the route of the keywords read.
func (d *draft) finishFields(f codec.Family, need Need) ([]speaker.Route, *Problem) {
	n, err := codec.ParseNLRIText(f, d.pathID, d.fields)
	if err != nil {
		return nil, problem(0, err.Error(), "see the words of "+f.String())
	}
	if _, ok := d.attrs.Get(codec.AttrNextHop); !ok && need == NeedNextHop && f.NeedsNextHop() {
		return nil, &Problem{What: "announce requires nexthop: " + n.String(), missingNextHop: true}
	}
	if d.split != 0 {
		return nil, problem(0, "split is for prefixes", "leave it out")
	}
	if p := d.held(); p != nil {
		return nil, p
	}
	return []speaker.Route{{NLRI: n, Attrs: d.attrs, Watchdog: d.watchdog, Withdrawn: d.withdraw}}, nil
}

// fieldArity is the number of values of a word of the NLRI.
func (d *draft) fieldArity(name string) (n int, known bool) {
	for _, f := range d.grammars {
		if n, known = codec.NLRITextArity(f, name); known {
			return n, true
		}
	}
	return 0, false
}

// field takes a word of the NLRI; false where it is none.
func (d *draft) field(name string, values []string) bool {
	if _, known := d.fieldArity(name); !known {
		return false
	}
	d.fields = append(d.fields, codec.NLRIField{Name: name, Values: values})
	return true
}

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
