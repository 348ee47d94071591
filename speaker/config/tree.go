package config

import (
	"slices"
	"strings"
)

// node is one statement: its words, and a block where it has one.
type node struct {
	words  []token
	block  []*node
	braces bool
	end    Position // of the ; or } that ended it
}

func (n *node) name() string { return n.words[0].text }
func (n *node) at() Position { return n.words[0].at }

// args are the words after the first n.
func (n *node) args(from int) []token { return n.words[min(from, len(n.words)):] }

func texts(ts []token) []string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = t.text
	}
	return out
}

// list is the words of a list: without brackets and commas.
func list(ts []token) []token {
	var out []token
	for _, t := range ts {
		if t.quoted || !strings.Contains("[](),", t.text) {
			out = append(out, t)
		}
	}
	return out
}

// maxDepth bounds nested blocks; the grammar has five.
const maxDepth = 16

// parser makes the tree.
type parser struct {
	lex   *lexer
	rep   *report
	tok   token
	words []token // of the present statement
}

func tree(text []byte, rep *report) []*node {
	p := &parser{lex: &lexer{text: text, line: 1, rep: rep}, rep: rep}
	p.tok = p.lex.next()
	var all []*node
	for {
		all = append(all, p.statements(0)...)
		if p.tok.kind == ended {
			return all
		}
		rep.add(p.tok.at, `"}" closes nothing`, "remove it, or open its block with {")
		p.tok = p.lex.next()
	}
}

// statements reads until a } or the end, which stays the present token.
func (p *parser) statements(depth int) []*node {
	var out []*node
	for ; ; p.tok = p.lex.next() {
		if p.tok.kind == word {
			p.words = append(p.words, p.tok)
			continue
		}
		n := &node{words: slices.Clone(p.words), end: p.tok.at}
		p.words = p.words[:0]
		more := true
		switch p.tok.kind {
		case open:
			more = p.block(n, depth)
		case shut, ended:
			if more = false; len(n.words) > 0 {
				p.rep.add(n.at(), n.name()+" is not ended", "end the statement with ;")
			}
		}
		if len(n.words) > 0 {
			out = append(out, n)
		}
		if !more {
			return out
		}
	}
}

// block reads n's block up to its }; false at the end of the text, which ends
// the blocks that are open there, as it does for ExaBGP. A statement that is not
// ended stays an error: half a file is not a file.
func (p *parser) block(n *node, depth int) bool {
	from := p.tok.at
	if len(n.words) == 0 {
		p.rep.add(from, "a block without a name", "write the section's name before {")
	}
	if depth == maxDepth {
		p.rep.add(from, "blocks are nested too deep", "close some with }")
		for p.tok.kind != ended {
			p.tok = p.lex.next()
		}
		return false
	}
	p.tok = p.lex.next()
	n.braces = true
	n.block = p.statements(depth + 1)
	n.end = p.tok.at
	return p.tok.kind != ended
}
