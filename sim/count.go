package sim

import (
	"math/big"
	"math/bits"
)

// count is a number of 255 bits, lowest 64 first, that stays at its highest
// bit once it is too large.
type count [4]uint64

// full marks a count that was too large.
const full = 1 << 63

func (c *count) add(d *count) {
	var carry uint64
	over := (c[3] | d[3]) & full
	for i := range c {
		c[i], carry = bits.Add64(c[i], d[i], carry)
	}
	c[3] |= over
}

// big is the number, or nil if it was too large.
func (c *count) big() *big.Int {
	if c[3]&full != 0 {
		return nil
	}
	n := new(big.Int)
	for i := len(c) - 1; i >= 0; i-- {
		n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(c[i]))
	}
	return n
}
