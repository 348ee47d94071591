package command

import "strings"

// word is one word of a line and where it starts.
type word struct {
	text string
	off  int
}

// isMark reports the characters that are words of their own wherever they
// stand: "community [1:2]" and "community [ 1:2 ]" are the same.
func isMark(c byte) bool {
	return c == '[' || c == ']' || c == '(' || c == ')' || c == '{' || c == '}' || c == ',' || c == ';'
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' }

// escape is the length of the blank that starts at s as two characters, a
// backslash and a letter: helpers of ExaBGP write a block in one line so.
func escape(s string) int {
	if len(s) >= 2 && s[0] == '\\' && (s[1] == 'n' || s[1] == 't' || s[1] == 'r') {
		return 2
	}
	return 0
}

// split cuts a line into words. A quoted word loses its quotes; a quote that
// is not closed ends with the line.
func split(line string) []word {
	out := make([]word, 0, 1+strings.Count(line, " "))
	for i := 0; i < len(line); {
		c := line[i]
		switch {
		case isBlank(c):
			i++
		case escape(line[i:]) > 0:
			i += escape(line[i:])
		case isMark(c):
			out = append(out, word{line[i : i+1], i})
			i++
		case c == '"':
			end := strings.IndexByte(line[i+1:], '"')
			if end < 0 {
				end = len(line) - i - 1
			}
			out = append(out, word{line[i+1 : i+1+end], i})
			i = min(i+end+2, len(line))
		default:
			start := i
			for i < len(line) && !isBlank(line[i]) && !isMark(line[i]) && escape(line[i:]) == 0 {
				i++
			}
			out = append(out, word{line[start:i], start})
		}
	}
	return out
}

func texts(ws []word) []string {
	out := make([]string, len(ws))
	for i, w := range ws {
		out[i] = w.text
	}
	return out
}

// rest is the line from word n on, as written, without blanks around it and
// without the quotes of a text that is quoted as a whole.
func rest(line string, ws []word, n int) string {
	if n >= len(ws) {
		return ""
	}
	s := strings.TrimSpace(line[ws[n].off:])
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	return s
}
