package check

import (
	"bytes"
	"fmt"

	"github.com/peerloom/peerloom/codec"
)

// Heard holds the messages that a client was told of, header included and one
// after another, against those of the kinds it asked for that were received in the
// last Received, unless our OPEN was still to leave: what comes before it is read
// behind it. ends: the connection does, what came behind its end is not read. The error,
// a *[Violation], names the difference.
func (m *InModel) Heard(client string, asked func(codec.MessageType) bool, messages []byte, ends bool) error {
	if m.unsure || m.early {
		return nil
	}
	return SameMessages(client, m.heard, asked, messages, ends)
}

// SameMessages holds messages that a client was told of, one after another, against
// those of the kinds it asked for among all, the first of them where the connection
// ends. The error is a *[Violation].
func SameMessages(client string, all [][]byte, asked func(codec.MessageType) bool, told []byte, ends bool) error {
	var want []byte
	for _, msg := range all {
		if asked(kindOf(msg)) {
			want = append(want, msg...)
		}
	}
	if bytes.Equal(want, told) || ends && bytes.HasPrefix(want, told) {
		return nil
	}
	return violated(InHeard, fmt.Sprintf("client %s hears of %x", client, want), fmt.Sprintf("%x", told))
}

// CameAndWent holds what a client was told of the sessions with a neighbor during one
// input against what happened: whether one came up, and whether one ended. One that
// does both in one input is seen by nobody else. The error is a *[Violation].
func CameAndWent(client, peer string, rose, fell bool, ups, downs int) error {
	switch {
	case rose && ups != 1:
		return violated(InHeard, fmt.Sprintf("client %s hears once that %s is up", client, peer), fmt.Sprintf("%d times", ups))
	case fell && downs == 0:
		return violated(InHeard, fmt.Sprintf("client %s hears that %s is down", client, peer), "nothing")
	case !rose && ups > 0 && downs == 0:
		return violated(InHeard, fmt.Sprintf("client %s hears nothing: no session with %s came up", client, peer), fmt.Sprintf("%d times that it is up", ups))
	}
	return nil
}
