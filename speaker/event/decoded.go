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
	if b = AppendBody(append(b, ", "...), msg, o); len(b) == body+len(", ") {
		b = b[:body]
	}
	return append(b, " } }\n"...)
}
