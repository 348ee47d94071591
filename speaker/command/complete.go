package command

import (
	"slices"
	"strings"
)

// Complete lists what the last of the words of a command may become, sorted: it
// is the beginning of that word, perhaps empty. neighbors are the addresses to
// propose where one is expected.
func Complete(words, neighbors []string) []string {
	last := len(words) - 1
	if last < 0 {
		return nil
	}
	var could []string
	begun, selected := words[:last], false
	switch {
	case last == 0:
		could = append(could, "neighbor")
	case words[0] == "neighbor" && last == 1:
		could = append(slices.Clone(neighbors), "*")
		begun = nil
	case words[0] == "neighbor":
		begun, selected = words[2:last], true
		if len(begun) == 0 {
			for _, k := range selectorKeys {
				could = append(could, k.name)
			}
		}
	}
	if begun != nil {
		for i := range verbs {
			could = append(could, next(&verbs[i], begun, selected, neighbors)...)
		}
	}
	could = slices.DeleteFunc(could, func(s string) bool { return !strings.HasPrefix(s, words[last]) })
	slices.Sort(could)
	return slices.Compact(could)
}

// next lists the words that may follow begun, if it begins a command of v.
func next(v *verb, begun []string, selected bool, neighbors []string) []string {
	if v.refused() || selected && !v.peers {
		return nil
	}
	phrase := strings.Fields(v.phrase)
	n := min(len(begun), len(phrase))
	if !slices.Equal(phrase[:n], begun[:n]) {
		return nil
	}
	if n < len(phrase) {
		return phrase[n : n+1]
	}
	var could []string
	for _, w := range strings.FieldsFunc(v.usage, func(r rune) bool { return strings.ContainsRune(" []{}|/…", r) }) {
		switch {
		case w == "IP" && (!v.peers || strings.HasPrefix(v.phrase, "show ")):
			could = append(could, neighbors...)
		case strings.Trim(w, "abcdefghijklmnopqrstuvwxyz-") == "":
			could = append(could, w)
		}
	}
	if v.waits {
		could = append(could, "sync")
	}
	return could
}
