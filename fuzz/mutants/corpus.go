package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

//go:embed corpus/*.txt
var corpus embed.FS

// Mutant is one bug to plant.
type Mutant struct {
	Name   string
	Source string // where a speaker had it, or which rule it breaks
	Says   string // what goes wrong
	Class  string // the corpus file's name
	Edits  []Edit
}

// Edit writes New in the place of Old, which occurs once in File.
type Edit struct {
	File     string // below the module's root
	Old, New string
}

// load reads every file of the corpus, in order.
func load(files fs.FS) ([]Mutant, error) {
	names, err := fs.Glob(files, "corpus/*.txt")
	if err != nil {
		return nil, err
	}
	var all []Mutant
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		list, err := parse(name, string(text))
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	seen := map[string]bool{}
	for _, m := range all {
		if seen[m.Name] {
			return nil, fmt.Errorf("%s: two bugs have that name", m.Name)
		}
		seen[m.Name] = true
	}
	return all, nil
}

// parse reads stanzas of "mutant NAME", "source TEXT", "says TEXT", and then of
// edits: "in FILE", lines to take away after "-", lines to put there after "+".
// The first line taken away may begin, and the last end, in the middle of one.
func parse(name, text string) ([]Mutant, error) {
	class := strings.TrimSuffix(path.Base(name), ".txt")
	p := &parser{class: class}
	for i, line := range strings.Split(text, "\n") {
		if why := p.line(line); why != "" {
			return nil, fmt.Errorf("%s:%d: %s", name, i+1, why)
		}
	}
	for i := range p.list {
		m := &p.list[i]
		if m.Source == "" || m.Says == "" || len(m.Edits) == 0 {
			return nil, fmt.Errorf("%s: %s: source, says or the edit is missing", name, m.Name)
		}
	}
	return p.list, nil
}

type parser struct {
	class  string
	list   []Mutant
	file   string
	adding bool // the last line was one to put there
}

// line reads one line; it returns what is wrong with it, or "".
func (p *parser) line(line string) string {
	if line == "" || line[0] == '#' {
		return ""
	}
	word, rest, _ := strings.Cut(line, " ")
	if word == "mutant" {
		p.list, p.file = append(p.list, Mutant{Name: rest, Class: p.class}), ""
		return ""
	}
	if len(p.list) == 0 {
		return "write mutant NAME first"
	}
	m := &p.list[len(p.list)-1]
	switch {
	case word == "source":
		m.Source = rest
	case word == "says":
		m.Says = rest
	case word == "in":
		p.file, p.adding = rest, true
	case line[0] == '-' && p.file != "":
		if p.adding {
			m.Edits = append(m.Edits, Edit{File: p.file})
			p.adding = false
		} else {
			m.Edits[len(m.Edits)-1].Old += "\n"
		}
		m.Edits[len(m.Edits)-1].Old += line[1:]
	case line[0] == '+' && p.file != "" && len(m.Edits) > 0:
		e := &m.Edits[len(m.Edits)-1]
		if p.adding {
			e.New += "\n"
		}
		e.New, p.adding = e.New+line[1:], true
	default:
		return fmt.Sprintf("%q: write mutant, source, says, in, or lines after - and +", line)
	}
	return ""
}

// apply gives the text of each file that m changes.
func (m *Mutant) apply(root string) (map[string]string, error) {
	changed := map[string]string{}
	for _, e := range m.Edits {
		text, ok := changed[e.File]
		if !ok {
			b, err := os.ReadFile(filepath.Join(root, e.File))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.Name, err)
			}
			text = string(b)
		}
		if n := strings.Count(text, e.Old); n != 1 {
			return nil, fmt.Errorf("%s: occurs %d times in %s, not once: adapt the bug to the code as it is now:\n%s", m.Name, n, e.File, e.Old)
		}
		changed[e.File] = strings.Replace(text, e.Old, e.New, 1)
	}
	return changed, nil
}
