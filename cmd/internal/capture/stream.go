package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// stream cuts one direction of a connection into messages. After bytes that
// are none it goes on at the next marker.
type stream struct {
	buf    []byte
	offset int64 // of buf[0]
	lost   bool  // looking for a marker
}

// found is a message or damage in a stream.
type found struct {
	offset  int64
	message []byte
	err     error
}

// write adds octets and yields what they complete.
func (s *stream) write(p []byte, yield func(found) bool) bool {
	s.buf = append(s.buf, p...)
	for {
		if s.lost && !s.resync() {
			return true
		}
		if len(s.buf) < codec.HeaderLen {
			return true
		}
		n := int(binary.BigEndian.Uint16(s.buf[16:]))
		if !bytes.HasPrefix(s.buf, []byte(marker)) || n < codec.HeaderLen {
			if !s.damage("no BGP message header", 1, yield) {
				return false
			}
			continue
		}
		if len(s.buf) < n {
			return true
		}
		if !yield(found{offset: s.offset, message: s.buf[:n:n]}) {
			return false
		}
		s.drop(n)
	}
}

// gap says that n octets of the stream are missing.
func (s *stream) gap(n int, yield func(found) bool) bool {
	ok := yield(found{offset: s.offset + int64(len(s.buf)), err: fmt.Errorf("%d octets of the stream are missing", n)})
	s.offset += int64(len(s.buf) + n)
	s.buf, s.lost = nil, true
	return ok
}

// end says that nothing more comes.
func (s *stream) end(yield func(found) bool) bool {
	if len(s.buf) == 0 || s.lost {
		return true
	}
	return yield(found{offset: s.offset, err: fmt.Errorf("%d octets at the end are not a whole message", len(s.buf))})
}

func (s *stream) damage(what string, skip int, yield func(found) bool) bool {
	ok := yield(found{offset: s.offset, err: fmt.Errorf("%s; reading on at the next marker", what)})
	s.lost = true
	s.drop(skip)
	return ok
}

func (s *stream) drop(n int) {
	s.buf = s.buf[n:]
	s.offset += int64(n)
}

// resync goes to the next marker; false where there is none yet.
func (s *stream) resync() bool {
	i := bytes.Index(s.buf, []byte(marker))
	if i < 0 {
		s.drop(max(0, len(s.buf)-len(marker)+1))
		return false
	}
	s.drop(i)
	s.lost = false
	return true
}

// readRaw reads a file of messages one behind the other.
func readRaw(src *source, yield func(*Record) bool) {
	var s stream
	each := func(f found) bool {
		return yield(&Record{Offset: f.offset, Message: f.message, Err: f.err, Options: src.settings.Options, Time: time.Time{}})
	}
	block := make([]byte, 64<<10)
	for {
		n, err := src.Reader.Read(block)
		if !s.write(block[:n], each) {
			return
		}
		if err != nil {
			src.fail(err)
			s.end(each)
			return
		}
	}
}
