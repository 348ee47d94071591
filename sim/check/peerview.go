package check

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/peerloom/peerloom/codec"
)

// PeerView is the Adj-RIB-In that a peer has by the messages that it received,
// and by nothing else. Routes are kept sorted by family, path identifier and
// wire bytes.
type PeerView struct {
	options codec.Options
	routes  []viewRoute
	// refreshing are the families between BoRR and EoRR.
	refreshing []codec.Family
	reader     reader // its buffers are used again
}

// viewRoute is a route as received; stale: not received since BoRR.
type viewRoute struct {
	key   codec.Key // labels are no part of it (RFC 8277 §2)
	nlri  codec.NLRI
	attrs codec.Attrs
	stale bool
}

// NewPeerView is an empty view of a peer that decodes with o.
func NewPeerView(o codec.Options) *PeerView { return &PeerView{options: o} }

// Observe takes one whole received message. What is malformed is treated as
// RFC 7606 says; the error, a *[Violation], is for what resets a session.
func (v *PeerView) Observe(msg []byte) error {
	_, err := v.observe(msg)
	return err
}

// observe also gives what EoRR swept.
func (v *PeerView) observe(msg []byte) ([]codec.NLRI, error) {
	switch kindOf(msg) {
	case codec.MsgUpdate:
		return nil, v.update(msg)
	case codec.MsgRouteRefresh:
		r, why := readRefresh(msg)
		if why != "" {
			return nil, violated(OutMalformed, "a ROUTE-REFRESH in order", why)
		}
		return v.refresh(r), nil
	}
	return nil, nil
}

func (v *PeerView) update(msg []byte) error {
	r := &v.reader
	r.update(msg, &v.options)
	if r.treat == inReset {
		return violated(OutMalformed, "an UPDATE that a session survives", r.why)
	}
	v.apply(r, r.treat == inWithdraw)
	return nil
}

// apply takes the routes of an UPDATE; of what is treated as withdraw, those
// announced are withdrawn too.
func (v *PeerView) apply(u *reader, withdraw bool) {
	for _, n := range u.withdrawn {
		v.withdraw(n)
	}
	if !withdraw {
		v.announceAll(u.announced, u.written())
		return
	}
	for _, n := range u.announced {
		v.withdraw(n)
	}
}

// refresh marks and sweeps: a BoRR during a refresh starts it again, an EoRR
// without a BoRR says nothing (RFC 7313 §4).
func (v *PeerView) refresh(r codec.RouteRefresh) []codec.NLRI {
	at := slices.Index(v.refreshing, r.Family)
	switch {
	case r.Subtype == codec.RefreshBegin:
		if at < 0 {
			v.refreshing = append(slices.Clone(v.refreshing), r.Family)
		}
		for i := range v.routes {
			if v.routes[i].nlri.Family == r.Family {
				v.routes[i].stale = true
			}
		}
	case r.Subtype == codec.RefreshEnd && at >= 0:
		v.refreshing = slices.Delete(slices.Clone(v.refreshing), at, at+1)
		var swept []codec.NLRI
		v.routes = slices.DeleteFunc(v.routes, func(x viewRoute) bool {
			stale := x.nlri.Family == r.Family && x.stale
			if stale {
				swept = append(swept, x.nlri)
			}
			return stale
		})
		return swept
	}
	return nil
}

func (v *PeerView) find(n codec.NLRI) (int, bool) {
	return slices.BinarySearchFunc(v.routes, keyOf(n), func(r viewRoute, k codec.Key) int {
		return compareNLRI(codec.NLRI(r.key), codec.NLRI(k))
	})
}

func (v *PeerView) get(n codec.NLRI) (viewRoute, bool) {
	i, ok := v.find(n)
	if !ok {
		return viewRoute{}, false
	}
	return v.routes[i], true
}

func (v *PeerView) announce(n codec.NLRI, a codec.Attrs) {
	i, ok := v.find(n)
	if !ok {
		v.routes = slices.Insert(v.routes, i, viewRoute{})
	}
	v.routes[i] = viewRoute{key: keyOf(n), nlri: n, attrs: a}
}

// announceAll puts routes of one attribute set, which is copied, unless they have
// it.
func (v *PeerView) announceAll(l []codec.NLRI, a codec.Attrs) {
	var own codec.Attrs
	for _, n := range l {
		if had, ok := v.get(n); ok && sameSets(had.attrs, a) {
			v.announce(n, had.attrs)
			continue
		}
		if own == nil {
			own = a.Clone()
		}
		v.announce(n, own)
	}
}

func (v *PeerView) withdraw(n codec.NLRI) {
	if i, ok := v.find(n); ok {
		v.routes = slices.Delete(v.routes, i, i+1)
	}
}

// Has reports whether the peer has a route for n.
func (v *PeerView) Has(n codec.NLRI) bool {
	_, ok := v.find(n)
	return ok
}

// Len is the number of routes.
func (v *PeerView) Len() int { return len(v.routes) }

// Clear forgets everything: the session ended.
func (v *PeerView) Clear() { v.routes, v.refreshing = nil, nil }

// Equal reports whether two views hold the same routes; marks do not count.
func (v *PeerView) Equal(w *PeerView) bool {
	return slices.EqualFunc(v.routes, w.routes, func(a, b viewRoute) bool {
		return a.nlri == b.nlri && sameAttrs(a.attrs, b.attrs)
	})
}

// String has one route a line, sorted by wire bytes; "no routes" when empty.
func (v *PeerView) String() string {
	if len(v.routes) == 0 {
		return "no routes"
	}
	var b strings.Builder
	for i, r := range v.routes {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(nlriText([]codec.NLRI{r.nlri}) + " " + attrsText(r.attrs))
		if r.stale {
			b.WriteString(" (stale)")
		}
	}
	return b.String()
}

// Clone is an independent copy.
func (v *PeerView) Clone() *PeerView {
	c := *v
	c.routes = slices.Clone(v.routes)
	c.refreshing = slices.Clone(v.refreshing)
	c.reader = reader{}
	return &c
}

// AppendState appends bytes that are equal exactly when two views are.
func (v *PeerView) AppendState(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(v.routes)))
	for _, r := range v.routes {
		b = appendKey(b, r.nlri)
		b = appendAttrs(b, r.attrs)
		b = appendBool(b, r.stale)
	}
	families := slices.Clone(v.refreshing)
	slices.Sort(families)
	b = binary.AppendUvarint(b, uint64(len(families)))
	for _, f := range families {
		b = binary.AppendUvarint(b, uint64(f))
	}
	return b
}
