package codec

import (
	"encoding/binary"
	"iter"
)

// segment is one AS_PATH segment that aliases its attribute; width is the size
// of an AS number, 2 or 4.
type segment struct {
	typ   SegmentType
	width int
	nums  []byte
}

// count is the number of AS numbers. All arithmetic is in int: a segment of
// 64 or more 4-octet numbers does not fit into an octet's worth of bytes.
func (s segment) count() int { return len(s.nums) / s.width }

func (s segment) as(i int) uint32 {
	if s.width == 2 {
		return uint32(binary.BigEndian.Uint16(s.nums[2*i:]))
	}
	return be32(s.nums[4*i:])
}

// hops is what the segment adds to the length of the path: a set counts as
// one (RFC 4271 §9.1.2.2), confederation segments not at all (RFC 5065 §5.3).
func (s segment) hops() int {
	switch s.typ {
	case ASSequence:
		return s.count()
	case ASSet:
		return 1
	}
	return 0
}

// confed reports whether the segment never leaves a confederation.
func (s segment) confed() bool { return s.typ == ASConfedSequence || s.typ == ASConfedSet }

// hasASSet reports whether a canonical path has a set in it.
func hasASSet(v []byte) bool {
	for s := range segments(v, 4) {
		if s.typ == ASSet || s.typ == ASConfedSet {
			return true
		}
	}
	return false
}

// segments iterates over the segments of a well-formed AS_PATH or AS4_PATH.
func segments(v []byte, width int) iter.Seq[segment] {
	return func(yield func(segment) bool) {
		for len(v) >= 2 {
			n := 2 + int(v[1])*width
			if n > len(v) {
				return
			}
			if !yield(segment{SegmentType(v[0]), width, v[2:n]}) {
				return
			}
			v = v[n:]
		}
	}
}

// checkSegments says what is malformed about an AS_PATH (RFC 7606 §7.2), or "".
func checkSegments(v []byte, width int) string {
	for len(v) > 0 {
		if len(v) < 2 {
			return "one octet left where a segment begins"
		}
		if t := SegmentType(v[0]); t < ASSet || t > ASConfedSet {
			return "unrecognized segment type"
		}
		n := 2 + int(v[1])*width
		if n == 2 {
			return "segment of length zero"
		}
		if n > len(v) {
			return "segment runs past the attribute"
		}
		s := segment{SegmentType(v[0]), width, v[2:n]}
		for i := range s.count() {
			if s.as(i) == 0 {
				return "AS 0 in the path" // RFC 7607 §2
			}
		}
		v = v[n:]
	}
	return ""
}

// pathHops is the length of a path (RFC 4271 §9.1.2.2).
func pathHops(v []byte, width int) int {
	n := 0
	for s := range segments(v, width) {
		n += s.hops()
	}
	return n
}

// appendSegment appends s, its AS numbers four octets wide.
func appendSegment(b []byte, s segment) []byte {
	b = append(b, byte(s.typ), byte(s.count()))
	for i := range s.count() {
		b = binary.BigEndian.AppendUint32(b, s.as(i))
	}
	return b
}

// appendSegments appends the value of an AS_PATH.
func appendSegments(b []byte, segs []Segment) []byte {
	for _, s := range segs {
		for as := s.AS; len(as) > 0; {
			n := min(len(as), 255)
			b = append(b, byte(s.Type), byte(n))
			b = appendU32(b, as[:n]...)
			as = as[n:]
		}
	}
	return b
}

// widenPath appends a 2-octet AS_PATH with its numbers four octets wide.
func widenPath(b, v []byte) []byte {
	for s := range segments(v, 2) {
		b = appendSegment(b, s)
	}
	return b
}

// narrowPath appends a canonical AS_PATH as a 2-octet speaker reads it: a
// number that does not fit becomes AS_TRANS (RFC 6793 §4.2.2).
func narrowPath(b, v []byte) []byte {
	for s := range segments(v, 4) {
		b = append(b, byte(s.typ), byte(s.count()))
		for i := range s.count() {
			b = binary.BigEndian.AppendUint16(b, narrowAS(s.as(i)))
		}
	}
	return b
}

func narrowAS(as uint32) uint16 {
	if as > 0xffff {
		return ASTrans
	}
	return uint16(as)
}

// needsAS4Path reports whether a 2-octet speaker must get AS4_PATH too: it
// "MUST NOT" where the path "is composed of mappable four-octet AS numbers
// only" (RFC 6793 §4.2.2). What a confederation segment holds stays inside.
func needsAS4Path(v []byte) bool {
	for s := range segments(v, 4) {
		for i := range s.count() {
			if s.as(i) > 0xffff && !s.confed() {
				return true
			}
		}
	}
	return false
}

// appendAS4Path appends the value of AS4_PATH for a canonical AS_PATH, "except
// for AS_CONFED_SEQUENCE and AS_CONFED_SET path segments" (RFC 6793 §4.2.2);
// those of a received AS4_PATH are dropped in the same way (§6).
func appendAS4Path(b, v []byte) []byte {
	for s := range segments(v, 4) {
		if !s.confed() {
			b = appendSegment(b, s)
		}
	}
	return b
}

// mergeAS4Path appends the path that a 2-octet AS_PATH (already widened) and
// an AS4_PATH stand for (RFC 6793 §4.2.3): as much of the front of the first
// as is longer than the second, then the second. ok is false where AS4_PATH
// must be ignored because it is the longer one.
func mergeAS4Path(b, path, as4 []byte) (out []byte, ok bool) {
	lead := pathHops(path, 4) - pathHops(as4, 4)
	if lead < 0 {
		return b, false
	}
	last := -1 // where the last segment written begins
	for s := range segments(path, 4) {
		cut := false
		switch {
		case s.confed():
			// "SHALL be prepended if it is either the leading path segment
			// or is adjacent to a path segment that is prepended".
		case lead == 0:
			return joinPaths(b, last, as4), true
		case s.typ == ASSequence && s.count() > lead:
			s.nums, cut = s.nums[:lead*s.width], true
		default:
			lead -= s.hops()
		}
		last = len(b)
		b = appendSegment(b, s)
		if cut {
			break
		}
	}
	return joinPaths(b, last, as4), true
}

// joinPaths appends path to b, whose last segment begins at last (-1: none).
// Where two sequences meet they become one, so that a path that a 2-octet
// speaker passed on is the same value as before.
func joinPaths(b []byte, last int, path []byte) []byte {
	if last >= 0 && len(path) > 0 &&
		SegmentType(b[last]) == ASSequence && SegmentType(path[0]) == ASSequence &&
		int(b[last+1])+int(path[1]) <= 255 {
		b[last+1] += path[1]
		path = path[2:]
	}
	return append(b, path...)
}
