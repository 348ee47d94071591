package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/relive"
	"github.com/peerloom/peerloom/speaker/record"
)

// isRecording reports whether the file that the arguments name is a recording of
// a live daemon, by how it begins.
func isRecording(args []string) bool {
	if len(args) != 1 {
		return false
	}
	f, err := os.Open(args[0])
	if err != nil {
		return false
	}
	defer f.Close()
	begin := make([]byte, 64)
	n, _ := io.ReadFull(f, begin)
	return record.Is(begin[:n])
}

// recordingOptions is what the command line says.
type recordingOptions struct {
	file              string
	step, dump, trace bool
	until             string
}

// recordingPlayer stops a recording for a person to look at it.
type recordingPlayer struct {
	e       env
	o       recordingOptions
	at      time.Duration // of o.until
	in      *bufio.Scanner
	run     *relive.Run
	last    record.Played
	differs record.Played
	reached bool
	quit    bool
}

func (e env) replayRecording(f *pflag.FlagSet, o recordingOptions) int {
	p := &recordingPlayer{e: e, o: o, in: bufio.NewScanner(e.stdin)}
	if err := p.setUntil(); err != nil {
		return e.wrong(f, err)
	}
	file, err := os.Open(o.file)
	if err != nil {
		return e.wrong(f, err)
	}
	defer file.Close()
	if p.run, err = relive.New(o.file, file, stack); err != nil {
		return e.wrong(f, err)
	}
	err = p.play()
	if err != nil && err != io.EOF && !errors.Is(err, record.ErrCut) {
		return e.wrong(f, err)
	}
	return p.result(err)
}

func (p *recordingPlayer) setUntil() error {
	v := p.o.until
	if v == "" || strings.Contains(v, "#") || check.ID(v).Doc() != "" {
		return nil
	}
	d, err := time.ParseDuration(v)
	if err != nil || d <= 0 {
		return fmt.Errorf("%w: --until %s: write an event's name (it has a #), a time such as 1.5s or an invariant", errUsage, v)
	}
	p.at = d
	return nil
}

// play runs until the end, or where it is to stop; the error is how the file
// ends, nil where it was not read to its end.
func (p *recordingPlayer) play() error {
	for !p.quit {
		played, err := p.run.Next()
		if err != nil {
			return err
		}
		p.last = played
		if played.Differs {
			p.differs = played
		}
		if p.o.trace {
			fmt.Fprintln(p.e.stdout, played.Line)
		}
		if played.Panic != "" {
			return nil
		}
		p.look()
	}
	return nil
}

// look stops where the person wants it.
func (p *recordingPlayer) look() {
	if p.o.until != "" && !p.reached {
		e := p.last.Event
		broken := p.run.Violation != nil && string(p.run.Violation.ID) == p.o.until
		p.reached = e.Name == p.o.until || p.at > 0 && e.At >= p.at || broken
		if !p.reached {
			return
		}
		p.quit = !p.o.step
	}
	if !p.o.trace && (p.o.step || p.quit) {
		fmt.Fprintln(p.e.stdout, p.last.Line)
	}
	if p.o.step {
		p.ask()
	}
}

// ask waits for a line; the end of the input means q.
func (p *recordingPlayer) ask() {
	for p.in.Scan() {
		switch strings.TrimSpace(p.in.Text()) {
		case "":
			return
		case "c":
			p.o.step = false
			return
		case "d":
			fmt.Fprint(p.e.stdout, p.run.Dump())
		case "q":
			p.quit = true
			return
		default:
			fmt.Fprintln(p.e.stdout, stepHelp)
		}
	}
	p.quit = true
}

// result says what came of it.
func (p *recordingPlayer) result(end error) int {
	out, status := p.e.stdout, exitOK
	say := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	if p.o.dump {
		fmt.Fprint(out, p.run.Dump())
	}
	if p.last.Event == nil {
		say("%s: no event: the daemon ended before it was configured", p.o.file)
		return exitUsage
	}
	say("%s: %d events in %v, recorded by version %q", p.o.file, p.run.Events, p.last.Event.At, p.run.Version())
	switch {
	case p.last.Panic != "":
		say("the speaker panics: %s", p.last.Panic)
		status = exitFailed
	case end == nil:
		say("stopped before the end")
	case errors.Is(end, record.ErrCut):
		say("%v; what is before it was played", end)
	case p.last.Event.Kind != record.End:
		say("the daemon's end is not in it: it was killed, is running, or the recording was stopped (its log says so)")
	}
	if p.o.until != "" && !p.reached {
		say("%s was not reached", p.o.until)
	}
	if v := p.run.Violation; v != nil {
		say("%v", v)
		status = exitFailed
	}
	if p.run.Unjudged != "" {
		say("WIRE and OUT are not judged %s", p.run.Unjudged)
	}
	if d := p.differs; d.Event != nil {
		say("the first event that differs, in line %d:\n  recorded: %s\n  now:      %s", d.Event.Line, d.Event.Recorded, strings.TrimSpace(d.Line))
		return exitFailed
	}
	say("all that came out is as recorded")
	return status
}
