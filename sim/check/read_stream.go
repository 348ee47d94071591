package check

import (
	"fmt"
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// stream cuts a stream of bytes into messages, in whatever pieces it comes.
type stream struct {
	buf []byte
	off int // what is before it has been given out
}

func (s *stream) write(p []byte) {
	if s.off > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.off:])]
		s.off = 0
	}
	s.buf = append(s.buf, p...)
}

// waiting is the number of octets that no message has been made of yet.
func (s *stream) waiting() int { return len(s.buf) - s.off }

func (s *stream) clone() stream { return stream{buf: slices.Clone(s.buf[s.off:])} }

// next is the next whole message, good until the next write, or nil; why is what
// RFC 4271 §6.1 says against its header, whatever length a session allows.
func (s *stream) next() (msg []byte, why string) {
	b := s.buf[s.off:]
	if len(b) < 19 {
		return nil, ""
	}
	for i, c := range b[:16] {
		if c != 0xff {
			return nil, fmt.Sprintf("octet %d of the marker is 0x%02x", i, c)
		}
	}
	n, kind := be16(b[16:]), b[18]
	if kind == 0 || kind > 6 { // OPERATIONAL, of ExaBGP
		return nil, fmt.Sprintf("unknown message type %d", kind)
	}
	least, most := inLengths(kind)
	if most == 0 {
		most = 65535
	}
	if n < least || n > most {
		return nil, fmt.Sprintf("message type %d of %d octets, outside %d to %d", kind, n, least, most)
	}
	if len(b) < n {
		return nil, ""
	}
	s.off += n
	return b[:n], ""
}

// kindOf is the type of a framed message.
func kindOf(msg []byte) codec.MessageType { return codec.MessageType(msg[18]) }

// readRefresh reads a framed ROUTE-REFRESH; why: what is wrong about it (RFC 2918
// §3, RFC 7313 §5).
func readRefresh(msg []byte) (r codec.RouteRefresh, why string) {
	b := msg[19:]
	if len(b) < 4 || (b[2] == 1 || b[2] == 2) && len(b) > 4 {
		return r, fmt.Sprintf("ROUTE-REFRESH with a body of %d octets", len(b))
	}
	r.Family, r.Subtype = codecFamily(inFamily{uint16(be16(b)), b[3]}), codec.RefreshSubtype(b[2])
	return r, ""
}
