// plays: codec

package p

import "errors"

var (
	errShort = errors.New("short")
	names    = map[string]int{"igp": 0}
	table    = [...]struct{ name string }{{"a"}, {"b"}}
	count    int
	box      buffer
)

type buffer struct{ n int }

func (b *buffer) grow()    { b.n++ }
func (b buffer) size() int { return b.n }

func wrong() *int {
	count++             // want global
	names["egp"] = 1    // want global
	table[0].name = "c" // want global
	delete(names, "a")  // want global
	box.grow()          // want global
	errShort = nil      // want global
	return &count       // want global
}

func right() (int, error) {
	row, local := &table[1], count
	one := &box //table: read only, two lines below
	local += one.n
	local++
	names := map[string]int{}
	names["x"] = len(row.name)
	return box.size() + local + names["x"], errShort
}
