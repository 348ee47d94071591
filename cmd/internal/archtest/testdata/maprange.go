// plays: rib

package p

import (
	"maps"
	"slices"
)

type table map[string]int

func wrong(m table) (n int) {
	for _, v := range m { // want maprange
		n += v
	}
	for _, v := range m { /* order: not a line comment */ // want maprange
		n += v
	}
	for k := range maps.Keys(m) { // want maprange
		n += len(k)
	}
	return n
}

func generic[M ~map[string]int](m M) (n int) {
	for range m { // want maprange
		n++
	}
	return n
}

func right(m table, s []string) (n int) {
	for _, v := range m { //order: a sum
		n += v
	}
	for range s {
		n++
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		n += m[k]
	}
	keys := maps.Keys(m) //order: counted only
	for range keys {
		n++
	}
	return n + m["x"]
}
