package record

import (
	"fmt"
	"strings"

	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/speaker"
)

// Player gives the events of a recording to a machine of its own.
type Player struct {
	// Observe is as [speaker.Config] has it; set it before the first event.
	Observe func(*speaker.Neighbor, *fsm.Session) fsm.Observer
	// Panicked puts a panic of the speaker into words, from within its recovery.
	Panicked func(value any) string
	m        *Machine
	parted   bool
}

// Played is what one event led to.
type Played struct {
	Event *Event
	Line  string // as a recording of this replay has it
	// Differs: with this event the replay parts from the recording; later ones are
	// not compared any more.
	Differs  bool
	Panic    string // the speaker panicked, and is no more; "" otherwise
	Commands []speaker.Command
	Actions  []speaker.Action
	Given    []byte // the message that was pulled, or what a client was told
}

// NewPlayer makes the player of what r reads.
func NewPlayer(r *Reader) *Player {
	m := newMachine(r.Start)
	m.retold, m.known = true, map[speaker.ClientID]*Client{}
	m.journal = newJournal(nil)
	return &Player{m: m}
}

// Machine is what the events are given to; it has no speaker before the first.
func (p *Player) Machine() *Machine { return p.m }

// Play gives the next event to the machine. The error is that of a file that
// nobody recorded so.
func (p *Player) Play(e *Event) (played Played, err error) {
	if (p.m.Speaker == nil) != (e.Kind == Configure) {
		return played, fmt.Errorf("line %d: a recording begins with %s/%s, and has it once: put the lines back into their order",
			e.Line, ofDaemon, p.m.rows[Configure].word)
	}
	defer func() {
		if v := recover(); v != nil {
			played.Panic = fmt.Sprint(v)
			if p.Panicked != nil {
				played.Panic = p.Panicked(v)
			}
			p.compare(&played)
		}
	}()
	played.Event, e.of = e, p.m.known[e.Client]
	if e.Kind == Configure {
		e.Config.Observe = p.Observe
		err = p.m.configure(e)
	} else {
		played.Actions = p.m.do(e, nil)
	}
	played.Commands, played.Given = p.m.commands, p.m.given
	p.compare(&played)
	return played, err
}

// compare looks at the line that the journal has of the event.
func (p *Player) compare(played *Played) {
	line := string(p.m.journal.line)
	line, _, _ = strings.Cut(line, "\n")
	played.Line = line
	if p.m.journal.sum != played.Event.hash && !p.parted {
		p.parted, played.Differs = true, true
	}
}
