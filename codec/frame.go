package codec

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Framer cuts a byte stream into messages, whatever the pieces it comes in.
// The zero value is ready. It holds at most one incomplete message and what
// came after it in one Write, as long as its user calls Next until it answers
// nil after each Write; its buffer is reused, so steady traffic allocates
// nothing.
type Framer struct {
	buf []byte
	off int // buf[:off] has been given out
}

// Write adds received bytes; they are copied.
func (f *Framer) Write(p []byte) {
	switch {
	case f.off == len(f.buf):
		f.buf, f.off = f.buf[:0], 0
	case f.off > 0 && len(p) > cap(f.buf)-len(f.buf):
		// Move down rather than grow over what has been given out.
		n := copy(f.buf, f.buf[f.off:])
		f.buf, f.off = f.buf[:n], 0
	}
	f.buf = append(f.buf, p...)
}

// Next is the next whole message, or nil when more bytes are needed. max is
// the longest message allowed now ([Options.Max]; OPEN and KEEPALIVE stay at
// MaxLen, RFC 8654 §4). The error is a Message Header Error (RFC 4271 §6.1);
// it comes as soon as the header is there, and again at each later call:
// what follows can't be framed. The slice dies with the next Write.
func (f *Framer) Next(max int) ([]byte, *Error) {
	rest := f.buf[f.off:]
	if len(rest) < HeaderLen {
		return nil, nil
	}
	if err := checkHeader(rest[:HeaderLen], max); err != nil {
		return nil, err
	}
	n := headerLength(rest)
	if len(rest) < n {
		return nil, nil
	}
	f.off += n
	return rest[:n:n], nil
}

// Buffered is the number of bytes not yet given out.
func (f *Framer) Buffered() int { return len(f.buf) - f.off }

// Clone copies the framer and its bytes.
func (f *Framer) Clone() Framer {
	return Framer{buf: slices.Clone(f.buf[f.off:])}
}

// TypeOf is the type of a framed message.
func TypeOf(msg []byte) MessageType { return MessageType(msg[18]) }

// Body is a framed message without its header.
func Body(msg []byte) []byte { return msg[HeaderLen:] }

// lengths of a message type, header included; an entry with max 0 is a type
// that this package does not receive, and max -1 stands for what the session
// allows.
var frameLengths = [...]struct{ min, max int }{
	// RFC 8654 §4: "all messages except for OPEN and KEEPALIVE" may be longer.
	MsgOpen:         {openMinLen, MaxLen},
	MsgUpdate:       {23, -1},
	MsgNotification: {21, -1},
	MsgKeepalive:    {HeaderLen, HeaderLen},
	// Too short a ROUTE-REFRESH is DecodeRouteRefresh's to judge: RFC 7313 §5
	// has an error of its own for it.
	MsgRouteRefresh: {HeaderLen, -1},
	// Whether it was negotiated is for the session to say.
	MsgOperational: {HeaderLen, -1},
}

// headerLength is the Length field.
func headerLength(h []byte) int { return int(binary.BigEndian.Uint16(h[16:18])) }

// checkHeader is RFC 4271 §6.1, in its order: marker, length, type.
func checkHeader(h []byte, max int) *Error {
	for i, c := range h[:16] {
		if c != 0xff {
			return headerError(h, SubConnectionNotSynchronized, nil, fmt.Sprintf("octet %d of the marker is 0x%02x", i, c))
		}
	}
	n, t := headerLength(h), TypeOf(h)
	if n < HeaderLen || n > max {
		return badLength(h, fmt.Sprintf("%s of %d octets, outside %d to %d", t, n, HeaderLen, max))
	}
	if int(t) >= len(frameLengths) || frameLengths[t].max == 0 {
		return headerError(h, SubBadMessageType, []byte{byte(t)}, fmt.Sprintf("unknown message type %d", uint8(t)))
	}
	l := frameLengths[t]
	if l.max > 0 && l.max < max {
		max = l.max
	}
	if n < l.min || n > max {
		return badLength(h, fmt.Sprintf("%s of %d octets, outside %d to %d", t, n, l.min, max))
	}
	return nil
}

// badLength is error 1/2: "The Data field MUST contain the erroneous Length
// field" (RFC 4271 §6.1).
func badLength(h []byte, why string) *Error {
	return headerError(h, SubBadMessageLength, slices.Clone(h[16:18]), why)
}

// headerError makes a Message Header Error. One in a NOTIFICATION can't be
// reported to its sender (RFC 4271 §6.4), unless even the type is in doubt
// because the marker is wrong.
func headerError(h []byte, sub uint8, data []byte, why string) *Error {
	return &Error{
		Code:    CodeHeader,
		Subcode: sub,
		Data:    data,
		Treat:   TreatReset,
		NoReply: sub != SubConnectionNotSynchronized && TypeOf(h) == MsgNotification,
		Why:     why,
	}
}

// checkLength refuses what is too short for a decoder, or does not say its own
// length: nothing that came from a Framer.
func checkLength(msg []byte, min int) *Error {
	if len(msg) < HeaderLen {
		return &Error{Code: CodeHeader, Subcode: SubBadMessageLength, Treat: TreatReset,
			Why: fmt.Sprintf("%d octets are no message", len(msg))}
	}
	if n := headerLength(msg); len(msg) < min || n != len(msg) {
		return badLength(msg, fmt.Sprintf("%s of %d octets in a message of %d, at least %d", TypeOf(msg), n, len(msg), min))
	}
	return nil
}

// appendHeader appends a header whose Length finish fills in.
func appendHeader(b []byte, t MessageType) []byte {
	const header = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00"
	b = append(b, header...)
	b[len(b)-1] = byte(t)
	return b
}

// finish writes the Length of the message that starts at b[start].
func finish(b []byte, start int) []byte {
	binary.BigEndian.PutUint16(b[start+16:], uint16(len(b)-start))
	return b
}

// AppendState appends the bytes not yet given out, with their number, for state
// de-duplication.
func (f *Framer) AppendState(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(f.Buffered()))
	return append(b, f.buf[f.off:]...)
}
