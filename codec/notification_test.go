package codec_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

func TestNotificationRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawNotification(t)
		b := codec.AppendNotification([]byte("before"), n)
		require.Equal(t, "before", string(b[:6]))
		got, err := codec.DecodeNotification(b[6:])
		require.Nil(t, err)
		clear(b) // Data must be owned
		require.Equal(t, n, got)
	})
}

// drawNotification is a NOTIFICATION that fits.
func drawNotification(t *rapid.T) codec.Notification {
	n := codec.Notification{
		Code:    codec.NotificationCode(rapid.Byte().Draw(t, "code")),
		Subcode: rapid.Byte().Draw(t, "subcode"),
	}
	if data := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "data"); len(data) > 0 {
		n.Data = data
	}
	return n
}

// TestNotificationTruncated: "the receiver cannot use a NOTIFICATION message to
// report this error back to the peer" (RFC 4271 §6.4).
func TestNotificationTruncated(t *testing.T) {
	whole := codec.AppendNotification(nil, codec.Notification{Code: 6, Subcode: 2})
	for n := range whole {
		_, err := codec.DecodeNotification(whole[:n])
		require.NotNil(t, err, "%d of %d octets", n, len(whole))
		require.True(t, err.NoReply, "%d octets: an error in a NOTIFICATION is not answered", n)
	}
	for _, body := range []string{"", "06"} {
		_, err := codec.DecodeNotification(wireMessage(codec.MsgNotification, wireHex(body)...))
		require.NotNil(t, err, "body %q", body)
		require.True(t, err.NoReply)
	}
}

func TestNotificationIsCutToMaxLen(t *testing.T) {
	data := bytes.Repeat([]byte{7}, 5000)
	b := codec.AppendNotification(nil, codec.Notification{Code: 2, Subcode: 7, Data: data})
	require.Len(t, b, codec.MaxLen)
	n, err := codec.DecodeNotification(b)
	require.Nil(t, err)
	require.Equal(t, data[:codec.MaxLen-21], n.Data)
}

// TestShutdown: both subcodes carry the communication, with its length in front
// (RFC 9003 §2).
func TestShutdown(t *testing.T) {
	for _, sub := range []uint8{codec.CeaseShutdown, codec.CeaseReset} {
		n := codec.Shutdown(sub, "Grüße")
		require.Equal(t, codec.Notification{Code: codec.CodeCease, Subcode: sub, Data: []byte("\x07Grüße")}, n)
		text, ok := n.ShutdownText()
		require.True(t, ok)
		require.Equal(t, "Grüße", text)

		none := codec.Shutdown(sub, "")
		require.Empty(t, none.Data)
		_, ok = none.ShutdownText()
		require.False(t, ok, "no communication")
	}
}

// TestShutdownIsUTF8AndFits: "MUST be encoded in UTF-8", in at most 255 octets
// (RFC 9003 §2).
func TestShutdownIsUTF8AndFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		character := rapid.SampledFrom([]string{"a", "é", "語", "😀", "\xff", "\xe8\xaa"}).Draw(t, "character")
		text := strings.Repeat("x", rapid.IntRange(0, 3).Draw(t, "shift")) + strings.Repeat(character, rapid.IntRange(1, 300).Draw(t, "times"))
		n := codec.Shutdown(codec.CeaseShutdown, text)
		got, ok := n.ShutdownText()
		require.True(t, ok, "our own communication reads back")
		require.True(t, utf8.ValidString(got))
		whole := strings.ToValidUTF8(text, "\uFFFD")
		require.True(t, strings.HasPrefix(whole, got))
		if len(whole) > 255 {
			require.Greater(t, len(got), 255-utf8.UTFMax, "cut by less than a character")
		} else {
			require.Equal(t, whole, got)
		}
	})
}

