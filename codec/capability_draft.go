package codec

import (
	"encoding/binary"
	"slices"
	"strconv"
)

// PathsLimit is the most paths of a prefix that the sender wants to receive
// (draft-abraitis-idr-addpath-paths-limit).
type PathsLimit struct {
	Family Family
	Limit  uint16
}

const pathsLimitLen = 5

// PathsLimitCap is capability 76, the families in the order given.
func PathsLimitCap(l ...PathsLimit) Capability {
	v := make([]byte, 0, pathsLimitLen*len(l))
	for _, x := range l {
		v = binary.BigEndian.AppendUint16(appendAFISAFI(v, x.Family), x.Limit)
	}
	return Capability{CapPathsLimit, v}
}

// PathsLimit is the families of capability 76. "A limit of 0" is ignored, and of
// two entries for a family the first counts; a malformed instance is left out.
func (o *Open) PathsLimit() []PathsLimit {
	var out []PathsLimit
	for _, c := range o.Caps {
		if c.Code != CapPathsLimit || len(c.Value)%pathsLimitLen != 0 {
			continue
		}
		for e := range slices.Chunk(c.Value, pathsLimitLen) {
			l := PathsLimit{narrowFamily(e), binary.BigEndian.Uint16(e[3:])}
			if l.Limit > 0 && !slices.ContainsFunc(out, func(x PathsLimit) bool { return x.Family == l.Family }) {
				out = append(out, l)
			}
		}
	}
	return out
}

func textPathsLimit(b, v []byte) []byte {
	if len(v)%pathsLimitLen != 0 {
		return appendHex(b, v)
	}
	return joinEntries(b, v, pathsLimitLen, func(b, e []byte) []byte {
		b = append(append(b, narrowFamily(e).String()...), ' ')
		return strconv.AppendUint(b, uint64(binary.BigEndian.Uint16(e[3:])), 10)
	})
}

// LabelCount is how many labels of one NLRI the sender can take (RFC 8277 §2.1).
type LabelCount struct {
	Family Family
	Count  uint8
}

// MultipleLabelsCap is capability 8 (RFC 8277 §2.1), the families in the order
// given.
func MultipleLabelsCap(l ...LabelCount) Capability {
	v := make([]byte, 0, 4*len(l))
	for _, x := range l {
		v = append(appendAFISAFI(v, x.Family), x.Count)
	}
	return Capability{CapMultipleLabels, v}
}

// MultipleLabels is the families of capability 8: "only the first occurrence" of
// a family counts, and a count of 0 or 1 is ignored (RFC 8277 §2.1), as is a
// malformed instance.
func (o *Open) MultipleLabels() []LabelCount {
	var out []LabelCount
	for _, c := range o.Caps {
		if c.Code != CapMultipleLabels || len(c.Value)%4 != 0 {
			continue
		}
		for e := range slices.Chunk(c.Value, 4) {
			l := LabelCount{narrowFamily(e), e[3]}
			if l.Count > 1 && !slices.ContainsFunc(out, func(x LabelCount) bool { return x.Family == l.Family }) {
				out = append(out, l)
			}
		}
	}
	return out
}

func textMultipleLabels(b, v []byte) []byte {
	if len(v)%4 != 0 {
		return appendHex(b, v)
	}
	return joinEntries(b, v, 4, func(b, e []byte) []byte {
		b = append(append(b, narrowFamily(e).String()...), ' ')
		return strconv.AppendUint(b, uint64(e[3]), 10)
	})
}

// MultiSessionCap is capability 68 (draft-ietf-idr-bgp-multisession): the
// capabilities that tell sessions apart.
func MultiSessionCap(ids ...CapCode) Capability {
	v := []byte{0}
	for _, id := range ids {
		v = append(v, byte(id))
	}
	return Capability{CapMultiSession, v}
}

// LinkLocalNextHopCap is capability 77 (draft-ietf-idr-linklocal-capability).
func LinkLocalNextHopCap() Capability { return Capability{Code: CapLinkLocalNextHop} }

// OperationalCap is capability 185 (draft-ietf-idr-operational-message, as
// ExaBGP numbers it).
func OperationalCap() Capability { return Capability{Code: CapOperational} }
