package world

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/child"
)

// Kinds of loop events of a client.
const (
	clientBytes  sim.Kind = iota + 1 // A: life; the next chunk arrives at the speaker
	clientWindow                     // B: generation; a batch closes
	clientOutput                     // A: life; the next chunk of replies arrives at the program
	clientWake                       // B: generation; the program goes on
	clientSpawn                      // A: life; the program is started again
)

// api is one API client: the child machine on the speaker's side, and the
// scripted program behind two pipes.
type api struct {
	w     *World
	node  *node
	owner sim.Owner
	id    speaker.ClientID
	name  string
	json  bool
	stays bool // it stays down when it ends: respawn false

	child   *child.Child
	toNode  pipe // an empty chunk: the program has ended
	toProg  pipe
	window  uint64
	windowD time.Time
	life    uint64 // counts the programs of this name
	dead    bool   // the program has ended
	gone    bool   // and its speaker knows
	mute    bool   // the program does not read
	unread  int    // arrivals that it has not looked at
	stuck   int    // arrivals that the speaker has not looked at: too many replies wait

	due []due // replies that the speaker owes

	grouping bool               // a group is open
	refused  []*speaker.Command // of the present batch: they end a group and there is none
	group    []speaker.Command  // with these

	script
	partial  []byte
	wording  wording // what its speaker has read
	batching *check.Batching
	words    []string // of the answers on their way
	hearing  *check.Hearing
	reader   *reader // looks at all lines and not only at answers; nil: it does not
	asked    []bool  // commands without an answer, in order: true for those of the script
	answers  []bool  // replies not yet expected: true for done
	open     int     // commands without an answer
	orphan   bool    // a program of this name has died: which answers come is not known
	sentDone bool    // the present Send step has been carried out
}

// pipe is bytes on their way, in order.
type pipe struct {
	chunks [][]byte
	size   int           // octets of chunks
	last   time.Duration // when the last of them arrives
}

// pipeSize is what a pipe holds before its writer waits (Linux, pipe(7)).
const pipeSize = 65536

func (p *pipe) pop() []byte {
	c := p.chunks[0]
	p.chunks = behind(p.chunks, 1)
	p.size -= len(c)
	return c
}

// behind is l without its first k. Of what is used up the room is used again.
func behind[T any](l []T, k int) []T {
	if k == len(l) {
		return l[:0]
	}
	return l[k:]
}

func (w *World) addClient(c Client) error {
	i := slices.IndexFunc(w.nodes, func(n *node) bool { return n.name == c.Speaker })
	if i < 0 {
		return fmt.Errorf("client %s: there is no speaker %s", c.Process, c.Speaker)
	}
	n := w.nodes[i]
	k := slices.IndexFunc(n.cfg.Processes, func(p speaker.Process) bool { return p.Name == c.Process })
	if k < 0 {
		return fmt.Errorf("client %s: speaker %s has no process of that name", c.Process, c.Speaker)
	}
	p := &n.cfg.Processes[k]
	a := &api{w: w, node: n, name: c.Process, json: p.JSON, stays: !p.Respawn}
	if err := a.reads(c.Script); err != nil {
		return fmt.Errorf("client %s: %w", c.Process, err)
	}
	a.born()
	a.script = script{steps: c.Script}
	a.owner = w.loop.Register(c.Process, a)
	n.apis = append(n.apis, a)
	w.clients = append(w.clients, a)
	return nil
}

// Handle runs one event of the loop.
func (a *api) Handle(e sim.Event) {
	switch e.Kind {
	case clientBytes:
		if e.A == a.life && !a.node.standsStill(e) {
			a.deliver()
		}
	case clientWindow:
		if e.B == a.window && !a.node.standsStill(e) {
			a.windowD = time.Time{}
			a.batches()
		}
	case clientOutput:
		if e.A == a.life {
			a.hear()
		}
	case clientSpawn:
		if e.A == a.life {
			a.spawn()
		}
	case clientWake:
		if e.B == a.wake {
			a.waiting = false
			a.advance()
		}
	}
}

// Describe puts an event of the loop into words.
func (a *api) Describe(e sim.Event) string {
	switch e.Kind {
	case clientBytes:
		if e.A == a.life && len(a.toNode.chunks) > 0 {
			return fmt.Sprintf("%s reads %q", a.node.name, a.toNode.chunks[0])
		}
		return "bytes"
	case clientWindow:
		return "window of a batch ends"
	case clientOutput:
		if e.A == a.life {
			return fmt.Sprintf("gets %q", a.toProg.chunks[0])
		}
		return "is gone"
	case clientSpawn:
		return "is started again"
	default:
		return "goes on"
	}
}

