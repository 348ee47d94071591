package rib

import (
	"fmt"

	"github.com/peerloom/peerloom/codec"
)

// Pulled is what Pull says of the message that it gave.
type Pulled struct {
	Type   codec.MessageType
	Family codec.Family
	NLRIs  int
	// TooLong lists routes that cannot fit a message: they were withdrawn
	// where they had been told, and the caller logs them. It may be set where
	// there is no message.
	TooLong []codec.NLRI
}

// Ready reports whether Pull would give a message.
func (o *Out) Ready() bool { return o.settle() }

// Pull appends the next message to buf; false when nothing is queued. The
// buffer must have room for Options.Max() bytes.
func (o *Out) Pull(buf []byte) (msg []byte, p Pulled, ok bool) {
	p.TooLong, o.tooLong = o.tooLong, nil
	if !o.settle() {
		return buf, p, false
	}
	w := &o.works[o.head]
	p.Type, p.Family = codec.MsgUpdate, w.nlri.Family
	switch w.kind {
	case workAnnounce, workWithdraw:
		buf, p.NLRIs = o.pullRoutes(buf)
	case workTable, workFlush, workRefresh:
		buf, p = o.pullBlock(buf, w, p)
	case workEndOfRIB:
		buf = codec.AppendEndOfRIB(buf, p.Family)
		o.pop()
	case workAsk:
		p.Type = codec.MsgRouteRefresh
		buf = codec.AppendRouteRefresh(buf, codec.RouteRefresh{Family: p.Family})
		o.pop()
	case workRaw:
		p.Type = codec.MessageType(w.nlri.Wire[18])
		buf = append(buf, w.nlri.Wire...)
		o.pop()
	default:
		panic(fmt.Sprintf("rib: work of kind %d at the head of the queue", w.kind))
	}
	return buf, p, true
}

// pullRoutes encodes as many announcements, or withdrawals, at the head as may
// share a message and fit one.
func (o *Out) pullRoutes(buf []byte) ([]byte, int) {
	first := o.works[o.head]
	run, size := o.scratch[:0], 0
	for i := o.head; i < len(o.works) && size < o.session.Options.Max(); i++ {
		if w := &o.works[i]; w.kind != workDropped {
			run = append(run, w.nlri)
			size += len(w.nlri.Wire)
		}
		if !o.works[i].more {
			break
		}
	}
	o.scratch = run
	var n int
	var err error
	if first.kind == workAnnounce {
		buf, n, err = codec.AppendAnnounce(buf, &o.session.Options, first.set.Attrs, run)
	} else {
		buf, n, err = o.appendWithdraw(buf, first.set, run)
	}
	if err != nil {
		panic(fmt.Sprintf("rib: %v fitted a message when it was queued: %v", first.nlri, err))
	}
	for left := n; left > 0; o.pop() {
		if o.works[o.head].kind != workDropped {
			left--
		}
	}
	return buf, n
}

// appendWithdraw encodes withdrawals, without attributes where they do not fit.
func (o *Out) appendWithdraw(buf []byte, set *AttrSet, run []codec.NLRI) ([]byte, int, error) {
	if set != nil {
		if out, n, err := codec.AppendWithdraw(buf, &o.session.Options, set.Attrs, run); err == nil {
			return out, n, nil
		}
	}
	return codec.AppendWithdraw(buf, &o.session.Options, nil, run)
}

// pullBlock encodes the next message of the block at the head: BoRR, routes,
// EoRR.
func (o *Out) pullBlock(buf []byte, w *work, p Pulled) ([]byte, Pulled) {
	mark := codec.RouteRefresh{Family: p.Family, Subtype: codec.RefreshBegin}
	if o.bracketed(w) && !o.cursor.begun {
		o.begin(w)
		o.answer(w)
		p.Type = codec.MsgRouteRefresh
		return codec.AppendRouteRefresh(buf, mark), p
	}
	run, set := o.blockRun(w)
	if len(run) == 0 {
		p.Type, mark.Subtype = codec.MsgRouteRefresh, codec.RefreshEnd
		o.pop()
		return codec.AppendRouteRefresh(buf, mark), p
	}
	buf, n, err := codec.AppendAnnounce(buf, &o.session.Options, set.Attrs, run)
	if err != nil {
		panic(fmt.Sprintf("rib: %v fitted a message when it was told: %v", run[0], err))
	}
	o.answer(w)
	o.cursor.at += n
	p.NLRIs = n
	return buf, p
}
