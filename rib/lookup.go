package rib

import (
	"encoding/binary"

	"github.com/peerloom/peerloom/codec"
)

// lookup finds the number of a key among keys, by open addressing with linear
// probing. It holds four octets a slot, where a map would hold each key again.
type lookup struct {
	slots []name // number + 1; 0: free; as many as a power of two, at most 3/4 taken
	taken int
}

// find is the number of k, if it has one.
func (l *lookup) find(keys []codec.Key, k codec.Key) (name, bool) {
	if len(l.slots) == 0 {
		return 0, false
	}
	id := l.slots[l.slot(keys, k)]
	return id - 1, id != 0
}

// put adds the number of a key that has none yet.
func (l *lookup) put(keys []codec.Key, id name) {
	if 4*(l.taken+1) > 3*len(l.slots) {
		l.grow(keys)
	}
	l.slots[l.slot(keys, keys[id])] = id + 1
	l.taken++
}

// slot is where k is, or would be put.
func (l *lookup) slot(keys []codec.Key, k codec.Key) int {
	mask := len(l.slots) - 1
	for i := int(hashKey(k)) & mask; ; i = (i + 1) & mask {
		if id := l.slots[i]; id == 0 || keys[id-1] == k {
			return i
		}
	}
}

func (l *lookup) grow(keys []codec.Key) {
	old := l.slots
	l.slots = make([]name, max(64, 2*len(old)))
	for _, id := range old {
		if id != 0 {
			l.slots[l.slot(keys, keys[id-1])] = id
		}
	}
}

// reset makes the lookup anew for all keys but empty ones.
func (l *lookup) reset(keys []codec.Key) {
	*l = lookup{}
	for i, k := range keys {
		if k != (codec.Key{}) {
			l.put(keys, name(i))
		}
	}
}

// hashKey is FNV-1a over what a key is made of, in words of eight octets, with the
// high half folded in. Keys are of our own routes, never a peer's.
func hashKey(k codec.Key) uint32 {
	const prime = 1099511628211
	h := (uint64(14695981039346656037) ^ uint64(k.Family)<<32 ^ uint64(k.PathID)) * prime
	w := k.Wire
	for ; len(w) >= 8; w = w[8:] {
		h = (h ^ binary.LittleEndian.Uint64([]byte(w[:8]))) * prime
		h ^= h >> 29
	}
	for i := 0; i < len(w); i++ {
		h = (h ^ uint64(w[i])) * prime
	}
	return uint32(h ^ h>>32)
}
