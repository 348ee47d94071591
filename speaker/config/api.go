package config

import (
	"github.com/peerloom/peerloom/speaker"
)

// apiDraft is an api section while it is read.
type apiDraft struct {
	speaker.API
	names   []token
	match   bool
	defined bool
}

func apiTable() []directive[apiDraft] {
	return []directive[apiDraft]{
		{"processes", leaf, func(r *reader, a *apiDraft, n *node) { a.setNames(r, n, false) }},
		{"processes-match", leaf, func(r *reader, a *apiDraft, n *node) { a.setNames(r, n, true) }},
		{"neighbor-changes", leaf, flag(true, func(a *apiDraft) *bool { return &a.NeighborChanges })},
		{"negotiated", leaf, flag(true, func(a *apiDraft) *bool { return &a.Negotiated })},
		{"fsm", leaf, flag(true, func(a *apiDraft) *bool { return &a.FSM })},
		{"signal", leaf, flag(true, func(a *apiDraft) *bool { return &a.Signal })},
		{"send", section, func(r *reader, a *apiDraft, n *node) { run(r, subscriptionTable(), &a.Send, "send", n.block) }},
		{"receive", section, func(r *reader, a *apiDraft, n *node) { run(r, subscriptionTable(), &a.Receive, "receive", n.block) }},
	}
}

func subscriptionTable() []directive[speaker.Subscription] {
	type sub = speaker.Subscription
	row := func(name string, field func(*sub) *bool) directive[sub] {
		return directive[sub]{name, leaf, flag(true, field)}
	}
	return []directive[sub]{
		row("parsed", func(s *sub) *bool { return &s.Parsed }),
		row("packets", func(s *sub) *bool { return &s.Packets }),
		row("consolidate", func(s *sub) *bool { return &s.Consolidate }),
		row("open", func(s *sub) *bool { return &s.Open }),
		row("update", func(s *sub) *bool { return &s.Update }),
		row("notification", func(s *sub) *bool { return &s.Notification }),
		row("keepalive", func(s *sub) *bool { return &s.Keepalive }),
		row("refresh", func(s *sub) *bool { return &s.Refresh }),
		row("operational", func(s *sub) *bool { return &s.Operational }),
	}
}

func (a *apiDraft) setNames(r *reader, n *node, match bool) {
	if a.defined && a.match != match {
		r.add(n.at(), "processes and processes-match exclude each other", "write one of them")
	}
	a.defined, a.match = true, match
	names := list(n.args(1))
	a.names = append(a.names, names...)
}

// apiBlock reads one of the api sections, which may have a name.
func apiBlock(r *reader, d *draft, n *node) {
	var a apiDraft
	tooMany(r, n, 2)
	run(r, apiTable(), &a, "api", n.block)
	d.API = append(d.API, a.API)
	if d.index >= 0 {
		d.pending = append(d.pending, apiNames{d.index, len(d.API) - 1, a.names, a.match})
	}
}
