package malform

import (
	"fmt"
	"slices"
	"strings"
)

// Treatment is what a correct speaker does with a message.
type Treatment uint8

// Treatments, those of RFC 7606 §2 weakest first.
const (
	Accept   Treatment = iota // as valid as any
	Ignore                    // without effect
	Discard                   // attribute discard
	Withdraw                  // treat-as-withdraw
	Disable                   // AFI/SAFI disable; a session reset is as good
	Reset                     // session reset with Code and Subcode
	Close                     // the connection ends without a NOTIFICATION (RFC 4271 §6.4)
)

var treatmentNames = [...]string{
	Accept: "accept", Ignore: "ignore", Discard: "attribute discard", Withdraw: "treat-as-withdraw",
	Disable: "AFI/SAFI disable", Reset: "session reset", Close: "close",
}

// String is the RFC's term.
func (t Treatment) String() string { return treatmentNames[t] }

// Want is the treatment that a case must get.
type Want struct {
	Treat         Treatment
	Code, Subcode byte   // of the NOTIFICATION, at Reset
	Data          []byte // of it; nil: the RFCs do not fix it
}

// String is "session reset 3/5" or the treatment alone.
func (w Want) String() string {
	if w.Treat == Reset {
		return fmt.Sprintf("%v %d/%d", w.Treat, w.Code, w.Subcode)
	}
	return w.Treat.String()
}

// Phase is when a message may be sent.
type Phase uint8

// Phases.
const (
	Established Phase = iota // on a session that is up
	Opening                  // in the place of the OPEN
)

// Session is what the messages of one session depend on, as their sender sees
// it.
type Session struct {
	AS        uint32 // the sender's
	AS4       bool   // AS numbers of four octets (RFC 6793)
	Internal  bool   // both ends are in one AS
	AnyAS     bool   // the receiver takes any AS
	AddPath   bool   // the sender puts path identifiers before IPv4 unicast NLRI
	AddPath6  bool   // and before IPv6 unicast NLRI
	IPv6      bool   // IPv6 unicast was negotiated
	Crossing  bool   // next hops of IPv6 were, for IPv4 unicast (RFC 8950)
	Enhanced  bool   // enhanced route refresh was negotiated
	Oper      bool   // OPERATIONAL was negotiated
	Extended  bool   // the receiver takes messages of up to 65,535 octets
	ExaBGP    bool   // the receiver does as ExaBGP: an unknown type is 1/0, an AS_SET is taken
	NextHop   [4]byte
	ValidOpen string // the OPEN that the sender would send, by its bytes; empty: none
	Foreign   string // families with a form of their own that were negotiated; see [Foreign]
	Net       byte   // third octet of the routes' prefixes
}

// Case is one row of the table, for one session.
type Case struct {
	Name  string // "attribute/origin/length-0"
	RFC   string // section, as "RFC 7606 §7.1"
	Phase Phase
	Want  Want
	Make  func() []byte // the whole message
}

// part is rows of the table whose names begin alike.
type part struct {
	prefix string
	rows   func(*Session) []Case
}

// table is the whole table in its order.
func table() []part {
	return []part{
		{"header/", headers}, {"notification/", notifications}, {"open/in-established", openAgain}, {"refresh/", refreshes}, {"operational/", operationals},
		{"open/instead/", strangers}, {"open/", opens},
		{"attribute/", attributes}, {"as-path/", asPaths}, {"as4-", as4Paths}, {"value/", values}, {"nested/", nested},
		{"nlri/", foreignRoutes}, {"attributes/", shapes}, {"length/", lengths}, {"nlri/", nlris},
		{"mp-", multiprotocol}, {"mp-reach/ipv4-", crossings}, {"family/", families}, {"valid/", boundaries},
	}
}

// Cases is the table for one session, in a fixed order. Rows that need what the
// session does not have are left out.
func Cases(s *Session) []Case { return Under(s, "") }

// Under is those of the Cases whose names begin with prefix.
func Under(s *Session, prefix string) []Case {
	var l [][]Case
	for _, p := range table() {
		if strings.HasPrefix(p.prefix, prefix) || strings.HasPrefix(prefix, p.prefix) {
			l = append(l, slices.DeleteFunc(p.rows(s), func(c Case) bool { return !strings.HasPrefix(c.Name, prefix) }))
		}
	}
	return slices.Concat(l...)
}

// Find is the case of that name; false where the session has none.
func Find(s *Session, name string) (Case, bool) {
	for _, c := range Under(s, name) {
		if c.Name == name {
			return c, true
		}
	}
	return Case{}, false
}

// nlri is the route that the cases announce, 198.51.NET.0/24.
func (s *Session) nlri() []byte { return s.route(24, 198, 51, s.Net) }

func (s *Session) route(bits int, octets ...byte) []byte {
	if s.AddPath {
		return WithPath(7, Prefix(bits, octets...))
	}
	return Prefix(bits, octets...)
}

// route6 is the same for IPv6 unicast.
func (s *Session) route6(bits int, octets ...byte) []byte {
	if s.AddPath6 {
		return WithPath(7, Prefix(bits, octets...))
	}
	return Prefix(bits, octets...)
}

// path is the value of the AS_PATH of a route that the sender originates.
func (s *Session) path() []byte {
	if s.Internal {
		return nil
	}
	return Segment(2, s.AS4, s.AS)
}

// base is the attributes that every route needs, without the one of type skip.
func (s *Session) base(skip byte) []byte {
	var b []byte
	for _, a := range s.mandatory() {
		if a[1] != skip {
			b = append(b, a...)
		}
	}
	return b
}

func (s *Session) mandatory() [][]byte {
	l := [][]byte{Attr(Transitive, 1, []byte{0}), Attr(Transitive, 2, s.path()), Attr(Transitive, 3, s.NextHop[:])}
	if s.Internal {
		l = append(l, Attr(Transitive, 5, u32(100)))
	}
	return l
}

// announce is an UPDATE of the usual route with other attributes.
func (s *Session) announce(attrs ...[]byte) []byte { return UpdateOf(nil, join(attrs...), s.nlri()) }

// row is a case of an UPDATE.
func row(name, rfc string, w Want, f func() []byte) Case {
	return Case{Name: name, RFC: rfc, Want: w, Make: f}
}

func update(sub byte) Want { return Want{Treat: Reset, Code: 3, Subcode: sub} }

// Wants without a NOTIFICATION.
func treat(t Treatment) Want { return Want{Treat: t} }
