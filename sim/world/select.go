package world

import (
	"strings"

	"github.com/peerloom/peerloom/speaker"
)

// Selects reports whether a command with these selectors is for n, as far as it
// is for the selectors to say. It is written apart from package speaker, whose
// choice it is held against.
func Selects(l []speaker.Selector, n *speaker.Neighbor) bool {
	for i := range l {
		if !excludes(&l[i], n) {
			return true
		}
	}
	return len(l) == 0
}

// excludes finds a condition of x that n does not meet.
func excludes(x *speaker.Selector, n *speaker.Neighbor) bool {
	if !x.Any && x.Address.IsValid() && x.Address != n.PeerAddress {
		return true
	}
	if x.LocalIP.IsValid() && x.LocalIP != n.LocalAddress || x.RouterID.IsValid() && x.RouterID != n.RouterID {
		return true
	}
	if x.LocalAS != 0 && x.LocalAS != n.LocalAS || x.PeerAS != 0 && x.PeerAS != n.PeerAS {
		return true
	}
	if x.FamilyAllowed == "" {
		return false
	}
	want := "in-open"
	if n.Caps.MultiSession {
		want = strings.ReplaceAll(strings.Join(familyNames(n), "/"), " ", "-")
	}
	return x.FamilyAllowed != want
}

func familyNames(n *speaker.Neighbor) []string {
	var l []string
	for _, f := range n.Families {
		l = append(l, f.String())
	}
	return l
}
