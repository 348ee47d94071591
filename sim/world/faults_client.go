package world

import (
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/child"
)

// respawn is how long after its end a program is started again.
const respawn = time.Second

// born makes the speaker's side of a new program.
func (a *api) born() {
	a.node.clients++
	a.id = a.node.clients
	a.wording, a.hearing = wording{}, check.NewHearing(a.name)
	a.words, a.gone = nil, false
	a.batching = check.NewBatching(a.name, a.w.knobs.Batch)
	a.child = child.New(child.Config{
		Client: a.id, Name: a.name, JSON: a.json, APIVersion: 4, Window: a.w.knobs.Batch,
		ReplyBound: a.w.knobs.ClientPipe, EventBound: 8 * a.w.knobs.ClientPipe, Host: a.node.name, PID: 2, PPID: 1,
	})
}

// spawn starts the program again: a new process with new pipes, that goes on in
// its script where the one before it ended.
func (a *api) spawn() {
	if a.node.down || a.node.exited {
		return
	}
	a.w.moved()
	a.cutOff()
	a.dead = false
	a.born()
	a.node.step(speaker.Input{Kind: speaker.InClientUp, Client: a.id, Text: a.name})
}

// cutOff breaks both pipes at once: what is in them is lost.
func (a *api) cutOff() {
	if a.node.down && a.w.journals && !a.gone { // also of a program that died unheard
		down := speaker.Input{Kind: speaker.InClientDown, Client: a.id}
		a.node.record(&down)
	}
	a.life++
	a.dead, a.unread, a.stuck = true, 0, 0
	a.toNode, a.toProg = pipe{}, pipe{}
	a.window++
	a.windowD = time.Time{}
	a.lose()
}

// lose forgets the answers that will not come.
func (a *api) lose() {
	a.open, a.asked, a.answers, a.partial = 0, nil, nil, nil
	a.orphan = true
}

// die ends the program. What it has written still arrives; then the speaker
// sees the end of its pipe.
func (a *api) die() {
	if a.dead {
		return
	}
	a.dead = true
	a.lose()
	a.carry(&a.toNode, clientBytes, nil)
	for ; a.unread > 0; a.unread-- {
		a.toProg.pop()
	}
	a.flush()
}

// hangUp is the speaker's side of a program's end.
func (a *api) hangUp() {
	a.batching.Read(a.node.now(), a.wording.hangUp())
	a.child.EOF(a.node.now())
	a.batches()
	a.gone = true
	a.node.step(speaker.Input{Kind: speaker.InClientDown, Client: a.id})
	if a.stays {
		return
	}
	a.w.loop.PostAfter(respawn, a.owner, clientSpawn, a.life, 0)
}

// hear lets the program read what has arrived, unless it stands still.
func (a *api) hear() {
	if a.mute && !a.dead {
		a.unread++
		return
	}
	data := a.toProg.pop()
	if a.dead {
		return
	}
	a.receive(data)
	a.flush()
	a.advance()
}

// silence has the program read nothing, and answers how to end that.
func (a *api) silence() (undo func()) {
	a.mute = true
	return func() {
		a.mute = false
		for ; a.unread > 0; a.unread-- {
			a.w.loop.PostAfter(0, a.owner, clientOutput, a.life, 0)
		}
	}
}

// rearm schedules the end of the open batch anew: the clock has changed.
func (a *api) rearm() {
	if a.windowD.IsZero() {
		return
	}
	a.window++
	a.w.loop.Post(sim.Event{At: a.node.clock.when(a.windowD), Owner: a.owner, Kind: clientWindow, B: a.window})
}

// flood writes a command n times at once, with {n} and {m} counted up: n is the
// lower octet.
func (a *api) flood(command string, n int, scripted bool) {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.NewReplacer("{n}", strconv.Itoa(i%256), "{m}", strconv.Itoa(i/256)).Replace(command))
		b.WriteByte('\n')
	}
	a.ask(n, scripted)
	a.write(b.String())
}

func (w *World) livingClients() []*api {
	var all []*api
	for _, a := range w.clients {
		if !a.dead && !a.node.exited {
			all = append(all, a)
		}
	}
	return all
}

func living(w *World) int { return len(w.livingClients()) }

func (w *World) killClient(i int) { w.livingClients()[i].die() }

// halveClient lets a program die in the middle of a line. Its addresses are
// those for tests (RFC 2544).
func (w *World) halveClient(i int) {
	a := w.livingClients()[i]
	line := "announce route 198.18.255.0/24 next-hop self med 10"
	a.write(line[:1+w.src.Choose(LabelFaultHow, len(line))])
	a.die()
}

func (w *World) muteClient(i int) {
	undo := w.livingClients()[i].silence()
	w.lasts(w.faultTime(), undo)
}

// floodClient lets a program announce many routes at once.
func (w *World) floodClient(i int) {
	w.livingClients()[i].flood("announce route 198.18.{m}.{n}/32 next-hop self", 16<<w.src.Choose(LabelFaultHow, 4), false)
}
