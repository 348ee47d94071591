// Package toy is a speaker of a small protocol: it tells its peer a set of
// words, and keeps the set that the peer tells it. It is a plain machine: what
// happened goes in, and what is to be sent comes out.
package toy

import (
	"slices"
	"strings"
)

// Speaker is one end.
type Speaker struct {
	want []string // what the peer is to have, sorted
	has  []string // what the peer told, sorted
	up   bool
	line []byte // received, up to the next end of a line
}

// Set adds a word to what the peer is to have, or takes it out, and answers
// what is to be sent.
func (s *Speaker) Set(word string, on bool) string {
	i, there := slices.BinarySearch(s.want, word)
	if there == on {
		return ""
	}
	if on {
		s.want = slices.Insert(s.want, i, word)
	} else {
		s.want = slices.Delete(s.want, i, i+1)
	}
	if !s.up {
		return ""
	}
	return line(word, on)
}

// Up begins a connection, and answers what is to be sent first.
func (s *Speaker) Up() string {
	s.up = true
	var b strings.Builder
	for _, w := range s.want {
		b.WriteString(line(w, true))
	}
	return b.String()
}

// Down ends a connection: what the peer told is gone with it.
func (s *Speaker) Down() {
	s.up, s.has = false, nil
	if forgetsPartOfALine {
		s.line = s.line[:0]
	}
}

// Receive takes bytes as they come, in any pieces.
func (s *Speaker) Receive(data []byte) {
	for _, c := range data {
		if c != '\n' {
			s.line = append(s.line, c)
			continue
		}
		if len(s.line) > 1 {
			s.told(string(s.line[1:]), s.line[0] == '+')
		}
		s.line = s.line[:0]
	}
}

func (s *Speaker) told(word string, on bool) {
	i, there := slices.BinarySearch(s.has, word)
	switch {
	case on && !there:
		s.has = slices.Insert(s.has, i, word)
	case !on && there:
		s.has = slices.Delete(s.has, i, i+1)
	}
}

// Has is what the peer told, sorted.
func (s *Speaker) Has() []string { return s.has }

// Wants is what the peer is to have, sorted.
func (s *Speaker) Wants() []string { return s.want }

func line(word string, on bool) string {
	if on {
		return "+" + word + "\n"
	}
	return "-" + word + "\n"
}
