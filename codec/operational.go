package codec

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// OperationalType is what an OPERATIONAL message holds
// (draft-ietf-idr-operational-message §3, as ExaBGP numbers them).
type OperationalType uint16

// Types of OPERATIONAL messages with a form of their own.
const (
	OperationalADM  OperationalType = 1 // advisory demand
	OperationalASM  OperationalType = 2 // advisory static
	OperationalRPCQ OperationalType = 3 // reachable prefix count, query and reply
	OperationalRPCP OperationalType = 4
	OperationalAPCQ OperationalType = 5 // Adj-RIB-Out prefix count
	OperationalAPCP OperationalType = 6
	OperationalLPCQ OperationalType = 7 // Loc-RIB prefix count
	OperationalLPCP OperationalType = 8
)

// operationalTypes is the table of types: their names, and what follows the
// family. A type without a name is its octets.
var operationalTypes = [...]struct {
	name              string
	advisory, counter bool
}{
	OperationalADM:  {"ADM", true, false},
	OperationalASM:  {"ASM", true, false},
	OperationalRPCQ: {"RPCQ", false, false},
	OperationalRPCP: {"RPCP", false, true},
	OperationalAPCQ: {"APCQ", false, false},
	OperationalAPCP: {"APCP", false, true},
	OperationalLPCQ: {"LPCQ", false, false},
	OperationalLPCP: {"LPCP", false, true},
}

// known reports whether t has a row.
func (t OperationalType) known() bool { return t > 0 && int(t) < len(operationalTypes) }

// String is the name of the type, as "ASM", or "OPERATIONAL(77)".
func (t OperationalType) String() string {
	if t.known() {
		return operationalTypes[t].name
	}
	return unknown("OPERATIONAL", int(t))
}

// Operational is an OPERATIONAL message. Which fields are set depends on its
// type: Advisory for ADM and ASM; RouterID and Sequence for queries and
// replies, and Counter for replies; Value, and no Family, for any other type.
type Operational struct {
	Type     OperationalType
	Family   Family
	Advisory string // any octets where a peer sent it
	RouterID netip.Addr
	Sequence uint32
	Counter  uint32
	Value    []byte
}

// MaxAdvisory is the longest advisory that is sent, in octets.
const MaxAdvisory = 2048

// Lengths of an OPERATIONAL message and of its values.
const (
	operationalHead  = 4 // type, length
	operationalAFI   = 3 // AFI, SAFI
	operationalQuery = operationalAFI + 4 + 4
	operationalReply = operationalQuery + 4
)

// DecodeOperational decodes a framed OPERATIONAL. One that is malformed is to
// be ignored: the draft has no NOTIFICATION for it, and nothing depends on what
// it says.
func DecodeOperational(msg []byte) (Operational, *Error) {
	if err := checkLength(msg, HeaderLen); err != nil {
		return Operational{}, err
	}
	body := Body(msg)
	if len(body) < operationalHead || operationalHead+int(binary.BigEndian.Uint16(body[2:])) != len(body) {
		return Operational{}, badOperational(msg, "its TLV does not fill it")
	}
	o, v := Operational{Type: OperationalType(binary.BigEndian.Uint16(body))}, body[operationalHead:]
	if !o.Type.known() {
		o.Value = slices.Clone(v)
		return o, nil
	}
	row, want := operationalTypes[o.Type], operationalQuery
	switch {
	case row.advisory:
		want = operationalAFI
	case row.counter:
		want = operationalReply
	}
	if len(v) < want || !row.advisory && len(v) != want {
		return Operational{}, badOperational(msg, fmt.Sprintf("%s of %d octets", o.Type, len(v)))
	}
	o.Family = narrowFamily(v)
	if row.advisory {
		o.Advisory = string(v[operationalAFI:])
		return o, nil
	}
	o.RouterID = netip.AddrFrom4([4]byte(v[operationalAFI:]))
	o.Sequence = be32(v[operationalAFI+4:])
	if row.counter {
		o.Counter = be32(v[operationalQuery:])
	}
	return o, nil
}

func badOperational(msg []byte, why string) *Error {
	e := badLength(msg, "OPERATIONAL: "+why)
	e.Treat = TreatDiscard
	return e
}

// AppendOperational appends an OPERATIONAL. An advisory is cut to MaxAdvisory
// octets at a character's end; a value that does not fit a message, or a router
// identifier that is no IPv4 address where there must be one, is our own
// mistake: it panics.
func AppendOperational(b []byte, o Operational) []byte {
	start := len(b)
	b = appendHeader(b, MsgOperational)
	b = append(binary.BigEndian.AppendUint16(b, uint16(o.Type)), 0, 0)
	at := len(b)
	if !o.Type.known() {
		b = append(b, o.Value...)
	} else if b = appendAFISAFI(b, o.Family); operationalTypes[o.Type].advisory {
		b = append(b, cutText(o.Advisory, MaxAdvisory)...)
	} else {
		b = appendU32(appendID(b, o.RouterID), o.Sequence)
		if operationalTypes[o.Type].counter {
			b = appendU32(b, o.Counter)
		}
	}
	if n := len(b) - start; n > MaxExtendedLen {
		panic(fmt.Sprintf("codec: OPERATIONAL of %d octets", n))
	}
	patchLen(b, at-2)
	return finish(b, start)
}

