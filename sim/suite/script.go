package suite

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim/world"
)

// script reads what a client does, one directive a line. The error begins with
// the line's number.
func script(text string) ([]world.Step, error) {
	var steps []world.Step
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if line == "" || line[0] == '#' {
			continue
		}
		if line == "send-together" {
			s, first := world.Step{Kind: world.Send, Together: true}, i+1
			for i++; i < len(lines) && strings.TrimSpace(lines[i]) != "end"; i++ {
				if l := strings.TrimSpace(lines[i]); l != "" && l[0] != '#' {
					s.Lines = append(s.Lines, l)
				}
			}
			if i == len(lines) {
				return nil, fmt.Errorf("%d: send-together has no end", first)
			}
			steps = append(steps, s)
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		s, err := step(word, strings.TrimSpace(rest))
		if err != nil {
			return nil, fmt.Errorf("%d: %s: %w", i+1, word, err)
		}
		if s.Kind != 0 {
			steps = append(steps, s)
		}
		if word == "exit" || word == "wait-shutdown" && ends(lines[i+1:]) {
			break
		}
	}
	return steps, nil
}

// ends reports whether nothing but sleeps is left: then a program that waits for
// the end of the daemon has no more to do.
func ends(lines []string) bool {
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l != "" && l[0] != '#' && !strings.HasPrefix(l, "sleep ") && !strings.HasPrefix(l, "exit ") {
			return false
		}
	}
	return true
}

// step is one directive; one without a kind is none here.
func step(word, rest string) (world.Step, error) {
	s := world.Step{Text: rest}
	var err error
	switch word {
	case "send":
		s = world.Step{Kind: world.Send, Lines: []string{rest}}
	case "sleep", "wait-shutdown":
		s.Kind = world.Sleep
		s.For, err = seconds(rest)
	case "expect-ack", "expect-error":
		s.Kind = world.ExpectDone
		if word == "expect-error" {
			s.Kind = world.ExpectError
		}
		count, _, _ := strings.Cut(rest, " ") // how long it waits is a matter of a real clock
		s.N, err = strconv.Atoi(count)
	case "expect", "expect-json": // of JSON each line is judged
		s.Kind = world.ExpectLine
	case "collect":
		s.Kind = world.Gather
	case "collected":
		s.Kind = world.ExpectGathered
	case "exit":
		s.Kind = world.Die
	case "max-starts": // a program that respawns begins anew: it would end the case
		s.Kind = 0
	default:
		return s, fmt.Errorf("%w: it has no such directive", ErrUnfit)
	}
	return s, err
}

// seconds is a decimal number of them.
func seconds(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text + "s")
	if err == nil && d < 0 {
		err = errors.New("a negative time")
	}
	return d, err
}
