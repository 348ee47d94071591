package command

import (
	"fmt"
	"strings"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// wordRoutes reads "[NAME] keywords and attributes…" for a family whose NLRI
// are keywords, such as "rd 65000:1 endpoint 5 …", or 0x and their octets.
func wordRoutes(f codec.Family, words []string, need Need) ([]speaker.Route, *Problem) {
	if len(words) > 0 && strings.HasPrefix(words[0], "0x") {
		return wireRoutes(f, words, need)
	}
	d := draft{grammars: []codec.Family{f}}
	at := d.note(words)
	if p := d.words(words[at:]).at(at); p != nil {
		return nil, p
	}
	return d.finishFields(f, need)
}

// VPLS reads the words after `vpls`.
func VPLS(words []string, need Need) ([]speaker.Route, *Problem) {
	return wordRoutes(codec.L2VPNVPLS, words, need)
}

// wireRoutes reads "0x… attributes…": an NLRI as the octets that it is.
func wireRoutes(f codec.Family, words []string, need Need) ([]speaker.Route, *Problem) {
	var d draft
	if p := d.words(words[1:]).at(1); p != nil {
		return nil, p
	}
	n, err := codec.ParseNLRI(f, d.pathID, words[0])
	if err != nil {
		return nil, problem(0, err.Error(), "")
	}
	return d.route(n, need)
}

// policyRoutes reads an SR policy. The words of its tunnel, which may come
// several times, become the tunnel encapsulation attribute.
func policyRoutes(f codec.Family, words []string, need Need) ([]speaker.Route, *Problem) {
	var tunnel, others []string
	var at []int
	first := 0
	for i := 0; i < len(words); {
		if i == 0 && words[0] == "sr-policy" { // the text of an NLRI begins with it
			i++
			continue
		}
		if n, bad := valueLen(words[i:]); words[i] == "[" && bad == "" { // tunnel-encapsulation [ … ]
			for range n {
				others, at = append(others, words[i]), append(at, i)
				i++
			}
			continue
		}
		n, known := codec.TunnelTextArity(words[i])
		n = min(1+n, len(words)-i)
		if known {
			if len(tunnel) == 0 {
				first = i
			}
			tunnel = append(tunnel, words[i:i+n]...)
			i += n
			continue
		}
		others, at = append(others, words[i]), append(at, i)
		i++
	}
	d := draft{grammars: []codec.Family{f}}
	if p := d.words(others); p != nil {
		if p.Word < len(at) {
			p.Word = at[p.Word]
		}
		return nil, p
	}
	if len(tunnel) > 0 {
		attr, err := codec.ParseAttrText("tunnel-encapsulation", append(append([]string{"["}, tunnel...), "]"))
		if err != nil {
			return nil, problem(first, err.Error(), "")
		}
		d.attrs = d.attrs.With(attr)
	}
	return d.finishFields(f, need)
}

// note is the number of words at the start that are a name of the operator's.
func (d *draft) note(words []string) int {
	if len(words) == 0 || words[0] == "{" || flowSections[words[0]] || d.isField(words[0]) {
		return 0
	}
	if _, ok := findKeyword(words[0]); ok {
		return 0
	}
	if _, known := codec.ActionTextArity(words[0]); known && d.actions {
		return 0
	}
	if _, _, known := codec.AttrTextArity(words[0]); known {
		return 0
	}
	return 1
}

// fieldArity is the number of values of a word of the NLRI or of an action.
func (d *draft) fieldArity(name string) (n int, known bool) {
	for _, f := range d.grammars {
		if n, known = codec.NLRITextArity(f, name); known {
			return n, true
		}
	}
	if d.actions {
		return codec.ActionTextArity(name)
	}
	return 0, false
}

func (d *draft) isField(name string) bool {
	for _, f := range d.grammars {
		if _, known := codec.NLRITextArity(f, name); known {
			return true
		}
	}
	return false
}

// field takes a word of the NLRI or of an action; false where it is neither.
func (d *draft) field(name string, values []string) (bool, *Problem) {
	if d.isField(name) {
		d.fields = append(d.fields, codec.NLRIField{Name: name, Values: values})
		return true, nil
	}
	if _, known := codec.ActionTextArity(name); !known || !d.actions {
		return false, nil
	}
	attrs, err := d.attrs.WithAction(name, values)
	if err != nil {
		return true, problem(0, err.Error(), "")
	}
	d.attrs = attrs
	return true, nil
}

// finishFields makes the route of the keywords read.
func (d *draft) finishFields(f codec.Family, need Need) ([]speaker.Route, *Problem) {
	n, err := codec.ParseNLRIText(f, d.pathID, d.fields)
	if err != nil {
		return nil, problem(0, err.Error(), "see the words of "+f.String())
	}
	return d.route(n, need)
}

// route is the one route of n.
func (d *draft) route(n codec.NLRI, need Need) ([]speaker.Route, *Problem) {
	f := n.Family
	if _, ok := d.attrs.Get(codec.AttrNextHop); !ok && need == NeedNextHop && f.NeedsNextHop() {
		return nil, &Problem{What: "announce requires nexthop: " + n.String(), missingNextHop: true}
	}
	if d.split != 0 {
		return nil, problem(0, "split is for prefixes", "leave it out")
	}
	return []speaker.Route{{NLRI: n, Attrs: d.attrs, Watchdog: d.watchdog, Withdrawn: d.held()}}, nil
}

// Flow reads a flow, the words after `flow`: "[route] [NAME] …", with its
// parts in blocks or one after the other.
func Flow(words []string, need Need) ([]speaker.Route, *Problem) { return flowRoutes(0, words, need) }

// flowRoutes reads a flow; f is the family that was named, or 0. The VPN
// family follows from the route distinguisher.
func flowRoutes(f codec.Family, words []string, need Need) ([]speaker.Route, *Problem) {
	d := draft{grammars: []codec.Family{codec.IPv4FlowVPN, codec.IPv6FlowVPN}, actions: true}
	at := 0
	if len(words) > 0 && words[0] == "route" {
		at = 1
	}
	at += d.note(words[at:])
	parts, p := flowParts(words[at:])
	if p != nil {
		return nil, p.at(at)
	}
	for _, part := range parts {
		if p := d.part(part); p != nil {
			return nil, p.at(at)
		}
	}
	is := codec.FlowFamily(d.fields)
	if f != 0 && f.AFI() != is.AFI() {
		if d.ofFamily(is.AFI()) {
			return nil, problem(at, "the flow is of another address family than "+f.String(), "write it as "+is.String())
		}
		is = codec.MakeFamily(f.AFI(), is.SAFI())
	}
	return d.finishFields(is, need)
}

// ofFamily reports whether a prefix or a word decides the address family.
func (d *draft) ofFamily(a codec.AFI) bool {
	other := codec.IPv4FlowVPN
	if a == codec.AFIIPv4 {
		other = codec.IPv6FlowVPN
	}
	for _, x := range d.fields {
		if _, known := codec.NLRITextArity(other, x.Name); !known || len(x.Name) >= 6 && (x.Name[:6] == "source" || x.Name[:6] == "destin") && x.Name != "source-port" && x.Name != "destination-port" {
			return true
		}
	}
	return false
}

// flowSections are the blocks of a flow.
var flowSections = map[string]bool{"match": true, "scope": true, "then": true}

// flowPart is one statement of a flow, or all of it where there are no blocks.
type flowPart struct {
	section string // "" outside of a block
	words   []string
	at      []int // where each stands
}

// flowParts cuts a flow into statements.
func flowParts(words []string) ([]flowPart, *Problem) {
	var out []flowPart
	var part flowPart
	var blocks []string // names of the open ones
	brackets := 0
	end := func() {
		if len(part.words) > 0 {
			out = append(out, part)
		}
		part = flowPart{}
		if len(blocks) > 0 {
			part.section = blocks[len(blocks)-1]
		}
	}
	for i, w := range words {
		switch {
		case w == "[" || w == "(":
			brackets++
		case w == "]" || w == ")":
			brackets--
		}
		switch {
		case brackets > 0 || w != "{" && w != "}" && w != ";":
			part.words, part.at = append(part.words, w), append(part.at, i)
		case w == "{":
			name := ""
			if n := len(part.words); n > 0 {
				name = part.words[n-1]
				part.words, part.at = part.words[:n-1], part.at[:n-1]
			}
			if name != "" && !flowSections[name] || name == "" && i > 0 {
				return nil, problem(i, fmt.Sprintf("%.40q is not a block of a flow", name), "write match { … } scope { … } then { … }")
			}
			end()
			blocks = append(blocks, name)
			part.section = name
		case w == "}" && len(blocks) == 0:
			return nil, problem(i, `"}" closes nothing`, "leave it out")
		case w == "}":
			blocks = blocks[:len(blocks)-1]
			end()
		default:
			end()
		}
	}
	end()
	if len(blocks) > 0 {
		return nil, problem(len(words), "a block is not closed", "write } where it ends")
	}
	return out, nil
}

// part reads one statement.
func (d *draft) part(part flowPart) *Problem {
	words, at := part.words, part.at
	if is := d.isField(words[0]) && words[0] != "rd" && words[0] != "route-distinguisher"; part.section == "match" && !is {
		return problem(at[0], fmt.Sprintf("%.40q does not belong into match", words[0]), "write it after match { … }")
	} else if part.section != "" && part.section != "match" && is {
		return problem(at[0], fmt.Sprintf("%.40q does not belong into %s", words[0], part.section), "write it into match { … }")
	}
	// "rate-limit 1000 packets" is one value.
	for i := 0; i+2 < len(words); i++ {
		if unit := words[i+2]; words[i] == "rate-limit" && (unit == "packets" || unit == "bytes") {
			words = append(append([]string{}, words[:i+1]...), append([]string{words[i+1] + ":" + unit}, words[i+3:]...)...)
			at = append(append([]int{}, at[:i+2]...), at[i+3:]...)
		}
	}
	if p := d.words(words); p != nil {
		if p.Word < len(at) {
			p.Word = at[p.Word]
		} else {
			p.Word = at[len(at)-1] + 1
		}
		return p
	}
	return nil
}