// deliver lets the speaker's side read what has arrived, unless too many
// replies wait.
func (a *api) deliver() {
	a.w.moved()
	if a.child.Blocked() {
		a.stuck++ // flush comes back to it
		return
	}
	if data := a.toNode.pop(); len(data) > 0 {
		a.batching.Read(a.node.now(), a.wording.read(data))
		a.child.Read(a.node.now(), data)
		a.batches()
		return
	}
	a.hangUp()
}

func (a *api) batches() {
	for {
		b, ok := a.child.Batch(a.node.now())
		if !ok {
			break
		}
		a.failClient(a.batching.Given(len(b)))
		a.judgeWords(b)
		a.w.commands(a, b)
		a.node.step(speaker.Input{Kind: speaker.InBatch, Client: a.id, Commands: b})
	}
	d := a.child.Deadline()
	a.failClient(a.batching.Waits(a.node.now(), d))
	if !d.Equal(a.windowD) {
		a.windowD = d
		a.window++
		if !d.IsZero() {
			a.w.loop.Post(sim.Event{At: a.node.clock.when(d), Owner: a.owner, Kind: clientWindow, B: a.window})
		}
	}
}

// flush sends replies and events to the program, as far as its pipe takes them.
func (a *api) flush() {
	room := pipeSize
	if k := a.w.knobs.ClientPipe; k > 0 {
		room = k
	}
	for a.toProg.size < room || a.dead {
		p := a.child.Pending()
		if len(p) == 0 {
			break
		}
		if !a.dead {
			p = p[:min(len(p), room-a.toProg.size)]
			a.carry(&a.toProg, clientOutput, bytes.Clone(p))
		}
		a.child.Wrote(len(p))
	}
	if !a.dead && !a.node.down && !a.node.exited && a.toProg.size < room {
		replies, events, _ := a.child.Depth()
		a.failClient(check.Backlog(a.name, replies, events, a.child.Unanswered(), len(a.due)))
	}
	for ; a.stuck > 0 && !a.child.Blocked(); a.stuck-- {
		a.w.loop.PostAfter(0, a.owner, clientBytes, a.life, 0)
	}
}

func (a *api) failClient(v *check.Violation) {
	if v != nil {
		a.w.failAt(a.node.name, v)
	}
}

// carry puts bytes on their way, behind those that are.
func (a *api) carry(p *pipe, kind sim.Kind, data []byte) {
	a.put(p, kind, data, a.w.loop.Elapsed()+a.w.within(LabelClientDelay, a.w.knobs.ClientJitter, a.owner))
}

// put has bytes arrive at a time, or behind those that come later.
func (a *api) put(p *pipe, kind sim.Kind, data []byte, at time.Duration) {
	p.last = max(p.last, at)
	p.chunks = append(p.chunks, data)
	p.size += len(data)
	a.w.loop.Post(sim.Event{At: p.last, Owner: a.owner, Kind: kind, A: a.life})
}

// write is one write of the program, which may arrive in pieces.
func (a *api) write(text string) {
	data := []byte(text)
	if a.w.knobs.Pace == PaceScript {
		a.pieces(data)
		return
	}
	if len(data) > 1 && a.w.knobs.ClientSplit.Draw(a.w.src, LabelClientSplit) {
		k := 1 + a.w.src.Choose(LabelClientCut, len(data)-1)
		a.carry(&a.toNode, clientBytes, data[:k])
		data = data[k:]
	}
	a.carry(&a.toNode, clientBytes, data)
}

// receive reads replies; events, which are no answers, are passed over.
func (a *api) receive(data []byte) {
	a.partial = append(a.partial, data...)
	for {
		i := bytes.IndexByte(a.partial, '\n')
		if i < 0 {
			return
		}
		line := a.partial[:i]
		a.w.failIf(a.hearing.Line(line))
		if a.reader != nil {
			a.reader.lines = append(a.reader.lines, string(line))
		}
		switch answer, _, _ := strings.Cut(string(line), " "); answer {
		case "done":
			a.hears(string(line))
			a.answered(true)
		case "error": // behind a line that says why
			a.hears(string(line))
			a.answered(false)
		}
		a.partial = behind(a.partial, i+1)
	}
}

