package netsim

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/sim"
)

// Defaults of Options and Link.
const (
	DefaultWindow      = 65536
	DefaultDialTimeout = 127 * time.Second // Linux gives up after its sixth repeated SYN
)

// Options are the properties of a network. Zero fields take their defaults.
type Options struct {
	Link        Link          // of hosts between which SetLink has set no other
	DialTimeout time.Duration // after which a dial without an answer fails
}

// Link is the way from one host to another.
type Link struct {
	Delay  time.Duration // the least time from Write to Readable
	Jitter time.Duration // a segment takes up to this much longer: sim.Loop's Latency
	Window int           // bytes in flight and unread, per stream; 0: DefaultWindow
}

// Network is hosts, the links between them and their connections.
type Network struct {
	loop    *sim.Loop
	owner   sim.Owner
	opts    Options
	faults  Faults
	hosts   []host
	byAddr  map[netip.Addr]int // index into hosts
	links   map[[2]int]link    // from, to; absent: Options.Link, not blocked
	conns   []*conn            // ascending numbers
	created uint64
	dials   map[way]int
}

type host struct {
	addr      netip.Addr
	handler   Handler
	down      bool // without power: swallows what arrives
	paused    bool // its program stands still, its kernel doesn't
	listening []netip.AddrPort
	held      []Event // of a paused host: at most one of a kind and Conn
	nextPort  uint16
}

type link struct {
	Link
	blocked bool
}

// Kinds of loop events.
const (
	kindDeliver sim.Kind = iota + 1 // A: the Conn that sends; B: unused
	kindTimeout                     // A: the Conn that dials
	kindNotify                      // A: Conn, B: EventKind
	kindResume                      // A: index of the host
)

// firstPort is the first of the ports that dialing hosts use (RFC 6335 §6).
const firstPort = 49152

// New makes a network without hosts on the loop.
func New(loop *sim.Loop, opts Options) *Network {
	if opts.DialTimeout == 0 {
		opts.DialTimeout = DefaultDialTimeout
	}
	n := &Network{loop: loop, opts: opts, byAddr: map[netip.Addr]int{}, links: map[[2]int]link{}, dials: map[way]int{}}
	n.owner = loop.Register("net", n)
	return n
}

// Loop is the loop on which the network lives.
func (n *Network) Loop() *sim.Loop { return n.loop }

// AddHost adds a host. Adding an address twice, or one with a zone or
// IPv4-mapped, is a mistake of the caller's and panics.
func (n *Network) AddHost(addr netip.Addr, h Handler) {
	if _, ok := n.byAddr[addr]; ok || !addr.IsValid() || addr.Zone() != "" || addr.Is4In6() {
		panic(fmt.Sprintf("netsim: host %v is known already or no plain address", addr))
	}
	n.byAddr[addr] = len(n.hosts)
	n.hosts = append(n.hosts, host{addr: addr, handler: h, nextPort: firstPort})
}

// SetHandler gives a host another program; for clones and restarts.
func (n *Network) SetHandler(addr netip.Addr, h Handler) { n.host(addr).handler = h }

func (n *Network) host(addr netip.Addr) *host { return &n.hosts[n.index(addr)] }

// index is the host's; a host that was never added is a mistake of the caller's.
func (n *Network) index(addr netip.Addr) int {
	i, ok := n.byAddr[addr]
	if !ok {
		panic(fmt.Sprintf("netsim: no host %v", addr))
	}
	return i
}

func (n *Network) link(from, to int) link {
	l, ok := n.links[[2]int{from, to}]
	if !ok {
		l.Link = n.opts.Link
	}
	if l.Window == 0 {
		l.Window = DefaultWindow
	}
	return l
}

// SetLink sets the way from one host to another, one direction only. It holds
// for what is sent from now on; connections keep their windows.
func (n *Network) SetLink(from, to netip.Addr, l Link) {
	key := [2]int{n.index(from), n.index(to)}
	old := n.link(key[0], key[1])
	n.links[key] = link{Link: l, blocked: old.blocked}
}

// Listen begins to accept connections to an address and port of a host.
func (n *Network) Listen(at netip.AddrPort) error {
	h := n.host(at.Addr())
	if slices.Contains(h.listening, at) {
		return fmt.Errorf("listen %v: address already in use", at)
	}
	h.listening = append(h.listening, at)
	return nil
}

// Unlisten ends Listen. Connections that it accepted live on.
func (n *Network) Unlisten(at netip.AddrPort) {
	h := n.host(at.Addr())
	h.listening = slices.DeleteFunc(h.listening, func(l netip.AddrPort) bool { return l == at })
}

// Handle runs an event of the network; it is for the loop.
func (n *Network) Handle(e sim.Event) {
	switch e.Kind {
	case kindDeliver:
		n.deliver(Conn(e.A))
	case kindTimeout:
		if _, end := n.end(Conn(e.A)); end != nil && end.state == dialing {
			n.fail(Conn(e.A), TimedOut)
		}
	case kindNotify:
		n.notify(Conn(e.A), EventKind(e.B))
	case kindResume:
		n.flushHeld(int(e.A))
	}
}

// Parties are the addresses of the connection that an event is about, the dialing
// one first; they are invalid where there is none, or no more, and for an event of
// somebody else.
func (n *Network) Parties(e sim.Event) (dialed, accepted netip.Addr) {
	if e.Owner != n.owner || e.Kind == kindResume {
		return dialed, accepted
	}
	if cn := n.conn(Conn(e.A)); cn != nil {
		dialed, accepted = cn.ends[0].local.Addr(), cn.ends[1].local.Addr()
	}
	return dialed, accepted
}

// Describe puts an event of the network into words; it is for the loop's trace.
func (n *Network) Describe(e sim.Event) string {
	switch e.Kind {
	case kindDeliver:
		return n.describeDelivery(Conn(e.A))
	case kindTimeout:
		return fmt.Sprintf("%v dial timer", Conn(e.A))
	case kindNotify:
		return fmt.Sprintf("%v %v", Conn(e.A), EventKind(e.B))
	default:
		return fmt.Sprintf("%v resumes", n.hosts[e.A].addr)
	}
}

// emit lets an event happen to a host, or keeps it while the host is paused.
func (n *Network) emit(at int, e Event) {
	h := &n.hosts[at]
	if h.down {
		return
	}
	if !h.paused {
		h.handler.HandleNet(e)
		return
	}
	for i := range h.held {
		if h.held[i].Kind == e.Kind && h.held[i].Conn == e.Conn {
			h.held[i] = e
			return
		}
	}
	h.held = append(h.held, e)
}
