package codec

// AFI is an Address Family Identifier (IANA address-family-numbers).
type AFI uint16

// SAFI is a Subsequent Address Family Identifier (RFC 4760 §6).
type SAFI uint8

// Family is one AFI/SAFI pair. The zero Family is invalid.
type Family uint32

// Address families with a first-class NLRI form. Any other family is opaque
// but comparable, and round-trips.
const (
	IPv4Unicast   Family = 1<<16 | 1
	IPv4Multicast Family = 1<<16 | 2
	IPv6Unicast   Family = 2<<16 | 1
	IPv6Multicast Family = 2<<16 | 2
)

// MakeFamily joins an AFI and a SAFI.
func MakeFamily(a AFI, s SAFI) Family { return Family(a)<<16 | Family(s) }

// AFI is the address family half of f.
func (f Family) AFI() AFI { return AFI(f >> 16) }

// SAFI is the subsequent address family half of f.
func (f Family) SAFI() SAFI { return SAFI(f) }

// FamilySet is a sorted set of families. It is immutable once built.
type FamilySet []Family

// Has reports whether f is in the set.
func (s FamilySet) Has(f Family) bool {
	for _, g := range s {
		if g == f {
			return true
		}
	}
	return false
}
