package world

import (
	"slices"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// observeEvents holds what each client is told of the UPDATEs of one read
// against what was read.
func (n *node) observeEvents(l *link, actions []speaker.Action) {
	if l.in == nil || l.closing || closes(actions, l.id) && l.in.Up() {
		return // a connection that lost a collision is not read to its end
	}
	if s := n.neighborAt(l); s != nil {
		for i := range s.cfg.API {
			n.observeAPI(l, &s.cfg.API[i], actions)
		}
	}
}

func closes(actions []speaker.Action, id speaker.ConnID) bool {
	return slices.ContainsFunc(actions, func(a speaker.Action) bool { return a.Kind == speaker.ActClose && a.Conn == id })
}

func (n *node) observeAPI(l *link, api *speaker.API, actions []speaker.Action) {
	want := &api.Receive
	if !want.Update || !want.Parsed && !want.Packets && !want.Consolidate {
		return
	}
	for _, a := range n.apis {
		if a.name == "" || a.dead || !slices.Contains(api.Processes, a.name) {
			continue
		}
		var parsed, packets []byte
		for i := range actions {
			e := actions[i].Event
			if actions[i].Kind != speaker.ActEvent || actions[i].Client != a.id || e.Kind != speaker.EvMessage || e.Sent ||
				e.Peer.PeerAddress != l.peer || codec.TypeOf(e.Message) != codec.MsgUpdate {
				continue
			}
			if e.Parsed {
				parsed = append(parsed, e.Message...)
			}
			if e.Packets {
				packets = append(packets, e.Message...)
			}
		}
		if want.Parsed || want.Consolidate {
			n.w.failIf(l.in.Heard(a.name, parsed))
		}
		if want.Packets {
			n.w.failIf(l.in.Heard(a.name, packets))
		}
	}
}

func (w *World) failIf(err error) {
	if err != nil {
		w.fail(err)
	}
}
