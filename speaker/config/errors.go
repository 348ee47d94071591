package config

import (
	"fmt"
	"sort"
	"strings"
)

// Position is a place in a text; line and column count from 1, columns in
// octets.
type Position struct{ Line, Column int }

// Error is one thing that is wrong with a text.
type Error struct {
	File string
	Position
	What    string // what is wrong
	Instead string // what to write instead
}

// Error is "file:line:column: what is wrong: what to write instead".
func (e *Error) Error() string {
	s := fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.What)
	if e.Instead != "" {
		s += ": " + e.Instead
	}
	return s
}

// Errors is all that is wrong with a text, in its order.
type Errors []*Error

// Error is one line for each.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// maxErrors bounds the list: a text of another kind would fill a screen.
const maxErrors = 200

// report collects errors.
type report struct {
	file string
	errs Errors
	seen map[Position]bool
}

// add reports the first thing that is wrong at a place; a template that is
// inherited twice is read twice and reported once.
func (r *report) add(at Position, what, instead string) {
	if r.seen[at] || len(r.errs) == maxErrors {
		return
	}
	r.seen[at] = true
	r.errs = append(r.errs, &Error{File: r.file, Position: at, What: what, Instead: instead})
}

func (r *report) sorted() Errors {
	sort.SliceStable(r.errs, func(i, j int) bool {
		a, b := r.errs[i], r.errs[j]
		return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column
	})
	return r.errs
}
