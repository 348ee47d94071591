package scenario

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/world"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

// place is a step of a script, or one command of a step that sends.
type place struct {
	whose       scripts
	who         int // index of the client or peer
	step, lines int // lines: index of the command; -1: the step
}

func steps(f *File) []place {
	var list []place
	script := func(w scripts, who int, steps []world.Step) {
		for i := range steps {
			if steps[i].Kind != world.Send {
				list = append(list, place{w, who, i, -1})
			}
			for j := range steps[i].Lines {
				list = append(list, place{w, who, i, j})
			}
		}
	}
	for i := range f.Peers {
		script(ofPeer, i, f.Peers[i].Script)
	}
	for i := range f.Clients {
		script(ofClient, i, f.Clients[i].Script)
	}
	script(ofNetwork, 0, f.Network)
	return list
}

// scripts is a copy of the file that has scripts of its own.
func (f *File) scripts() *File {
	c := *f
	c.Peers, c.Clients = slices.Clone(f.Peers), slices.Clone(f.Clients)
	own := func(script *[]world.Step) {
		*script = slices.Clone(*script)
		for i := range *script {
			(*script)[i].Lines = slices.Clone((*script)[i].Lines)
		}
	}
	for i := range c.Peers {
		own(&c.Peers[i].Script)
	}
	for i := range c.Clients {
		own(&c.Clients[i].Script)
	}
	own(&c.Network)
	return &c
}

func (f *File) script(p place) *[]world.Step {
	switch p.whose {
	case ofClient:
		return &f.Clients[p.who].Script
	case ofPeer:
		return &f.Peers[p.who].Script
	}
	return &f.Network
}

// withSteps is the file with those steps and no others.
func withSteps(f *File, kept []place) *File {
	c := f.scripts()
	for i := range c.Peers {
		c.Peers[i].Script = nil
	}
	for i := range c.Clients {
		c.Clients[i].Script = nil
	}
	c.Network = nil
	last := place{step: -1}
	for _, p := range kept {
		from, to := (*f.script(p))[p.step], c.script(p)
		same := last.whose == p.whose && last.who == p.who && last.step == p.step
		if p.lines >= 0 && !same {
			from.Lines = nil
		}
		if !same {
			*to = append(*to, from)
		}
		if p.lines >= 0 {
			s := &(*to)[len(*to)-1]
			s.Lines = append(s.Lines, (*f.script(p))[p.step].Lines[p.lines])
		}
		last = p
	}
	return c
}

func (s *shrinker) cutSteps() {
	if s.scripted() {
		return
	}
	whole := s.file
	sim.Shrink(steps(whole), func(kept []place) bool { return s.try(withSteps(whole, kept), s.story) }, nil, s.stopped)
}

// lowerTimes halves what scripts sleep.
func (s *shrinker) lowerTimes() {
	for _, p := range steps(s.file) {
		for (*s.file.script(p))[p.step].Kind == world.Sleep {
			f := s.file.scripts()
			step := &(*f.script(p))[p.step]
			step.For = (step.For / 2).Truncate(time.Microsecond)
			if step.For == 0 || !s.try(f, s.story) {
				break
			}
		}
	}
}

// cutKnobs sets knobs to zero: those that make no faults, each by itself, or
// those of each class of faults together and then each that is left.
func (s *shrinker) cutKnobs(faults bool) {
	var classes []string
	for _, k := range knobs() {
		if (k.class != "") != faults {
			continue
		}
		if faults && !slices.Contains(classes, k.class) {
			classes = append(classes, k.class)
			s.zeroKnobs(func(x *knob) bool { return x.class == k.class })
		}
		s.zeroKnobs(func(x *knob) bool { return x.name == k.name })
	}
}

func (s *shrinker) zeroKnobs(which func(k *knob) bool) {
	f := *s.file
	for _, k := range knobs() {
		if which(&k) {
			k.zero(&f.Knobs)
		}
	}
	if KnobLine(&f) != KnobLine(s.file) {
		s.try(&f, s.story)
	}
}

// cutWords takes attributes from commands, a keyword with its value at a time.
func (s *shrinker) cutWords() {
	if s.scripted() {
		return
	}
	for _, p := range steps(s.file) {
		if p.lines < 0 {
			continue
		}
		for _, less := range shorter((*s.file.script(p))[p.step].Lines[p.lines]) {
			f := s.file.scripts()
			line := &(*f.script(p))[p.step].Lines[p.lines]
			if command.Parse(less).Kind == command.Parse(*line).Kind && command.Parse(less).Kind != speaker.CmdInvalid {
				*line = less
				if s.try(f, s.story) {
					break
				}
			}
		}
	}
}

// shorter is a line without one keyword and its value, for each of them, and
// without all of them first. A value in brackets is one.
func shorter(line string) []string {
	var units []string
	depth := 0
	for _, w := range strings.Fields(line) {
		if depth > 0 {
			units[len(units)-1] += " " + w
		} else {
			units = append(units, w)
		}
		depth += strings.Count(w, "[") + strings.Count(w, "(") - strings.Count(w, "]") - strings.Count(w, ")")
	}
	var list []string
	if len(units) > 7 {
		list = append(list, strings.Join(units[:5], " "))
	}
	for i := len(units) - 2; i > 0; i-- {
		list = append(list, strings.Join(slices.Concat(units[:i], units[i+2:]), " "))
	}
	return list
}