// AppendText appends the words that a command or configuration has for the
// message, as `asm afi ipv4 safi unicast advisory "hello"`. The error is always
// nil.
func (o Operational) AppendText(b []byte) ([]byte, error) {
	if !o.Type.known() {
		b = appendUint(append(b, "type "...), uint32(o.Type))
		return textHex(append(b, " value "...), o.Value), nil
	}
	row := operationalTypes[o.Type]
	b = append(append(b, strings.ToLower(row.name)...), " afi "...)
	b = append(append(append(b, o.Family.AFI().String()...), " safi "...), o.Family.SAFI().String()...)
	if row.advisory {
		return AppendJSONString(append(b, " advisory "...), o.Advisory), nil
	}
	b = o.RouterID.AppendTo(append(b, " router-id "...))
	b = appendUint(append(b, " sequence "...), o.Sequence)
	if row.counter {
		b = appendUint(append(b, " counter "...), o.Counter)
	}
	return b, nil
}

// String is one line, as `OPERATIONAL asm afi ipv4 safi unicast advisory "hello"`.
func (o Operational) String() string {
	b, _ := o.AppendText([]byte("OPERATIONAL "))
	return string(b)
}

// AppendJSON appends the JSON object that stands for the message in ExaBGP's
// events.
func (o Operational) AppendJSON(b []byte) []byte {
	b = append(append(append(b, `{ "name": "`...), o.Type.String()...), '"')
	if !o.Type.known() {
		return append(AppendJSONHex(append(b, `, "value": `...), o.Value), " }"...)
	}
	b = AppendJSONString(append(b, `, "afi": `...), o.Family.AFI().String())
	b = AppendJSONString(append(b, `, "safi": `...), o.Family.SAFI().String())
	switch row := operationalTypes[o.Type]; {
	case row.advisory:
		b = AppendJSONString(append(b, `, "advisory": `...), o.Advisory)
	case row.counter:
		b = fmt.Appendf(b, `, "router-id": "%s", "sequence": %d, "counter": %d`, o.RouterID, o.Sequence, o.Counter)
	}
	return append(b, " }"...)
}

// ParseOperational reads the words of AppendText, each a token: the inverse,
// where the advisory is of UTF-8. A query without a router identifier has
// 0.0.0.0, for whoever sends it to fill in.
func ParseOperational(words []string) (Operational, error) {
	var o Operational
	if len(words) == 0 {
		return o, fmt.Errorf("no kind of message: write asm afi ipv4 safi unicast advisory TEXT")
	}
	t := slices.IndexFunc(operationalTypes[:], func(row struct {
		name              string
		advisory, counter bool
	}) bool {
		return row.name != "" && strings.EqualFold(row.name, words[0])
	})
	if t < 0 {
		return o, fmt.Errorf("%q is no kind of OPERATIONAL message: write adm, asm, rpcq, rpcp, apcq, apcp, lpcq or lpcp", words[0])
	}
	o.Type, o.RouterID = OperationalType(t), netip.IPv4Unspecified()
	var afi AFI
	var safi SAFI
	for words = words[1:]; len(words) > 0; words = words[2:] {
		if len(words) == 1 {
			return o, fmt.Errorf("%s needs a value", words[0])
		}
		if err := o.word(&afi, &safi, words[0], words[1]); err != nil {
			return o, err
		}
	}
	if o.Family = MakeFamily(afi, safi); afi == 0 || safi == 0 {
		return o, fmt.Errorf("no address family: write afi ipv4 safi unicast")
	}
	if operationalTypes[t].advisory && o.Advisory == "" {
		return o, fmt.Errorf("no advisory: write advisory TEXT")
	}
	return o, nil
}

// word reads one keyword and its value.
func (o *Operational) word(afi *AFI, safi *SAFI, name, value string) (err error) {
	row := operationalTypes[o.Type]
	number := func(n *uint32) error {
		v, err := parseUint(value, 32)
		*n = uint32(v)
		return err
	}
	switch {
	case name == "afi":
		*afi, err = ParseAFI(value)
	case name == "safi":
		*safi, err = ParseSAFI(value)
	case name == "advisory" && row.advisory:
		if o.Advisory = value; len(value) > MaxAdvisory {
			err = fmt.Errorf("the advisory is longer than %d octets", MaxAdvisory)
		}
	case name == "router-id" && !row.advisory:
		var id []byte
		if id, err = addr4(nil, value); err == nil {
			o.RouterID = netip.AddrFrom4([4]byte(id))
		}
	case name == "sequence" && !row.advisory:
		err = number(&o.Sequence)
	case name == "counter" && row.counter:
		err = number(&o.Counter)
	default:
		err = fmt.Errorf("%s does not belong to %s: leave it out", name, o.Type)
	}
	return err
}
