package world

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// showsAll reports whether command i shows what the whole batch leaves, of the
// neighbors that were there before it.
func showsAll(batch []speaker.Command, i int) bool {
	return batch[i].Kind == speaker.CmdShowOut && i == len(batch)-1 && !slices.ContainsFunc(batch, func(c speaker.Command) bool {
		return c.Kind == speaker.CmdDeleteNeighbor || c.Kind == speaker.CmdCreateNeighbor
	})
}

// shown is what a show adj-rib out at the end of a batch that the models have
// applied has to answer, sorted.
func (a *api) shown(c *speaker.Command) []string {
	var l []string
	for _, s := range a.node.sessions {
		if !s.takes(a) || !s.selected(c.Peers) || c.Show.Address.IsValid() && c.Show.Address != s.cfg.PeerAddress {
			continue
		}
		for n, attrs := range s.model.Wanted() {
			if c.Show.Families == nil || c.Show.Families.Has(n.Family) {
				l = append(l, shownRoute(s.cfg.PeerAddress, n, attrs))
			}
		}
	}
	slices.Sort(l)
	return l
}

func shownRoute(peer netip.Addr, n codec.NLRI, attrs codec.Attrs) string {
	text, err := attrs.AppendText(nil)
	if err != nil {
		text = []byte(err.Error())
	}
	return fmt.Sprintf("%v %v path %d %v %s", peer, n.Family, n.PathID, n, text)
}

// judgeShown holds the answer against what it has to be.
func (n *node) judgeShown(a *api, want []string, r *speaker.RoutesReply) {
	var got []string
	for _, x := range r.Routes {
		got = append(got, shownRoute(x.Peer, x.Route.NLRI, x.Route.Attrs))
	}
	slices.Sort(got)
	if slices.Equal(want, got) {
		return
	}
	first := func(l, other []string) string {
		if i := slices.IndexFunc(l, func(s string) bool { return !slices.Contains(other, s) }); i >= 0 {
			return l[i]
		}
		return "nothing else"
	}
	n.w.failAt(n.name, check.NewViolation(check.RunShow,
		fmt.Sprintf("%d routes for client %s, also %s", len(want), a.name, first(want, got)), fmt.Sprintf("%d, also %s", len(got), first(got, want))))
}
