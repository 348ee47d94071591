package speaker

import (
	"slices"
	"strings"
)

// selected lists the neighbors (indexes of peers) that a client's selectors match. A process sees
// only neighbors that list it in an api section; a client that is no process
// sees all.
func (s *Speaker) selected(c *client, sel []Selector) []int {
	var l []int
	for i, p := range s.peers {
		if s.isSelected(p, c, sel) {
			l = append(l, i)
		}
	}
	return l
}

func (s *Speaker) isSelected(p *peer, c *client, sel []Selector) bool {
	if p.deleted {
		return false
	}
	if c.name != "" && !slices.ContainsFunc(p.cfg.API, func(a API) bool { return slices.Contains(a.Processes, c.name) }) {
		return false
	}
	return len(sel) == 0 || slices.ContainsFunc(sel, func(x Selector) bool { return x.matches(p.cfg) })
}

// matches reports whether n has all that x sets.
func (x *Selector) matches(n *Neighbor) bool {
	return (x.Any || !x.Address.IsValid() || x.Address == n.PeerAddress) &&
		(!x.LocalIP.IsValid() || x.LocalIP == n.LocalAddress) &&
		(x.LocalAS == 0 || x.LocalAS == n.LocalAS) &&
		(x.PeerAS == 0 || x.PeerAS == n.PeerAS) &&
		(!x.RouterID.IsValid() || x.RouterID == n.RouterID) &&
		(x.FamilyAllowed == "" || x.FamilyAllowed == n.familyAllowed())
}

// familyAllowed is how ExaBGP names a neighbor's families in selectors: one
// session carries all that its OPEN lists.
//
// A neighbor that offers multi-session is told apart by its families, as
// "ipv4-unicast/ipv6-unicast".
func (n *Neighbor) familyAllowed() string {
	if !n.Caps.MultiSession {
		return "in-open"
	}
	var l []string
	for _, f := range n.Families {
		l = append(l, strings.ReplaceAll(f.String(), " ", "-"))
	}
	return strings.Join(l, "/")
}
