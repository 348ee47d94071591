package rib

import (
	"iter"

	"github.com/peerloom/peerloom/codec"
)

// Interner keeps one copy of each attribute set that is in use.
type Interner struct { /* owned by this package */
}

// AttrSet is an interned attribute set. Two pointers from one Interner are
// equal exactly when the sets are. ID is small and sequential.
type AttrSet struct {
	ID    uint32
	Attrs codec.Attrs
}

// NewInterner makes an empty interner.
func NewInterner() *Interner { panic("skeleton") }

// Intern finds or adds a set. The attributes are cloned when they are new.
func (t *Interner) Intern(a codec.Attrs) *AttrSet { panic("skeleton") }

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
	OpFlush               // all families, or Family if set: contract 5
	OpClear               // contract 6
	OpRefresh             // the peer's request for Family: contract 7
	OpEndOfRIB            // `announce eor`, Family: a barrier
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
}

// Route is an entry of want or of an Adj-RIB-In.
type Route struct {
	NLRI   codec.NLRI
	Attrs  *AttrSet
	Origin Origin
}

// Session is what an Out must know of the session that came up.
type Session struct {
	Families codec.FamilySet
	Options  codec.Options // for encoding
	// Export makes of a route's attributes those that this session sends
	// (defaults, AS_PATH, LOCAL_PREF, next hop), or false when the route must
	// not be sent. It is pure: the result depends on its arguments alone.
	Export func(f codec.Family, a codec.Attrs) (codec.Attrs, bool)
	// EnhancedRefresh: both ends advertised it (RFC 7313): BoRR and EoRR.
	EnhancedRefresh bool
	// RefreshMarks: bracket a `flush` too (ExaBGP's behaviour follows the
	// same negotiated capability).
}

// Config is what an Out is for all its life.
type Config struct {
	Interner *Interner
	// Group puts NLRI with equal attributes into one UPDATE (IPv4 unicast
	// only, as ExaBGP's group-updates); false: one NLRI a message.
	Group bool
	// ManualEOR: no automatic End-of-RIB.
	ManualEOR bool
	// QueueBound overrides 65,536 in max(65,536, |want ∪ told|); 0: 65,536.
	QueueBound int
	// Discard (adj-rib-out false): a route is forgotten once told, and cannot
	// be flushed or refreshed again.
}

// Ticket marks a place in the queue: everything that was queued up to then.
type Ticket uint64

// Pulled is what Pull says of the message that it gave.
type Pulled struct {
	Type   codec.MessageType
	Family codec.Family
	NLRIs  int
	// TooLong lists routes that cannot fit a message: they were withdrawn
	// (contract 1) and the caller logs them.
	TooLong []codec.NLRI
}

// Out is one peer's Adj-RIB-Out: want, told and queue (the contract is in
// docs/ARCHITECTURE.md).
type Out struct { /* owned by this package */
}

// NewOut makes an empty Adj-RIB-Out of a session that is down.
func NewOut(c Config) *Out { panic("skeleton") }

// Configure sets the configured routes, in configuration order, shadowed ones
// included: at the start, and as a difference to what was configured before on
// reload (contract 8 and 11). It is a batch of its own.
func (o *Out) Configure(routes []Op) Ticket { panic("skeleton") }

// Apply applies one batch, atomically, and returns the place in the queue that
// covers all that it caused. It works the same while the session is down.
func (o *Out) Apply(batch []Op) Ticket { panic("skeleton") }

// Up starts a session: the initial table and the End-of-RIBs are queued.
func (o *Out) Up(s Session) { panic("skeleton") }

// Down ends the session: told and queue are gone, want stays.
func (o *Out) Down() { panic("skeleton") }

// Pull appends the next message to buf; false when nothing is queued. The
// buffer must have room for Options.Max() bytes.
func (o *Out) Pull(buf []byte) (msg []byte, p Pulled, ok bool) { panic("skeleton") }

// Ready reports whether Pull would give a message.
func (o *Out) Ready() bool { panic("skeleton") }

// Done is the highest ticket whose messages have all been pulled. Tickets of a
// session that ended count as done.
func (o *Out) Done() Ticket { panic("skeleton") }

// Want iterates over want, in insertion order (f 0: every family).
func (o *Out) Want(f codec.Family) iter.Seq[Route] { panic("skeleton") }

// Told iterates over told in the order of the first announcement.
func (o *Out) Told(f codec.Family) iter.Seq[Route] { panic("skeleton") }

// Len is the sizes of want, told and queue.
func (o *Out) Len() (want, told, queue int) { panic("skeleton") }

// Clone is an independent copy that shares the interner.
func (o *Out) Clone() *Out { panic("skeleton") }

// AppendState appends a canonical encoding of want, told and queue, for state
// de-duplication: two Outs with equal bytes behave the same for ever.
func (o *Out) AppendState(b []byte) []byte { panic("skeleton") }

// In is one peer's Adj-RIB-In.
type In struct { /* owned by this package */
}

// NewIn makes an empty Adj-RIB-In. keep false drops everything it is told.
func NewIn(t *Interner, keep bool) *In { panic("skeleton") }

// Announce stores a route; it reports whether anything changed.
func (i *In) Announce(n codec.NLRI, a codec.Attrs) bool { panic("skeleton") }

// Withdraw removes a route; it reports whether it was there.
func (i *In) Withdraw(n codec.NLRI) bool { panic("skeleton") }

// BeginRefresh marks the family's routes stale (RFC 7313 §4: BoRR; a new one
// restarts the marking).
func (i *In) BeginRefresh(f codec.Family) { panic("skeleton") }

// EndRefresh removes what is still stale and returns it, in insertion order
// (RFC 7313 §4: EoRR). Without a BeginRefresh it does nothing.
func (i *In) EndRefresh(f codec.Family) []codec.NLRI { panic("skeleton") }

// Clear empties the table (a session's end, or `clear adj-rib in`).
func (i *In) Clear() { panic("skeleton") }

// Routes iterates in insertion order (f 0: every family).
func (i *In) Routes(f codec.Family) iter.Seq[Route] { panic("skeleton") }

// Len is the number of routes.
func (i *In) Len() int { panic("skeleton") }

// Clone is an independent copy that shares the interner.
func (i *In) Clone() *In { panic("skeleton") }

// AppendState appends a canonical encoding for state de-duplication.
func (i *In) AppendState(b []byte) []byte { panic("skeleton") }