// hears holds an answer against that of the next reply which has one.
func (a *api) hears(line string) {
	want := "no answer"
	if len(a.words) > 0 {
		want, a.words = a.words[0], behind(a.words, 1)
	}
	if line != want {
		a.failClient(check.NewViolation(check.RunReply, want, line))
	}
}

// reply is a reply of the speaker on its way.
func (a *api) reply(r *speaker.Reply) {
	a.child.Reply(r)
	if r.Quiet { // its command asks for none, or one before it did
		a.open--
		if k := len(a.words); k < len(a.asked) {
			a.asked = slices.Delete(a.asked, k, k+1)
		}
		return
	}
	words := answer(r.OK)
	if r.ID != "" {
		words += " " + r.ID
	}
	a.words = append(a.words, words)
}

// answered notes an answer; those to commands that are not the script's are
// not for it. It is activity, which events are not: they come with every
// KEEPALIVE.
func (a *api) answered(ok bool) {
	a.w.moved()
	a.open--
	scripted := true
	if len(a.asked) > 0 {
		scripted = a.asked[0]
		a.asked = behind(a.asked, 1)
	}
	if scripted {
		a.answers = append(a.answers, ok)
	}
}

// ask notes that n commands were written.
func (a *api) ask(n int, scripted bool) {
	a.open += n
	for range n {
		a.asked = append(a.asked, scripted)
	}
}

func (a *api) idle() bool {
	return (!a.dead || a.stays || a.node.exited) && len(a.toNode.chunks) == 0 && len(a.toProg.chunks) == 0 && a.windowD.IsZero()
}

// advance goes through the script as far as it can.
func (a *api) advance() {
	for !a.waiting && !a.dead && !a.finished() {
		s := &a.steps[a.at]
		if !a.do(s) {
			return
		}
		a.at++
		a.sentDone = false
		a.w.moved()
	}
}

// do carries out one step; false: not yet.
func (a *api) do(s *Step) bool {
	switch s.Kind {
	case Send:
		return a.send(s)
	case SendPart:
		a.write(s.Text)
		return true
	case Flood:
		a.flood(s.Text, s.N, true)
		return true
	case Die:
		a.die()
		return true
	case Mute:
		a.w.lastsFor(s, a.silence())
		return true
	}
	if a.w.knobs.Pace == PaceNone && !a.sentDone && s.Kind != Sleep {
		// Unpaced: whether this wait is kept is a choice, made once.
		a.sentDone = true
		a.skip = a.w.src.Choose(LabelClientSkip, 2) == 1
	}
	if a.skip {
		a.skip = false
		return true
	}
	switch s.Kind {
	case ExpectDone, ExpectError:
		if a.reader != nil {
			return a.readAnswers(s)
		}
		return a.expect(s)
	case ExpectLine, Gather, ExpectGathered:
		return a.readLine(s)
	case Sleep:
		return a.sleep(a.w, a.owner, clientWake, s.For)
	default:
		return a.w.reached(s, nil)
	}
}

// send writes the lines of one step, and waits as its pace says.
func (a *api) send(s *Step) bool {
	if !a.sentDone {
		if a.w.knobs.Pace == PaceNone && !a.slept {
			if gap := a.w.within(LabelClientGap, a.w.knobs.ClientGap, a.owner); gap > 0 {
				return a.sleep(a.w, a.owner, clientWake, gap)
			}
		}
		a.slept = false
		a.sentDone = true
		a.ask(len(s.Lines), true)
		if s.Together {
			a.write(strings.Join(s.Lines, "\n") + "\n")
		} else {
			for _, l := range s.Lines {
				a.write(l + "\n")
			}
		}
	}
	switch a.w.knobs.Pace {
	case PaceNone, PaceScript:
		return true
	case PaceReplies:
		return a.open == 0
	default:
		return a.open == 0 && a.w.reached(&Step{Kind: WaitQuiet}, nil)
	}
}

func (a *api) expect(s *Step) bool {
	if a.orphan {
		a.answers = nil
		return a.open == 0
	}
	if len(a.answers) < s.N {
		return false
	}
	want := s.Kind == ExpectDone
	for i, got := range a.answers[:s.N] {
		if got != want && a.w.knobs.Pace != PaceNone {
			a.failStep(fmt.Sprintf("answer %d of step %d of client %s is %s", i+1, a.at+1, a.name, answer(want)), answer(got))
		}
	}
	a.answers = behind(a.answers, s.N)
	return true
}

func answer(ok bool) string {
	if ok {
		return "done"
	}
	return "error"
}
