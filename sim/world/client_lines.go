package world

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/peerloom/peerloom/sim/check"
)

// reader is a program that looks at every line it gets, in order, as one does
// that awaits an event or reads a reply of several lines.
type reader struct {
	lines     []string // not yet looked at
	answers   int      // of the present step, so far
	gathering bool     // the present step has begun to
	gathered  []string
}

// reads makes the program a reader where its script has need of it. The error
// names a pattern that is none.
func (a *api) reads(script []Step) error {
	for i := range script {
		switch s := &script[i]; s.Kind {
		case ExpectLine, ExpectGathered:
			if _, err := Pattern(s.Text); err != nil {
				return err
			}
			fallthrough
		case Gather:
			a.reader = &reader{}
		}
	}
	return nil
}

// Pattern says whether a line has the text in it, or matches it where it is an
// expression between slashes.
func Pattern(text string) (func(line string) bool, error) {
	if len(text) > 2 && text[0] == '/' && text[len(text)-1] == '/' {
		e, err := regexp.Compile(text[1 : len(text)-1])
		if err != nil {
			return nil, err
		}
		return e.MatchString, nil
	}
	return func(line string) bool { return strings.Contains(line, text) }, nil
}

// next is the next line; false: it is still to come.
func (r *reader) next() (string, bool) {
	if len(r.lines) == 0 {
		return "", false
	}
	l := r.lines[0]
	r.lines = r.lines[1:]
	return l, true
}

// readAnswers looks for N answers and passes over what is none.
func (a *api) readAnswers(s *Step) bool {
	want := answer(s.Kind == ExpectDone)
	for a.reader.answers < s.N {
		l, ok := a.reader.next()
		if !ok {
			return a.blind() && a.open == 0
		}
		if l != answer(true) && l != answer(false) {
			continue
		}
		if a.reader.answers++; l != want && !a.blind() {
			a.failStep(fmt.Sprintf("answer %d of step %d of client %s is %s", a.reader.answers, a.at+1, a.name, want), l)
		}
	}
	a.reader.answers = 0
	return true
}

// readLine carries out a step about lines that need not be answers; false: they
// are still to come.
func (a *api) readLine(s *Step) bool {
	if a.blind() {
		return true
	}
	fits, err := Pattern(s.Text)
	if err != nil {
		panic("world: a pattern that was good is not any more: " + err.Error())
	}
	switch s.Kind {
	case ExpectGathered:
		if all := strings.Join(a.reader.gathered, "\n"); !fits(all) {
			a.failStep(fmt.Sprintf("%s in what client %s gathered before step %d", s.Text, a.name, a.at+1), all)
		}
		return true
	case Gather:
		if !a.reader.gathering {
			a.reader.gathering, a.reader.gathered = true, nil
		}
		for l, ok := a.reader.next(); ok; l, ok = a.reader.next() {
			if l == s.Text {
				a.reader.gathering = false
				return true
			}
			a.reader.gathered = append(a.reader.gathered, l)
		}
		return false
	}
	l, ok := a.reader.next()
	if ok && !fits(l) {
		a.failStep(fmt.Sprintf("a line with %s for step %d of client %s", s.Text, a.at+1, a.name), l)
	}
	return ok
}

// blind reports that which line comes next is not known: the program has died,
// or goes on whatever it is told.
func (a *api) blind() bool { return a.orphan || a.w.knobs.Pace == PaceNone }

func (a *api) failStep(want, got string) {
	a.w.failAt(a.name, check.NewViolation(check.RunReply, want, got))
}

// pieces carries a write that is cut at any octets. The pieces come within the
// window of a batch: lines that a program writes together are meant as one.
func (a *api) pieces(data []byte) {
	n := a.cut(len(data))
	a.carry(&a.toNode, clientBytes, data[:n])
	first := a.toNode.last
	for data = data[n:]; len(data) > 0; data = data[n:] {
		n = a.cut(len(data))
		a.put(&a.toNode, clientBytes, data[:n], first+a.w.within(LabelClientDelay, a.w.knobs.Batch, a.owner))
	}
}

// cut chooses how many of n octets come with the next read.
func (a *api) cut(n int) int {
	if n > 1 && a.w.knobs.ClientSplit.Draw(a.w.src, LabelClientSplit) {
		return 1 + a.w.src.Choose(LabelClientCut, n-1)
	}
	return n
}
