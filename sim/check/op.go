package check

import "github.com/peerloom/peerloom/codec"

// Origin says who put a route into want.
type Origin uint8

// Origins.
const (
	FromConfig Origin = iota + 1
	FromAPI
	FromLocal // the export of the Loc-RIB
)

// OpKind says what an [Op] does.
type OpKind uint8

// Operations of a batch.
const (
	OpAnnounce     OpKind = iota + 1 // NLRI, Attrs, Origin
	OpWithdraw                       // NLRI, Attrs (may be nil)
	OpFlush                          // Family, 0 for all
	OpClear                          // contract 6
	OpRefresh                        // the peer asks for Family
	OpEndOfRIB                       // `announce eor` for Family: a barrier
	OpRouteRefresh                   // we ask the peer for Family: a barrier
	OpRaw                            // Raw leaves as it is: a barrier
)

// Op is one operation of a batch.
type Op struct {
	Kind   OpKind
	Origin Origin
	NLRI   codec.NLRI
	Attrs  codec.Attrs // canonical
	Family codec.Family
	Raw    []byte
	// Group: the route shares an UPDATE with others of its part that say so and
	// have equal attributes, whatever the configuration.
	Group bool
}

// barrier reports whether the operation ends the part of the batch before it.
func (o Op) barrier() bool {
	return o.Kind == OpEndOfRIB || o.Kind == OpRouteRefresh || o.Kind == OpRaw
}

// OutConfig is what an [OutModel] is for all its life.
type OutConfig struct {
	Group     bool // NLRI with equal attributes share an UPDATE (IPv4 unicast, MCAST-VPN)
	ManualEOR bool // no automatic End-of-RIB
	// QueueBound overrides 65,536 in the bound of contract 3; 0: 65,536.
	QueueBound int
}

// OutSession is what a session that came up has negotiated.
type OutSession struct {
	Families codec.FamilySet
	// Options are those of the receiving end, to decode what it receives.
	Options codec.Options
	// EnhancedRefresh: both ends advertised it (RFC 7313).
	EnhancedRefresh bool
	// RouteRefresh: the other end offered to be asked (RFC 2918).
	RouteRefresh bool
	// LinkLocal: both ends offered the link-local next hop (capability 77).
	LinkLocal bool
	// Export makes the attributes that this session sends, or false when the
	// route must not be sent. It is pure.
	Export func(codec.Family, codec.Attrs) (codec.Attrs, bool)
}
