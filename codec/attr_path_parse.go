package codec

import (
	"errors"
	"fmt"
)

// pathParser reads the tokens of an AS_PATH: bracket groups one after the
// other, "[ 1 2 ] ( 3 4 )", or one within the other, "[ 1 2 ( 3 4 ) ]". Round
// brackets are a set, curly ones a confederation sequence, both together a
// confederation set.
type pathParser struct {
	args []string
	segs []Segment
}

// parseASPath reads a path; a single number needs no brackets.
func parseASPath(args []string) ([]byte, error) {
	p := &pathParser{args: args}
	if len(args) == 1 && !isBracket(args[0]) {
		as, err := parseAS(args[0])
		if err != nil {
			return nil, err
		}
		return appendPath(nil, []Segment{{ASSequence, []uint32{as}}})
	}
	if len(args) == 0 {
		return nil, fmt.Errorf("no value: write [ ] for an empty path")
	}
	for len(p.args) > 0 {
		if !isBracket(p.args[0]) {
			return nil, fmt.Errorf("%q outside of brackets: write [ 1 2 3 ]", p.args[0])
		}
		if err := p.group(0); err != nil {
			return nil, err
		}
	}
	return appendPath(nil, p.segs)
}

// maxNesting is that of "[ ( { 1 } ) ]".
const maxNesting = 3

// group reads one bracket group with all that it holds.
func (p *pathParser) group(depth int) error {
	open := p.args[0]
	typ, shut, ok := pathGroup(open)
	if !ok || depth >= maxNesting {
		return fmt.Errorf("%q is not expected here", open)
	}
	p.args = p.args[1:]
	if typ == ASSet && len(p.args) > 0 && p.args[0] == "{" {
		p.args = p.args[1:]
		if err := p.numbers(ASConfedSet, "}", depth+1); err != nil {
			return err
		}
		if len(p.args) == 0 || p.args[0] != shut {
			return fmt.Errorf("%q is not closed by %q", open, shut)
		}
		p.args = p.args[1:]
		return nil
	}
	return p.numbers(typ, shut, depth)
}

func pathGroup(open string) (typ SegmentType, shut string, ok bool) {
	for t := ASSet; t <= ASConfedSequence; t++ {
		if pathBrackets[t].open == open {
			return t, pathBrackets[t].shut, true
		}
	}
	return 0, "", false
}

// numbers reads AS numbers into a segment of type typ, up to shut. A group in
// between ends the segment.
func (p *pathParser) numbers(typ SegmentType, shut string, depth int) error {
	var as []uint32
	flush := func() {
		if len(as) > 0 {
			p.segs = append(p.segs, Segment{typ, as})
			as = nil
		}
	}
	for len(p.args) > 0 {
		switch s := p.args[0]; {
		case s == shut:
			p.args = p.args[1:]
			flush()
			return nil
		case s == ",":
			p.args = p.args[1:]
		case isBracket(s):
			flush()
			if typ != ASSequence {
				return fmt.Errorf("%q is not expected here", s)
			}
			if err := p.group(depth + 1); err != nil {
				return err
			}
		default:
			n, err := parseAS(s)
			if err != nil {
				return err
			}
			as = append(as, n)
			p.args = p.args[1:]
		}
	}
	return fmt.Errorf("the path is not closed: write %q", shut)
}

// appendPath appends the value of an AS_PATH; AS 0 is refused (RFC 7607 §2).
func appendPath(b []byte, segs []Segment) ([]byte, error) {
	b = appendSegments(b, segs)
	if why := checkSegments(b, 4); why != "" {
		return nil, errors.New(why)
	}
	return b, nil
}
