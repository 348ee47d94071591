package capture_test

import (
	"bytes"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/cmd/internal/capture"
	"github.com/peerloom/peerloom/codec"
)

// TestSharedReencode: each well-formed message of the captures is written again
// to the same octets, but for the canonicalisations of the table, applied to
// the octets without the codec; and each of them is met somewhere.
func TestSharedReencode(t *testing.T) {
	met := map[string]int{}
	var failed []string
	messages, same := 0, 0
	sharedMessages(t, func(at string, r *capture.Record) {
		if r.Table || len(errorsOf(r)) > 0 {
			return // a table's entry was made an UPDATE by us
		}
		messages++
		got, known := reencode(t, r)
		if !known {
			return
		}
		if bytes.Equal(got, r.Message) {
			same++
			return
		}
		want := canonical(r, met)
		if !bytes.Equal(got, want) {
			failed = append(failed, at+"\nmessage   "+hex.EncodeToString(r.Message)+"\ncanonical "+hex.EncodeToString(want)+"\nwritten   "+hex.EncodeToString(got))
		}
	})
	for _, f := range failed[:min(len(failed), 3)] {
		t.Error(f)
	}
	require.Empty(t, len(failed), "messages are written otherwise than the table of canonicalisations says")
	t.Logf("%d messages, %d to the same octets; %v", messages, same, met)
	for _, c := range canonicalisations {
		assert.Positive(t, met[c.name], "nothing is canonicalised as %q says", c.name)
	}
}

// reencode decodes and encodes a message; known is false for a type of message
// that nobody writes.
func reencode(t *testing.T, r *capture.Record) (b []byte, known bool) {
	switch codec.TypeOf(r.Message) {
	case codec.MsgOpen:
		o, bad := codec.DecodeOpen(r.Message)
		require.Nil(t, bad)
		b, err := codec.AppendOpen(nil, o)
		require.NoError(t, err)
		return b, true
	case codec.MsgUpdate:
		return reencodeUpdate(t, r), true
	case codec.MsgKeepalive:
		return codec.AppendKeepalive(nil), true
	case codec.MsgNotification:
		n, bad := codec.DecodeNotification(r.Message)
		require.Nil(t, bad)
		return codec.AppendNotification(nil, n), true
	case codec.MsgRouteRefresh:
		m, bad := codec.DecodeRouteRefresh(r.Message)
		require.Nil(t, bad)
		return codec.AppendRouteRefresh(nil, m), true
	case codec.MsgOperational:
		m, bad := codec.DecodeOperational(r.Message)
		require.Nil(t, bad)
		return codec.AppendOperational(nil, m), true
	}
	return nil, false
}

// reencodeUpdate writes an UPDATE as one for each field that it has: a message
// "SHOULD NOT contain more than one" of them (RFC 7606 §5.1).
func reencodeUpdate(t *testing.T, r *capture.Record) []byte {
	var d codec.Decoder
	o := r.Options
	o.MaxLen = codec.MaxExtendedLen
	u := d.Update(r.Message, &o)
	if f, ok := u.EndOfRIB(); ok {
		return codec.AppendEndOfRIB(nil, f)
	}
	var b []byte
	withdrawn := routes(u.Withdraws())
	for len(withdrawn) > 0 {
		n := slices.IndexFunc(withdrawn, func(x codec.NLRI) bool { return x.Family != withdrawn[0].Family })
		if n < 0 {
			n = len(withdrawn)
		}
		var k int
		var err error
		b, k, err = codec.AppendWithdraw(b, &o, nil, withdrawn[:n])
		require.NoError(t, err)
		withdrawn = withdrawn[k:]
	}
	announced := routes(u.Announced())
	inReach := len(announced)
	if len(u.NLRI) > 0 {
		inReach -= len(routes((&codec.Update{NLRI: u.NLRI, AddPath: u.AddPath}).Announced()))
	}
	for len(announced) > 0 {
		attrs, n := u.Attrs, len(announced)
		if inReach > 0 {
			attrs, n = u.ReachAttrs(), inReach
		}
		var k int
		var err error
		b, k, err = codec.AppendAnnounce(b, &o, attrs, announced[:n])
		require.NoError(t, err)
		announced, inReach = announced[k:], max(0, inReach-k)
	}
	return b
}

// routes are owned copies.
func routes(seq func(func(codec.RawNLRI) bool)) []codec.NLRI {
	var out []codec.NLRI
	for r := range seq {
		out = append(out, r.NLRI())
	}
	return out
}
