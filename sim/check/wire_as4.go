package check

import (
	"fmt"
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
	short, ok := flatPath(widened(path))
	long, ok4 := flatPath(path4)
	if !ok || !ok4 || len(long) > len(short) {
		return nil // of confederations AS4_PATH has nothing
	}
	for i, n := range short[len(short)-len(long):] {
		want := long[i]
		if want > 65535 {
			want = 23456
		}
		if n != want {
			return violated(WireTrans, fmt.Sprintf("AS_PATH with %d where AS4_PATH has %d", want, long[i]), fmt.Sprint(n))
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