// TestShutdownMalformed: a malformed communication is no text, and no harm
// (RFC 9003 §4: it "MAY be logged in a hexdump format").
func TestShutdownMalformed(t *testing.T) {
	for name, c := range map[string]struct {
		n    codec.Notification
		text string
	}{
		"a length beyond the data":    {codec.Notification{Code: 6, Subcode: 2, Data: []byte("\x05bye")}, "6/2 Cease, Administrative Shutdown: 0x05627965"},
		"a length short of the data":  {codec.Notification{Code: 6, Subcode: 2, Data: []byte("\x01bye")}, "6/2 Cease, Administrative Shutdown: 0x01627965"},
		"a length of 0":               {codec.Notification{Code: 6, Subcode: 2, Data: []byte{0}}, "6/2 Cease, Administrative Shutdown: 0x00"},
		"no UTF-8":                    {codec.Notification{Code: 6, Subcode: 4, Data: []byte("\x02\xc3\x28")}, "6/4 Cease, Administrative Reset: 0x02c328"},
		"a surrogate":                 {codec.Notification{Code: 6, Subcode: 2, Data: []byte("\x03\xed\xa0\x80")}, "6/2 Cease, Administrative Shutdown: 0x03eda080"},
		"another subcode of Cease":    {codec.Notification{Code: 6, Subcode: 3, Data: []byte("\x03bye")}, "6/3 Cease, Peer De-configured: 0x03627965"},
		"another code with subcode 2": {codec.Notification{Code: 2, Subcode: 2, Data: []byte("\x03bye")}, "2/2 OPEN Message Error, Bad Peer AS: 0x03627965"},
	} {
		text, ok := c.n.ShutdownText()
		require.False(t, ok, "%s: %q", name, text)
		require.Equal(t, c.text, c.n.String(), name)
	}
}

// TestHardReset is RFC 8538 §3.1: the data of a Hard Reset is the code, the
// subcode and the data of what it stands for.
func TestHardReset(t *testing.T) {
	in := codec.Shutdown(codec.CeaseShutdown, "bye")
	hard := codec.HardReset(in)
	require.Equal(t, codec.Notification{Code: 6, Subcode: 9, Data: []byte("\x06\x02\x03bye")}, hard)
	got, ok := hard.Wrapped()
	require.True(t, ok)
	require.Equal(t, in, got)
	require.Equal(t, `6/9 Cease, Hard Reset: 6/2 Cease, Administrative Shutdown: "bye"`, hard.String())

	bare, ok := codec.HardReset(codec.Notification{Code: 4}).Wrapped()
	require.True(t, ok)
	require.Equal(t, codec.Notification{Code: 4}, bare)

	for name, n := range map[string]codec.Notification{
		"no hard reset":  in,
		"without a code": {Code: 6, Subcode: 9},
		"cut short":      {Code: 6, Subcode: 9, Data: []byte{6}},
	} {
		_, ok := n.Wrapped()
		require.False(t, ok, name)
	}
}

func TestNotificationString(t *testing.T) {
	nested := codec.Shutdown(codec.CeaseShutdown, "x")
	for range 1000 {
		nested = codec.HardReset(nested)
	}
	for want, n := range map[string]codec.Notification{
		`6/2 Cease, Administrative Shutdown: "a\"\n\x1b[2J\u202eb"`: codec.Shutdown(codec.CeaseShutdown, "a\"\n\x1b[2J\u202eb"),
		"6/2 Cease, Administrative Shutdown":                        {Code: 6, Subcode: 2},
		"1/2 Message Header Error, Bad Message Length: 0x0012":      {Code: 1, Subcode: 2, Data: []byte{0, 18}},
		"4/0 Hold Timer Expired":                                    {Code: 4},
		"8/0 Send Hold Timer Expired":                               {Code: 8},
		"2/0 OPEN Message Error, Unspecific":                        {Code: 2},
		"6/77 Cease, SUBCODE(77)":                                   {Code: 6, Subcode: 77},
		"2/9 OPEN Message Error, SUBCODE(9)":                        {Code: 2, Subcode: 9},
		"77/1 CODE(77), SUBCODE(1)":                                 {Code: 77, Subcode: 1},
		"0/0 CODE(0)":                                               {},
		"7/1 ROUTE-REFRESH Message Error, Invalid Message Length: 0x" + strings.Repeat("07", 32) + "... (40 octets)": {
			Code: 7, Subcode: 1, Data: bytes.Repeat([]byte{7}, 40)},
		"6/9 Cease, Hard Reset: 0x" + strings.Repeat("0609", 16) + "... (2002 octets)": nested,
	} {
		require.Equal(t, want, n.String())
	}
}
