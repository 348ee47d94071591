package check

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/peerloom/peerloom/codec"
)

// ExpectKind is a kind of message.
type ExpectKind uint8

// Kinds of messages.
const (
	ExpectAnnounce ExpectKind = iota + 1 // Family, Attrs, NLRIs
	ExpectWithdraw                       // Family, NLRIs, Attrs (of the families that carry them)
	ExpectEndOfRIB                       // Family
	ExpectRefresh                        // Family, Subtype
	ExpectRaw                            // Raw
)

// Expect is a message as a value. Where updates are grouped, one Expect may
// leave as several messages: how many NLRI fit is the encoder's affair.
type Expect struct {
	Kind    ExpectKind
	Family  codec.Family
	Attrs   codec.Attrs
	NLRIs   []codec.NLRI
	Subtype codec.RefreshSubtype
	Raw     []byte
	// request marks the first message of the answer to a peer's request, for
	// the bound on requests that have not begun.
	request bool
	// block marks what stands in a refresh block, for the queue's bound.
	block bool
}

// String is one line, as "announce 10.0.0.0/8 next-hop 10.0.0.1 origin igp".
func (e Expect) String() string {
	switch e.Kind {
	case ExpectAnnounce:
		return "announce " + nlriText(e.NLRIs) + " " + attrsText(e.Attrs)
	case ExpectWithdraw:
		return strings.TrimSpace("withdraw " + nlriText(e.NLRIs) + " " + attrsText(e.Attrs))
	case ExpectEndOfRIB:
		return "End-of-RIB of " + familyText(e.Family)
	case ExpectRefresh:
		return subtypeText(e.Subtype) + " of " + familyText(e.Family)
	case ExpectRaw:
		return fmt.Sprintf("message %x", e.Raw)
	}
	return "nothing"
}

func subtypeText(s codec.RefreshSubtype) string {
	switch s {
	case codec.RefreshRequest:
		return "route refresh request"
	case codec.RefreshBegin:
		return "BoRR"
	case codec.RefreshEnd:
		return "EoRR"
	}
	return fmt.Sprintf("ROUTE-REFRESH subtype %d", uint8(s))
}

func familyText(f codec.Family) string {
	return fmt.Sprintf("%d/%d", f.AFI(), f.SAFI())
}

func nlriText(nlris []codec.NLRI) string {
	var b []byte
	for i, n := range nlris {
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendNLRI(b, n)
	}
	return string(b)
}

func appendNLRI(b []byte, n codec.NLRI) []byte {
	t, err := n.AppendText(b)
	if err != nil {
		t = fmt.Appendf(b, "%s:%x", familyText(n.Family), n.Wire)
	}
	if n.PathID != 0 {
		t = fmt.Appendf(t, " path %d", n.PathID)
	}
	return t
}

// attrsText has each attribute as "name value", hex where the value has no
// plainer form here; it shares nothing with codec's text.
func attrsText(a codec.Attrs) string {
	var b []byte
	for i, x := range a {
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendAttr(b, x)
	}
	return string(b)
}

func appendAttr(b []byte, x codec.Attr) []byte {
	name := fmt.Sprintf("attribute-%d", x.Type)
	if int(x.Type) < len(attrNames) && attrNames[x.Type] != "" {
		name = attrNames[x.Type]
	}
	b = append(append(b, name...), ' ')
	addr, isAddr := netip.AddrFromSlice(x.Value)
	switch {
	case x.Type == codec.AttrNextHop && isAddr:
		return addr.AppendTo(b)
	case x.Type == codec.AttrOrigin && len(x.Value) == 1 && int(x.Value[0]) < len(originNames):
		return append(b, originNames[x.Value[0]]...)
	case x.Type == codec.AttrASPath && len(x.Value) == 0:
		return append(b, "[ ]"...)
	case len(x.Value) == 4 && (x.Type == codec.AttrMED || x.Type == codec.AttrLocalPref):
		return fmt.Appendf(b, "%d", binary.BigEndian.Uint32(x.Value))
	}
	return fmt.Appendf(b, "0x%x", x.Value)
}

var originNames = [...]string{codec.OriginIGP: "igp", codec.OriginEGP: "egp", codec.OriginIncomplete: "incomplete"}

var attrNames = [...]string{
	codec.AttrOrigin:      "origin",
	codec.AttrASPath:      "as-path",
	codec.AttrNextHop:     "next-hop",
	codec.AttrMED:         "med",
	codec.AttrLocalPref:   "local-preference",
	codec.AttrCommunities: "community",
}

// sameAttrs compares what may be compared on a withdrawal or announcement: to
// the byte. Absent and empty are the same.
//
// The Partial bit does not count: a decoder sets it on what it does not know
// (RFC 4271 §5), whatever was on the wire.
func sameAttrs(a, b codec.Attrs) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Type != b[i].Type || (a[i].Flags^b[i].Flags)&^codec.FlagPartial != 0 || !bytes.Equal(a[i].Value, b[i].Value) {
			return false
		}
	}
	return true
}

func sameNLRIs(a, b []codec.NLRI) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// sameKeys is sameNLRIs for withdrawals, which do not tell labels (RFC 8277
// §2.4).
func sameKeys(a, b []codec.NLRI) bool {
	return slices.EqualFunc(a, b, func(x, y codec.NLRI) bool { return keyOf(x) == keyOf(y) })
}

// indexKey is the place of the same route in a list; -1 when it is not there.
func indexKey(list []codec.NLRI, n codec.NLRI) int {
	k := keyOf(n)
	return slices.IndexFunc(list, func(x codec.NLRI) bool { return keyOf(x) == k })
}

// compareNLRI orders by family, path identifier and wire bytes.
func compareNLRI(a, b codec.NLRI) int {
	switch {
	case a.Family != b.Family:
		return less(a.Family < b.Family)
	case a.PathID != b.PathID:
		return less(a.PathID < b.PathID)
	}
	return strings.Compare(a.Wire, b.Wire)
}

func less(yes bool) int {
	if yes {
		return -1
	}
	return 1
}
