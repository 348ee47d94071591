package rib

// pageLen is how many entries an index allocates at a time.
const pageLen = 64

// index holds a place for each of some names. Names are numbered in the order
// in which they came, for all tables of a speaker, so that a page is mostly full
// or not there.
type index struct {
	pages []*[pageLen]int32 // place + 1; 0: none
	count int
}

func (x *index) get(k name) int32 {
	if p := int(k / pageLen); p < len(x.pages) && x.pages[p] != nil {
		return x.pages[p][k%pageLen] - 1
	}
	return none
}

func (x *index) put(k name, place int32) {
	p := int(k / pageLen)
	for len(x.pages) <= p {
		x.pages = append(x.pages, nil)
	}
	if x.pages[p] == nil {
		x.pages[p] = new([pageLen]int32)
	}
	e := &x.pages[p][k%pageLen]
	if *e == 0 {
		x.count++
	}
	*e = place + 1
}

func (x *index) remove(k name) {
	if x.get(k) != none {
		x.pages[k/pageLen][k%pageLen] = 0
		x.count--
	}
}

func (x *index) clone() index {
	c := index{pages: make([]*[pageLen]int32, len(x.pages)), count: x.count}
	for i, p := range x.pages {
		if p != nil {
			page := *p
			c.pages[i] = &page
		}
	}
	return c
}
