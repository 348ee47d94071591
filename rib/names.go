package rib

import "github.com/peerloom/peerloom/codec"

// name is the number of an NLRI in an Interner. Where the family has labels the
// number has the labeled bit: what identifies the route is another number.
type name uint32

const labeled name = 1 << 31

// names keeps one copy of each NLRI, so that each table of each peer holds four
// octets of it.
type names struct {
	index  lookup
	keys   []codec.Key
	free   []name
	forms  map[codec.NLRI]name // of NLRI that hold more than what identifies them
	formed []form
	spare  []name
}

type form struct {
	nlri codec.NLRI
	key  name
}

func newNames() names {
	return names{forms: map[codec.NLRI]name{}}
}

// find is the number of a key, if it has one.
func (t *names) find(k codec.Key) (name, bool) {
	return t.index.find(t.keys, k)
}

// key finds or adds the number of a key.
func (t *names) key(k codec.Key) name {
	if id, ok := t.find(k); ok {
		return id
	}
	var id name
	if n := len(t.free); n > 0 {
		id, t.free = t.free[n-1], t.free[:n-1]
		t.keys[id] = k
	} else {
		id = name(len(t.keys))
		t.keys = append(t.keys, k)
	}
	t.index.put(t.keys, id)
	return id
}

// name finds or adds the number of an NLRI.
func (t *names) name(n codec.NLRI) name {
	k := n.Key()
	if codec.NLRI(k) == n {
		return t.key(k)
	}
	if id, ok := t.forms[n]; ok {
		return id
	}
	var id name
	f := form{nlri: n, key: t.key(k)}
	if n := len(t.spare); n > 0 {
		id, t.spare = t.spare[n-1], t.spare[:n-1]
		t.formed[id&^labeled] = f
	} else {
		id = labeled | name(len(t.formed))
		t.formed = append(t.formed, f)
	}
	t.forms[n] = id
	return id
}

// nlri is the NLRI of a number.
func (t *names) nlri(id name) codec.NLRI {
	if id&labeled != 0 {
		return t.formed[id&^labeled].nlri
	}
	return codec.NLRI(t.keys[id])
}

// keyOf is the number of what identifies an NLRI.
func (t *names) keyOf(id name) name {
	if id&labeled != 0 {
		return t.formed[id&^labeled].key
	}
	return id
}

func (t *names) len() int { return t.index.taken + len(t.forms) }

// used says which numbers of an Interner are in use.
type used struct{ keys, forms []bool }

func (t *names) unused() used {
	return used{make([]bool, len(t.keys)), make([]bool, len(t.formed))}
}

func (t *names) mark(u used, id name) {
	if id&labeled != 0 {
		u.forms[id&^labeled] = true
	}
	u.keys[t.keyOf(id)] = true
}

// sweep forgets the numbers that are not in use.
func (t *names) sweep(u used) {
	for i, f := range t.formed {
		if !u.forms[i] && f != (form{}) {
			delete(t.forms, f.nlri)
			t.formed[i] = form{}
			t.spare = append(t.spare, name(i)|labeled)
		}
	}
	for i, k := range t.keys {
		if !u.keys[i] && k != (codec.Key{}) {
			t.keys[i] = codec.Key{}
			t.free = append(t.free, name(i))
		}
	}
	t.index.reset(t.keys)
}
