package sim

import (
	"crypto/sha256"
	"fmt"
	"math/big"
)

// Node is a state of a system that Explore searches.
type Node interface {
	// Moves is how many moves are possible here; 0: the run is over.
	Moves() int
	// Describe puts move i into words.
	Describe(i int) string
	// Apply answers the state after move i, independent of this one, which
	// does not change; or the error that the move uncovers.
	Apply(i int) (Node, error)
	// AppendState appends a canonical encoding of the state. States with equal
	// encodings must have equal futures.
	AppendState(b []byte) []byte
}

// Limits bound a search, by counts, so that its outcome is the same on every
// machine. Zero: 1<<20 states, 1<<12 moves deep.
type Limits struct {
	States int
	Depth  int
}

// Exploration is what a search found.
type Exploration struct {
	States        int      // distinct
	Transitions   int      // moves tried from them
	Leaves        int      // distinct states without a move
	Interleavings *big.Int // runs from the root to a leaf; nil if there are infinitely many or not all was seen
	Cycle         []string // the moves to a state and around back to it; nil: none
	Exhausted     bool     // every reachable state was seen
	Err           error    // the first error found, nil if none
	Path          []string // the moves that lead to Err, as few as possible; the last one uncovers it
}

// String sums up in a line.
func (x Exploration) String() string {
	s := fmt.Sprintf("%d states, %d transitions, %d leaves", x.States, x.Transitions, x.Leaves)
	if x.Interleavings != nil {
		s += fmt.Sprintf(", %v interleavings", x.Interleavings)
	}
	if x.Cycle != nil {
		s += fmt.Sprintf(", a cycle of moves %q", x.Cycle)
	}
	if !x.Exhausted {
		s += ", not exhausted"
	}
	if x.Err != nil {
		s += fmt.Sprintf("; %q leads to: %v", x.Path, x.Err)
	}
	return s
}

type digest [16]byte

func digestOf(n Node, buf []byte) (digest, []byte) {
	buf = n.AppendState(buf[:0])
	sum := sha256.Sum256(buf)
	return digest(sum[:16]), buf
}

// frame is a state on the path that the search is on.
type frame struct {
	node  Node
	key   digest
	next  int
	paths *big.Int
}

type explorer struct {
	limits Limits
	found  Exploration
	seen   map[digest]*big.Int // runs to a leaf; nil while on the path
	stack  []frame
	buf    []byte
	one    *big.Int // shared by all leaves
}

// Explore searches every state that can be reached from root, each once, depth
// first and on copies. A finished state costs its 128-bit hash and a count. It
// stops at the first error, and then looks for the shortest way to an error,
// breadth first, within the same limits.
func Explore(root Node, limits Limits) Exploration {
	if limits.States == 0 {
		limits.States = 1 << 20
	}
	if limits.Depth == 0 {
		limits.Depth = 1 << 12
	}
	x := &explorer{limits: limits, seen: map[digest]*big.Int{}, one: big.NewInt(1)}
	x.found.Exhausted = true
	x.enter(root)
	for len(x.stack) > 0 && x.found.Err == nil {
		x.step()
	}
	if x.found.Err != nil {
		x.found.Exhausted = false
		x.shorten(root)
	}
	if x.found.Cycle != nil || !x.found.Exhausted {
		x.found.Interleavings = nil
	}
	return x.found
}

// enter puts a state on the path unless it is known or beyond the limits.
func (x *explorer) enter(n Node) {
	var key digest
	key, x.buf = digestOf(n, x.buf)
	paths, known := x.seen[key]
	switch {
	case known && paths == nil:
		if x.found.Cycle == nil {
			x.found.Cycle = x.moves()
		}
		return
	case known:
		x.credit(paths)
		return
	case len(x.seen) >= x.limits.States || len(x.stack) >= x.limits.Depth:
		x.found.Exhausted = false
		return
	}
	x.seen[key] = nil
	x.found.States++
	x.stack = append(x.stack, frame{node: n, key: key, paths: new(big.Int)})
}

// step tries the next move of the state at the path's end, or leaves it.
func (x *explorer) step() {
	f := &x.stack[len(x.stack)-1]
	moves := f.node.Moves()
	if f.next < moves {
		i := f.next
		f.next++
		x.found.Transitions++
		n, err := f.node.Apply(i)
		if err != nil {
			x.found.Err, x.found.Path = err, x.moves()
			return
		}
		x.enter(n)
		return
	}
	paths := f.paths
	if moves == 0 {
		x.found.Leaves++
		paths = x.one
	}
	x.seen[f.key] = paths
	x.stack = x.stack[:len(x.stack)-1]
	x.credit(paths)
}

// credit adds the runs from a state to those of the state that led to it.
func (x *explorer) credit(paths *big.Int) {
	if len(x.stack) == 0 {
		x.found.Interleavings = paths
		return
	}
	p := x.stack[len(x.stack)-1].paths
	p.Add(p, paths)
}

// moves describes the path.
func (x *explorer) moves() []string {
	var out []string
	for _, f := range x.stack {
		out = append(out, f.node.Describe(f.next-1))
	}
	return out
}

// trail is how a breadth-first search came to a state.
type trail struct {
	node Node
	from int // index of the trail before; -1: the root
	move string
}

// shorten replaces the path to the error by a shortest one.
func (x *explorer) shorten(root Node) {
	key, buf := digestOf(root, nil)
	seen := map[digest]bool{key: true}
	queue := []trail{{node: root, from: -1}}
	for at := 0; at < len(queue); at++ {
		node := queue[at].node
		queue[at].node = nil // expanded once; keep only the way
		for i := range node.Moves() {
			n, err := node.Apply(i)
			if err != nil {
				x.found.Err = err
				x.found.Path = retrace(queue, at, node.Describe(i))
				return
			}
			key, buf = digestOf(n, buf)
			if !seen[key] && len(seen) < x.limits.States {
				seen[key] = true
				queue = append(queue, trail{node: n, from: at, move: node.Describe(i)})
			}
		}
	}
}

func retrace(queue []trail, at int, last string) []string {
	path := []string{last}
	for ; queue[at].from >= 0; at = queue[at].from {
		path = append(path, queue[at].move)
	}
	for i, j := 0, len(path)-1; i < j; i, j = i+1, j-1 {
		path[i], path[j] = path[j], path[i]
	}
	return path
}
