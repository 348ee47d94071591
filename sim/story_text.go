package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// afterWord is written for what a moment waits for.
const afterWord = "after"

// String is the moment on one line, which ParseMoment reads:
//
//	12.000000s a→b UPDATE announce 192.0.2.0/24 @ net/deliver:1a#4 delay/jitter=3 after=a/timer#2
//
// Behind the @ stand the event's name, its answers (LABEL=V, or LABEL.N=V for the
// N-th question of that label), and the events that it waits for.
func (m *Moment) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%15s ", stamp(m.At))
	if m.Text != "" {
		b.WriteString(m.Text + " ")
	}
	b.WriteString("@ " + m.Name)
	for _, a := range m.Answers {
		if a.N == 1 {
			fmt.Fprintf(&b, " %s=%d", a.Label, a.V)
		} else {
			fmt.Fprintf(&b, " %s.%d=%d", a.Label, a.N, a.V)
		}
	}
	for _, name := range m.After {
		b.WriteString(" " + afterWord + "=" + name)
	}
	return b.String()
}

// stamp is virtual time in seconds, to the microsecond or, where that is not
// exact, to the nanosecond.
func stamp(d time.Duration) string {
	if d%time.Microsecond == 0 {
		return fmt.Sprintf("%d.%06ds", d/time.Second, d%time.Second/time.Microsecond)
	}
	return fmt.Sprintf("%d.%09ds", d/time.Second, d%time.Second)
}

// ParseMoment reads a line as String writes it. The time and the words may be
// anything: a replay does not read them. The error says what to write.
func ParseMoment(line string) (Moment, error) {
	words, decided, ok := cutLast(line, "@ ")
	fields := strings.Fields(decided)
	if !ok || len(fields) == 0 {
		return Moment{}, fmt.Errorf("no event is named: write @ and the event's name behind the words, as in the other lines")
	}
	m := Moment{Name: fields[0]}
	at, text, _ := strings.Cut(strings.TrimSpace(words), " ")
	if d, err := time.ParseDuration(at); err == nil {
		m.At, m.Text = d, strings.TrimSpace(text)
	} else {
		m.Text = strings.TrimSpace(words)
	}
	for _, f := range fields[1:] {
		key, v, ok := strings.Cut(f, "=")
		if ok && key == afterWord && v != "" {
			m.After = append(m.After, v)
			continue
		}
		a, good := parseAnswer(key, v)
		if !ok || !good {
			return m, fmt.Errorf("%q is no answer: write QUESTION=NUMBER, QUESTION.N=NUMBER or after=EVENT", f)
		}
		m.Answers = append(m.Answers, a)
	}
	return m, nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 && (i == 0 || s[i-1] == ' ') {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func parseAnswer(key, v string) (Answer, bool) {
	a := Answer{N: 1}
	label, nth, counted := strings.Cut(key, ".")
	if counted {
		n, err := strconv.ParseUint(nth, 10, 31)
		if err != nil || n == 0 {
			return a, false
		}
		a.N = int(n)
	}
	n, err := strconv.ParseUint(v, 10, 31)
	a.Label, a.V = Label(label), int(n)
	return a, err == nil && label != ""
}
