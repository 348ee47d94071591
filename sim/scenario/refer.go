package scenario

import (
	"slices"

	"github.com/peerloom/peerloom/speaker"
)

// references checks that what one block says of another is so.
func (p *parser) references() {
	f := p.file
	last := len(p.lines) - 1
	if len(f.Speakers) == 0 {
		p.fail(last, "the scenario has no speaker", "write speaker NAME { and a configuration")
	}
	at := func(head string) int { return p.where[head] }
	for _, s := range f.Speakers {
		if s.config != nil && !slices.ContainsFunc(s.config.Neighbors, func(n speaker.Neighbor) bool { return n.LocalAddress.IsValid() }) {
			p.fail(at("speaker "+s.Name), "no neighbor has a local-address", "write local-address: it is where the speaker lives")
		}
	}
	for _, c := range f.Clients {
		head := "client " + c.Process + " of " + c.Speaker
		i := slices.IndexFunc(f.Speakers, func(s Speaker) bool { return s.Name == c.Speaker })
		if i < 0 {
			p.fail(at(head), "there is no speaker "+c.Speaker, "write one of the speakers above")
			continue
		}
		cfg := f.Speakers[i].config
		if cfg != nil && !slices.ContainsFunc(cfg.Processes, func(x speaker.Process) bool { return x.Name == c.Process }) {
			p.fail(at(head), "the speaker has no process "+c.Process, "write the name of a process of its configuration")
		}
	}
	known := func(name string, speakers bool) bool {
		for i := range f.Peers {
			if f.Peers[i].Name == name {
				return true
			}
		}
		return speakers && slices.ContainsFunc(f.Speakers, func(s Speaker) bool { return s.Name == name })
	}
	for _, r := range f.Reloads {
		if !slices.ContainsFunc(f.Speakers, func(s Speaker) bool { return s.Name == r.Name }) {
			p.fail(at("reload "+r.Name), "there is no speaker "+r.Name, "write one of the speakers above")
		}
	}
	for i := range f.Network {
		s := &f.Network[i]
		if s.Fault.OfSpeaker() && !slices.ContainsFunc(f.Speakers, func(x Speaker) bool { return x.Name == s.A }) {
			p.fail(at("network"), "it strikes "+s.A+" with what only speakers have", "write the name of a speaker block")
			continue
		}
		for _, name := range [...]string{s.A, s.B} {
			if name != "" && !known(name, true) {
				p.fail(at("network"), "it names "+name+", which is no speaker or peer", "write names of blocks")
			}
		}
	}
	for _, e := range f.Expects {
		head := "expect " + e.From + " to " + e.To
		if !known(e.From, true) || !known(e.To, true) {
			p.fail(at(head), "it names a speaker or peer that is not there", "write names of blocks")
		}
	}
	for _, v := range f.Views {
		if !known(v.Peer, false) {
			p.fail(at("view "+v.Peer), "there is no peer "+v.Peer, "write the name of a peer block")
		}
	}
}
