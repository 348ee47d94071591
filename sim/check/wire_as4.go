package check

import (
	"fmt"
	"slices"
)

// asTrans holds AS_PATH and AS4_PATH of an UPDATE against each other, by their
// octets: to a speaker of 2-octet numbers a number that needs four octets leaves
// as AS_TRANS, and every other one as it is (RFC 6793 §4.2.2). The receiver puts
// the two together again, so that a wrong AS_PATH shows nowhere else.
func asTrans(msg []byte) *Violation {
	block := msg[19+2+be16(msg[19:]):]
	block = block[2 : 2+be16(block)]
	path, path4 := attributeOf(block, 2), attributeOf(block, 17)
	if path == nil || path4 == nil {
		return nil
	}
	short, ok := pathSteps(widened(path))
	long, ok4 := pathSteps(path4)
	// Of confederations AS4_PATH has nothing.
	short = slices.DeleteFunc(short, func(s pathStep) bool { return s.hops() == 0 })
	if !ok || !ok4 || len(long) > len(short) {
		return nil
	}
	for i, has := range short[len(short)-len(long):] {
		want := pathStep{long[i].kind, slices.Clone(long[i].as)}
		for j, n := range want.as {
			if n > 65535 {
				want.as[j] = 23456
			}
		}
		if has.kind != want.kind || !slices.Equal(has.as, want.as) {
			return violated(WireTrans, fmt.Sprintf("AS_PATH with %d where AS4_PATH has %d", want.as, long[i].as), fmt.Sprint(has.as))
		}
	}
	return nil
}

// attributeOf is the value of the first attribute of that type in a block of
// path attributes that has been read before; nil: there is none.
func attributeOf(block []byte, t byte) []byte {
	for len(block) > 2 {
		head, n := 3, int(block[2])
		if block[0]&0x10 != 0 {
			head, n = 4, be16(block[2:])
		}
		if block[1] == t {
			return block[head : head+n]
		}
		block = block[head+n:]
	}
	return nil
}
