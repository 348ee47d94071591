package rib

import "github.com/peerloom/peerloom/codec"

// Origin says who put a route into want.
type Origin uint8

// Origins.
const (
	FromConfig Origin = iota + 1
	FromAPI
	FromLocal // export of the Loc-RIB
)

// OpKind says what an Op does.
type OpKind uint8

// Operations of a batch.
const (
	OpAnnounce     OpKind = iota + 1
	OpWithdraw            // NLRI, Attrs (may be nil)
	OpFlush               // all families, or Family if set
	OpClear               // empties want, whoever put the routes there
	OpRefresh             // the peer's request for Family (RFC 2918 §4)
	OpEndOfRIB            // an End-of-RIB by hand, Family: a barrier
	OpRouteRefresh        // ask the peer to refresh Family: a barrier
	OpRaw                 // Raw, a whole message (OPERATIONAL): a barrier
)

// Op is one operation.
type Op struct {
	Kind   OpKind
	Origin Origin
	NLRI   codec.NLRI
	Attrs  codec.Attrs // canonical; next hop may be "self"
	Family codec.Family
	Raw    []byte
	// Group lets the route share an UPDATE with others of the batch that say so
	// and have equal attributes, also where Config.Group does not.
	Group bool
}

// Route is an entry of want or of an Adj-RIB-In.
type Route struct {
	NLRI   codec.NLRI
	Attrs  *AttrSet
	Origin Origin
}
