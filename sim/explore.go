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
	// Watch, if not nil, is called now and then with what was found so far;
	// when it answers false the search stops where it is.
	Watch func(Exploration) bool
}

// watchEvery is the number of moves between two calls of Watch.
const watchEvery = 1 << 10

// Exploration is what a search found.
type Exploration struct {
	States        int      // distinct
	Transitions   int      // moves tried from them
	Leaves        int      // distinct states without a move
	Interleavings *big.Int // runs from the root to a leaf; nil if there are infinitely many, or 2^255 and more, or not all was seen
	Cycle         []string // the moves to a state and around back to it; nil: none
	Exhausted     bool     // every reachable state was seen
	Err           error    // the first error found, nil if none
	Path          []string // the moves that lead to Err, as few as possible; the last one uncovers it
}

// String sums up in a line.
func (x Exploration) String() string {
	s := fmt.Sprintf("%d states, %d transitions, %d leaves", x.States, x.Transitions, x.Leaves)
	switch {
	case x.Interleavings != nil:
		s += fmt.Sprintf(", %v interleavings", x.Interleavings)
	case x.Exhausted && x.Cycle == nil:
		s += ", 2^255 interleavings or more"
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
	paths count
}

// known is what is remembered of a state: the runs from it to a leaf, once it
// is left.
type known struct {
	paths count
	left  bool
}

type explorer struct {
	limits Limits
	found  Exploration
	seen   map[digest]known
	stack  []frame
	buf    []byte
	paths  count // from the root
	quit   bool
}

// Explore searches every state that can be reached from root, each once, depth
// first and on copies. A state that it has left costs its 128-bit hash and a
// 255-bit count. It stops at the first error, and then looks for the shortest
// way to an error, breadth first, within the same limits.
func Explore(root Node, limits Limits) Exploration {
	if limits.States == 0 {
		limits.States = 1 << 20
	}
	if limits.Depth == 0 {
		limits.Depth = 1 << 12
	}
	x := &explorer{limits: limits, seen: map[digest]known{}}
	x.found.Exhausted = true
	x.enter(root)
	for len(x.stack) > 0 && x.found.Err == nil && !x.quit {
		x.step()
	}
	switch {
	case x.found.Err != nil:
		x.found.Exhausted = false
		x.found.Path = x.moves()
		x.seen = nil
		x.shorten(root)
	case x.quit:
		x.found.Exhausted = false
	}
	if x.found.Cycle == nil && x.found.Exhausted {
		x.found.Interleavings = x.paths.big()
	}
	return x.found
}

// enter puts a state on the path unless it is known or beyond the limits.
func (x *explorer) enter(n Node) {
	var key digest
	key, x.buf = digestOf(n, x.buf)
	k, ok := x.seen[key]
	switch {
	case ok && !k.left:
		if x.found.Cycle == nil {
			x.found.Cycle = x.moves()
		}
		return
	case ok:
		x.credit(&k.paths)
		return
	case len(x.seen) >= x.limits.States || len(x.stack) >= x.limits.Depth:
		x.found.Exhausted = false
		return
	}
	x.seen[key] = known{}
	x.found.States++
	x.stack = append(x.stack, frame{node: n, key: key})
}

// step tries the next move of the state at the path's end, or leaves it.
func (x *explorer) step() {
	f := &x.stack[len(x.stack)-1]
	moves := f.node.Moves()
	if f.next < moves {
		i := f.next
		f.next++
		x.found.Transitions++
		if x.limits.Watch != nil && x.found.Transitions%watchEvery == 0 {
			x.quit = !x.limits.Watch(x.found)
		}
		n, err := f.node.Apply(i)
		if err != nil {
			x.found.Err = err
			return
		}
		x.enter(n)
		return
	}
	if moves == 0 {
		x.found.Leaves++
		f.paths = count{1}
	}
	key, paths := f.key, f.paths
	x.seen[key] = known{paths: paths, left: true}
	x.stack[len(x.stack)-1] = frame{}
	x.stack = x.stack[:len(x.stack)-1]
	x.credit(&paths)
}

// credit adds the runs from a state to those of the state that led to it.
func (x *explorer) credit(paths *count) {
	if len(x.stack) == 0 {
		x.paths = *paths
		return
	}
	x.stack[len(x.stack)-1].paths.add(paths)
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
	move int
}

// shorten replaces the path to the error by a shortest one.
func (x *explorer) shorten(root Node) {
	key, buf := digestOf(root, nil)
	seen := map[digest]struct{}{key: {}}
	queue := []trail{{node: root, from: -1}}
	for at := 0; at < len(queue); at++ {
		node := queue[at].node
		queue[at].node = nil // expanded once; keep only the way
		for i := range node.Moves() {
			n, err := node.Apply(i)
			if err != nil {
				x.found.Err = err
				x.found.Path = retrace(root, queue, at, i)
				return
			}
			key, buf = digestOf(n, buf)
			if _, ok := seen[key]; !ok && len(seen) < x.limits.States {
				seen[key] = struct{}{}
				queue = append(queue, trail{node: n, from: at, move: i})
			}
		}
	}
}

// retrace describes the way to a state and one move more, by going it again.
func retrace(root Node, queue []trail, at, last int) []string {
	way := []int{last}
	for ; queue[at].from >= 0; at = queue[at].from {
		way = append(way, queue[at].move)
	}
	var path []string
	for i := len(way) - 1; i >= 0; i-- {
		path = append(path, root.Describe(way[i]))
		if i > 0 {
			next, err := root.Apply(way[i])
			if err != nil {
				panic("sim: a move gave an error only the second time: " + err.Error())
			}
			root = next
		}
	}
	return path
}
