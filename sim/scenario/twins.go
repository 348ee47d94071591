package scenario

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/peerloom/peerloom/sim/world"
)

// Twins are the names of peers that differ in nothing but their names and
// addresses: each group can swap roles, and the scenario is the same. It goes by
// the text alone: where anything else in it speaks of a peer, or has a pattern that
// might, the peer has no twin.
func Twins(f *File) [][]string {
	if f.patterns() {
		return nil
	}
	kinds := map[string]int{} // index into groups
	var groups [][]string
	for i := range f.Peers {
		p := &f.Peers[i]
		text, alone := f.role(p)
		if !alone {
			continue
		}
		at, known := kinds[text]
		if !known {
			at = len(groups)
			kinds[text] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], p.Name)
	}
	return slices.DeleteFunc(groups, func(g []string) bool { return len(g) < 2 })
}

// patterns reports whether something is compared with what clients read.
func (f *File) patterns() bool {
	for _, c := range f.Clients {
		for i := range c.Script {
			if k := c.Script[i].Kind; k == world.ExpectLine || k == world.Gather || k == world.ExpectGathered {
				return true
			}
		}
	}
	return false
}

// role is all that the scenario has about p, without its name and address, which
// must not be said elsewhere.
func (f *File) role(p *world.Peer) (text string, alone bool) {
	var b strings.Builder
	inside := 0 // braces open in a block of p's own
	own := func(line string) bool {
		switch words := strings.Fields(line); {
		case len(words) == 3 && words[2] == "{" && (words[0] == "peer" && words[1] == p.Name || words[0] == "neighbor" && words[1] == p.Address.String()):
			return true
		case inside > 0 && len(words) == 2 && words[0] == "address" && words[1] == p.Address.String():
			return true
		}
		return false
	}
	for n, line := range strings.Split(string(Print(f)), "\n") {
		if n < 2 || strings.HasPrefix(line, "#") { // its own name, and what it is about
			continue
		}
		mine := own(line)
		if !mine && speaksOf(line, p) {
			return "", false
		}
		if mine && inside > 0 && strings.HasSuffix(line, "{") {
			return "", false
		}
		if mine || inside > 0 {
			inside += strings.Count(line, "{") - strings.Count(line, "}")
			if mine {
				line, _, _ = strings.Cut(strings.TrimSpace(line), " ")
			}
			fmt.Fprintln(&b, strings.TrimSpace(line))
		}
		if strings.HasPrefix(line, "speaker ") || strings.HasPrefix(line, "reload ") {
			fmt.Fprintln(&b, line)
		}
	}
	return b.String(), true
}

// speaksOf reports whether a line has the name or the address of a peer in it, as a
// word.
func speaksOf(line string, p *world.Peer) bool {
	words := strings.FieldsFunc(line, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.:", r)
	})
	return slices.Contains(words, p.Name) || slices.Contains(words, p.Address.String())
}
