package command

import "strconv"

// Problem is what is wrong with a list of words.
type Problem struct {
	Word    int    // index of the word; the number of words when something is missing at the end
	What    string // what is wrong
	Instead string // what to write instead; empty where What says it all

	missingNextHop bool
}

// Error is "what is wrong: what to write instead".
func (p *Problem) Error() string {
	if p.Instead == "" {
		return p.What
	}
	return p.What + ": " + p.Instead
}

func problem(word int, what, instead string) *Problem {
	return &Problem{Word: word, What: what, Instead: instead}
}

// at moves a problem of words[n:] to words.
func (p *Problem) at(n int) *Problem {
	if p != nil {
		p.Word += n
	}
	return p
}

func appendUint(b []byte, n uint64) []byte { return strconv.AppendUint(b, n, 10) }
