package rib

import "github.com/peerloom/peerloom/codec"

// workKind says what a piece of work in the queue is.
type workKind uint8

const (
	workDropped workKind = iota // superseded at the queue's bound
	workAnnounce
	workWithdraw
	workTable   // a family of the initial table
	workFlush   // a refresh block that a client asked for
	workRefresh // a refresh block that the peer asked for
	workEndOfRIB
	workAsk // a ROUTE-REFRESH request of ours
	workRaw
)

func (k workKind) block() bool { return k == workTable || k == workFlush || k == workRefresh }

// work is one piece of the queue. Of a block it is all there is: what the
// block holds is read from told when it is pulled.
type work struct {
	kind  workKind
	group bool       // Op.Group
	more  bool       // the next piece may share this one's message
	nlri  codec.NLRI // nlri.Wire is the message of workRaw
	set   *AttrSet   // as the session encodes it; nil for none
	part  uint64     // that it is of; of a block what it sees, too
}

// worksKept is how many pieces of work an empty queue keeps room for.
const worksKept = 4096

// queue is the ordered log of work not yet pulled.
type queue struct {
	works []work
	head  int
	size  int // not dropped
	sweep int // size at which to look for superseded work again
}

func (o *Out) push(w work) {
	w.part = o.part
	o.works = append(o.works, w)
	o.size++
}

// pushAll queues a list, which is the queue's from then on: an empty queue takes it
// as it is, so that a clear of a large table needs its room once.
func (o *Out) pushAll(list []work) {
	for i := range list {
		list[i].part = o.part
	}
	if len(o.works) == 0 && cap(o.works) < len(list) {
		o.works = list
	} else {
		o.works = append(o.works, list...)
	}
	o.size += len(list)
}

// pushBlock queues a block that sees told as the current part leaves it. One
// that would send nothing, not even brackets, is none.
func (o *Out) pushBlock(t *table, k workKind) {
	if t.count == 0 && !o.session.EnhancedRefresh {
		return
	}
	t.pending++
	t.lastBlock = o.part
	if k == workRefresh {
		t.refreshes++
	}
	o.push(work{kind: k, nlri: codec.NLRI{Family: t.family}})
}

// pop takes the first piece off.
func (o *Out) pop() {
	w := &o.works[o.head]
	k, f := w.kind, w.nlri.Family
	*w = work{}
	o.head++
	if k != workDropped {
		o.size--
	}
	if o.head == len(o.works) {
		o.works, o.head = o.works[:0], 0
		if cap(o.works) > worksKept {
			o.works = nil
		}
	} else if o.head > 1024 && 2*o.head > len(o.works) {
		n := copy(o.works, o.works[o.head:])
		clear(o.works[n:])
		o.works, o.head = o.works[:n], 0
	}
	if k.block() {
		sent := o.cursor.sent
		o.cursor = cursor{}
		t := o.table(f)
		if k == workRefresh && !sent {
			t.refreshes--
		}
		t.blockDone()
	}
}

// settle takes off what gives no message, so that the head is the next one.
func (o *Out) settle() bool {
	for o.head < len(o.works) {
		w := &o.works[o.head]
		switch {
		case w.kind == workDropped:
		case !w.kind.block(), o.bracketed(w):
			return true
		case o.seek(w).place != none:
			return true
		}
		o.pop()
	}
	return false
}

// Done is the highest ticket whose messages have all been pulled. Tickets of a
// session that ended count as done.
func (o *Out) Done() Ticket {
	if !o.settle() {
		return Ticket(o.part)
	}
	return Ticket(o.works[o.head].part - 1)
}

// bound keeps the queue's bound: superseded work is dropped, oldest first; a
// block that has not begun takes newer values in the place of older ones.
func (o *Out) bound() {
	limit := o.config.QueueBound
	if limit == 0 {
		limit = 65536
	}
	want, _, size := o.Len()
	limit = max(limit, want)
	if size <= limit || size < o.sweep {
		return
	}
	for _, i := range o.superseded() {
		if size <= limit {
			break
		}
		size--
		o.drop(i)
	}
	if size > limit && !o.cursor.begun {
		for _, t := range o.tables {
			size -= len(t.ended)
			t.newest()
		}
	}
	o.squeeze()
	// What is left is not superseded: look again when it has grown by an
	// eighth, so that a full queue costs a constant per piece.
	o.sweep = size + size/8
}

// superseded lists work that later work makes needless, oldest first: an
// announcement or withdrawal by a later one of the same NLRI, an announcement
// and a block that has not begun by a later block.
func (o *Out) superseded() []int {
	var found []int
	seen := map[codec.Key]bool{}
	blocks := map[codec.Family]bool{}
	for i := len(o.works) - 1; i >= o.head; i-- {
		w := &o.works[i]
		k, f := w.nlri.Key(), w.nlri.Family
		switch w.kind {
		case workAnnounce, workWithdraw:
			if seen[k] || w.kind == workAnnounce && blocks[f] {
				found = append(found, i)
			}
			seen[k] = true
		case workFlush, workRefresh:
			if blocks[f] && (i != o.head || !o.cursor.begun) {
				found = append(found, i)
			}
			blocks[f] = true
		}
	}
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found
}

func (o *Out) drop(i int) {
	w := &o.works[i]
	k, f := w.kind, w.nlri.Family
	*w = work{more: w.more, part: w.part}
	o.size--
	if k.block() {
		t := o.table(f)
		if k == workRefresh {
			t.refreshes--
		}
		t.blockDone()
	}
}

// squeeze removes dropped work when it is the greater part.
func (o *Out) squeeze() {
	if n := len(o.works) - o.head; n < 64 || 2*o.size > n {
		return
	}
	kept := o.works[:0]
	for _, w := range o.works[o.head:] {
		switch {
		case w.kind != workDropped:
			kept = append(kept, w)
		case !w.more && len(kept) > 0:
			kept[len(kept)-1].more = false
		}
	}
	clear(o.works[len(kept):])
	o.works, o.head = kept, 0
}

// Queued is the number of pieces of work in the queue: routes, and blocks of
// them as one.
func (o *Out) Queued() int { return o.size }
