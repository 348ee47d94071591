package config

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind is what a token is.
type kind uint8

const (
	word  kind = iota // text, a bracket or a comma
	semi              // ;
	open              // {
	shut              // }
	ended             // end of the text
)

// token is one token. glued: nothing stands between it and the one before.
type token struct {
	kind   kind
	text   string
	quoted bool
	glued  bool
	at     Position
}

// lexer cuts a text into tokens.
type lexer struct {
	text  []byte
	off   int
	line  int
	start int // offset of the line
	depth int // open [ and (: braces in a list are words
	rep   *report
}

func (l *lexer) pos() Position { return Position{l.line, l.off - l.start + 1} }

func (l *lexer) newline() {
	l.line++
	l.start = l.off
}

// next is the next token.
func (l *lexer) next() token {
	before := l.off
	l.blanks()
	t := token{at: l.pos(), glued: l.off == before}
	if l.off == len(l.text) {
		t.kind = ended
		return t
	}
	c := l.text[l.off]
	switch c {
	case ';':
		t.kind, t.text = semi, ";"
		l.depth = 0
	case '{':
		t.text = "{"
		if l.depth == 0 {
			t.kind = open
		}
	case '}':
		t.text = "}"
		if l.depth == 0 {
			t.kind = shut
		}
	case '[', '(':
		t.text = string(c)
		l.depth++
	case ']', ')':
		t.text = string(c)
		l.depth = max(0, l.depth-1)
	case ',':
		t.text = ","
	case '"', '\'':
		t.text, t.quoted = l.quote(c), true
		return t
	default:
		from := l.off
		for l.off < len(l.text) && !ends(l.text[l.off]) {
			l.off++
		}
		t.text = string(l.text[from:l.off])
		return t
	}
	l.off++
	return t
}

// ends reports the characters that end a bare word.
func ends(c byte) bool {
	switch c {
	case ';', '{', '}', '[', ']', '(', ')', ',', '"', '\'', '#', '\\':
		return true
	}
	return c <= ' '
}

// blanks passes over blanks, comments and continuation backslashes.
func (l *lexer) blanks() {
	for l.off < len(l.text) {
		switch c := l.text[l.off]; {
		case c == '\n':
			l.off++
			l.newline()
		case c <= ' ':
			l.off++
		case c == '#':
			for l.off < len(l.text) && l.text[l.off] != '\n' {
				l.off++
			}
		case c == '\\':
			if rest := strings.TrimLeft(string(l.text[l.off+1:min(len(l.text), l.off+64)]), " \t\r"); rest != "" && rest[0] != '\n' {
				l.rep.add(l.pos(), `a backslash inside a line`, `write it in quotes, as "\\"`)
			}
			l.off++
		default:
			return
		}
	}
}

// quote reads a quoted word. It must end on its line.
func (l *lexer) quote(q byte) string {
	at := l.pos()
	var b []byte
	for l.off++; l.off < len(l.text) && l.text[l.off] != '\n'; l.off++ {
		c := l.text[l.off]
		if c == q {
			l.off++
			return string(b)
		}
		if c == '\\' {
			b = l.escape(b)
			continue
		}
		b = append(b, c)
	}
	l.rep.add(at, "a quote that is not closed", "close it on the same line with "+string(q))
	return string(b)
}

// escape reads one escape sequence and leaves off at its last character.
func (l *lexer) escape(b []byte) []byte {
	at := l.pos()
	if l.off+1 == len(l.text) {
		return b
	}
	l.off++
	switch c := l.text[l.off]; c {
	case 'n':
		return append(b, '\n')
	case 't':
		return append(b, '\t')
	case 'r':
		return append(b, '\r')
	case '\\', '"', '\'':
		return append(b, c)
	case 'u':
		if l.off+4 < len(l.text) {
			if n, err := strconv.ParseUint(string(l.text[l.off+1:l.off+5]), 16, 16); err == nil {
				l.off += 4
				return utf8.AppendRune(b, rune(n))
			}
		}
	case '\n':
		l.off--
		return b
	}
	l.rep.add(at, "an escape that is not one", `write \n, \t, \r, \", \', \\ or \uXXXX`)
	return b
}
