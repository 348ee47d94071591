package event

import (
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// AppendDecoded appends the line that stands for a message that came from no
// session, as a command that decodes one prints it. It differs from the event
// of a received message in its direction, which is "in", and in that nothing
// was negotiated. A message that is not framed appends nothing.
func (f *Format) AppendDecoded(b []byte, now time.Time, msg []byte, o *codec.Options, p *speaker.PeerInfo) []byte {
	if !framed(msg) {
		return b
	}
	b = f.appendHeader(b, now, 1)
	b = append(append(append(b, `"type": "`...), typeName(codec.TypeOf(msg))...), `", `...)
	b = append(appendPeer(b, p), `"direction": "in"`...)
	body := len(b)
	if family, ok := endOfRIB(msg, o); ok {
		// ExaBGP's events have it within "update"; what it decodes has not.
		return append(appendEOR(append(b, `, "message": { `...), family), " } } }\n"...)
	}
	if b = AppendBody(append(b, ", "...), msg, o); len(b) == body+len(", ") {
		b = b[:body]
	}
	return append(b, " } }\n"...)
}

// endOfRIB is the family of which a message is the End-of-RIB (RFC 4724 §2).
func endOfRIB(msg []byte, o *codec.Options) (codec.Family, bool) {
	if codec.TypeOf(msg) != codec.MsgUpdate {
		return 0, false
	}
	var d codec.Decoder
	return d.Update(msg, o).EndOfRIB()
}