// cutNodes takes out clients, peers with the neighbors that they are, and
// speakers.
func (s *shrinker) cutNodes() {
	if s.scripted() {
		return
	}
	for i := len(s.file.Clients) - 1; i >= 0; i-- {
		f := *s.file
		f.Clients = slices.Delete(slices.Clone(f.Clients), i, i+1)
		s.tryFile(&f)
	}
	for i := len(s.file.Peers) - 1; i >= 0; i-- {
		f := *s.file
		p := f.Peers[i]
		f.Peers = slices.Delete(slices.Clone(f.Peers), i, i+1)
		f.dropNeighbors(p.Address)
		s.tryFile(&f)
	}
	for i := len(s.file.Speakers) - 1; i >= 0; i-- {
		f := *s.file
		gone := f.Speakers[i]
		f.Speakers = slices.Delete(slices.Clone(f.Speakers), i, i+1)
		f.Clients = slices.DeleteFunc(slices.Clone(f.Clients), func(c world.Client) bool { return c.Speaker == gone.Name })
		for j := range gone.config.Neighbors {
			f.dropNeighbors(gone.config.Neighbors[j].LocalAddress)
		}
		s.tryFile(&f)
	}
}

// dropNeighbors takes the neighbors of that address from all configurations.
func (f *File) dropNeighbors(addr netip.Addr) {
	f.Speakers = slices.Clone(f.Speakers)
	for i := range f.Speakers {
		var text []string
		for _, b := range split(f.Speakers[i].Text) {
			words := strings.Fields(b[0])
			if len(words) < 2 || words[0] != "neighbor" || words[1] != addr.String() {
				text = append(text, b...)
			}
		}
		f.Speakers[i].Text = text
	}
}

// split cuts lines into statements: a line, or a block with its braces.
func split(lines []string) [][]string {
	var list [][]string
	depth, start := 0, 0
	for i, l := range lines {
		depth += opens(l)
		if depth <= 0 || i == len(lines)-1 {
			list = append(list, lines[start:i+1])
			depth, start = 0, i+1
		}
	}
	return list
}

// cutConfigs takes statements from the configurations, blocks before what is
// in them: neighbors, families, capabilities, routes; then routes' attributes.
func (s *shrinker) cutConfigs() {
	if s.scripted() {
		return
	}
	for i := range s.file.Speakers {
		s.cutStatements(i)
		for l, line := range s.file.Speakers[i].Text {
			statement, isStatement := strings.CutSuffix(strings.TrimRight(line, " "), ";")
			if !isStatement || !strings.HasPrefix(strings.TrimSpace(line), "route ") {
				continue
			}
			for _, less := range shorter(statement) {
				text := slices.Clone(s.file.Speakers[i].Text)
				text[l] = line[:len(line)-len(strings.TrimLeft(line, " \t"))] + less + ";"
				if s.tryText(i, text) {
					break
				}
			}
		}
	}
}

func (s *shrinker) tryText(speaker int, text []string) bool {
	f := *s.file
	f.Speakers = slices.Clone(f.Speakers)
	f.Speakers[speaker].Text = text
	parsed, err := Parse("", Print(&f))
	return err == nil && families(parsed) <= families(s.file) && alone(parsed) <= alone(s.file) && s.try(parsed, s.story)
}

// families counts those of all neighbors: a statement whose absence means more
// of them is not taken out.
func families(f *File) int {
	n := 0
	for _, x := range f.Speakers {
		for i := range x.config.Neighbors {
			n += len(x.config.Neighbors[i].Families)
		}
	}
	return n
}

// alone counts the neighbors that nobody is and the peers that are nobody's
// neighbor: a run with one more of them would not come to rest with the bug
// mended either.
func alone(f *File) int {
	n, known := 0, map[netip.Addr]bool{}
	for i := range f.Peers {
		known[f.Peers[i].Address] = true
	}
	for _, x := range f.Speakers {
		for i := range x.config.Neighbors {
			known[x.config.Neighbors[i].LocalAddress] = true
		}
	}
	wanted := map[netip.Addr]bool{}
	for _, x := range f.Speakers {
		for i := range x.config.Neighbors {
			at := x.config.Neighbors[i].PeerAddress
			wanted[at] = true
			if !known[at] {
				n++
			}
		}
	}
	for i := range f.Peers {
		if !wanted[f.Peers[i].Address] {
			n++
		}
	}
	return n
}

// cutStatements takes out statements, a block before what is in it.
func (s *shrinker) cutStatements(speaker int) {
	for at := 0; at < len(s.file.Speakers[speaker].Text); {
		text := s.file.Speakers[speaker].Text
		end := at + 1
		for depth := opens(text[at]); depth > 0 && end < len(text); end++ {
			depth += opens(text[end])
		}
		if opens(text[at]) < 0 || !s.tryText(speaker, slices.Concat(text[:at], text[end:])) {
			at++
		}
	}
}

// opens is how many blocks the line opens, less those that it closes.
func opens(line string) int { return strings.Count(line, "{") - strings.Count(line, "}") }
