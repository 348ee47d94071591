package codec_test

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

// wireMessage is a message with a right marker and the given type and body.
func wireMessage(t codec.MessageType, body ...byte) []byte {
	b := slices.Repeat([]byte{0xff}, 16)
	b = binary.BigEndian.AppendUint16(b, uint16(codec.HeaderLen+len(body)))
	return append(append(b, byte(t)), body...)
}

// wireHex is the octets of hexadecimal text with blanks in it.
func wireHex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// frameAll gives stream to a framer in pieces that end at cuts, and returns
// copies of all messages and the error that ended it, if any.
func frameAll(stream []byte, cuts []int, max int) (msgs [][]byte, end *codec.Error) {
	var f codec.Framer
	start := 0
	for _, cut := range append(slices.Clone(cuts), len(stream)) {
		f.Write(stream[start:cut])
		start = cut
		for {
			m, err := f.Next(max)
			if err != nil {
				return msgs, err
			}
			if m == nil {
				break
			}
			msgs = append(msgs, slices.Clone(m))
		}
	}
	return msgs, nil
}

// header is a header with the length and type given, and no body.
func wireHeader(length int, t codec.MessageType) []byte {
	h := wireMessage(t)
	binary.BigEndian.PutUint16(h[16:], uint16(length))
	return h
}

// TestHeaderErrors is RFC 4271 §6.1, a case a sentence.
func TestHeaderErrors(t *testing.T) {
	badMarker := wireHeader(19, codec.MsgKeepalive)
	badMarker[15] = 0
	almost := wireHeader(19, codec.MsgKeepalive)
	almost[0] = 0xfe
	cases := []struct {
		name   string
		header []byte
		max    int
		sub    uint8
		data   []byte
		mute   bool
	}{
		{"a marker that is not all ones is Connection Not Synchronized",
			badMarker, codec.MaxLen, 1, nil, false},
		{"a length below 19 is Bad Message Length with the field as data",
			wireHeader(18, codec.MsgUpdate), codec.MaxLen, 2, []byte{0, 18}, false},
		{"a length above 4096 is Bad Message Length",
			wireHeader(4097, codec.MsgUpdate), codec.MaxLen, 2, []byte{0x10, 0x01}, false},
		{"a length above what was negotiated is Bad Message Length",
			wireHeader(8193, codec.MsgUpdate), 8192, 2, []byte{0x20, 0x01}, false},
		{"an OPEN below its minimum of 29",
			wireHeader(28, codec.MsgOpen), codec.MaxLen, 2, []byte{0, 28}, false},
		{"an UPDATE below its minimum of 23",
			wireHeader(22, codec.MsgUpdate), codec.MaxLen, 2, []byte{0, 22}, false},
		{"a KEEPALIVE that is not 19",
			wireHeader(20, codec.MsgKeepalive), codec.MaxLen, 2, []byte{0, 20}, false},
		{"a NOTIFICATION below its minimum of 21, which must not be answered (§6.4)",
			wireHeader(20, codec.MsgNotification), codec.MaxLen, 2, []byte{0, 20}, true},
		{"a NOTIFICATION that is too long must not be answered either",
			wireHeader(4097, codec.MsgNotification), codec.MaxLen, 2, []byte{0x10, 0x01}, true},
		{"a type that is not known is Bad Message Type with the field as data",
			wireHeader(19, 255), codec.MaxLen, 3, []byte{255}, false},
		{"type 0 is not known", wireHeader(19, 0), codec.MaxLen, 3, []byte{0}, false},
		{"an OPERATIONAL longer than the session allows",
			wireHeader(4097, codec.MsgOperational), codec.MaxLen, 2, []byte{0x10, 0x01}, false},
		{"type 7 is not known", wireHeader(30, 7), codec.MaxLen, 3, []byte{7}, false},
		{"an OPEN never grows above 4096 (RFC 8654 §4)",
			wireHeader(4097, codec.MsgOpen), codec.MaxExtendedLen, 2, []byte{0x10, 0x01}, false},
		{"nor does a KEEPALIVE", wireHeader(4097, codec.MsgKeepalive), codec.MaxExtendedLen, 2, []byte{0x10, 0x01}, false},
		{"the marker is looked at before the length",
			make([]byte, 19), codec.MaxLen, 1, nil, false},
		{"any octet of the marker counts, and any bit of it", almost, codec.MaxLen, 1, nil, false},
		{"a length that is too small is looked at before the type", wireHeader(18, 255), codec.MaxLen, 2, []byte{0, 18}, false},
		{"and so is one that is too large", wireHeader(4097, 255), codec.MaxLen, 2, []byte{0x10, 0x01}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var f codec.Framer
			f.Write(append(codec.AppendKeepalive(nil), c.header[:18]...))
			m, err := f.Next(c.max)
			require.Nil(t, err)
			require.Len(t, m, codec.HeaderLen, "the message before")
			m, err = f.Next(c.max)
			require.Nil(t, m, "message out of 18 octets")
			require.Nil(t, err, "error before the header is whole")
			f.Write(c.header[18:])
			for range 2 {
				m, err = f.Next(c.max)
				require.Nil(t, m)
				require.NotNil(t, err)
				require.Equal(t, codec.Notification{Code: codec.CodeHeader, Subcode: c.sub, Data: c.data}, err.Notification())
				require.Equal(t, codec.TreatReset, err.Treat)
				require.Equal(t, c.mute, err.NoReply, "whether the error may be answered")
			}
			// The data must outlive the framer's buffer.
			f.Write(make([]byte, 20))
			require.Equal(t, c.data, err.Data, "after the framer has moved its octets")
		})
	}
}

// TestHeaderAccepts holds the other side of each limit.
func TestHeaderAccepts(t *testing.T) {
	for _, c := range []struct {
		t    codec.MessageType
		n    int
		max  int
		name string
	}{
		{codec.MsgOpen, 29, codec.MaxLen, "shortest OPEN"},
		{codec.MsgOpen, 4096, codec.MaxExtendedLen, "longest OPEN"},
		{codec.MsgUpdate, 23, codec.MaxLen, "shortest UPDATE"},
		{codec.MsgUpdate, 4096, codec.MaxLen, "longest UPDATE"},
		{codec.MsgUpdate, 65535, codec.MaxExtendedLen, "longest extended UPDATE"},
		{codec.MsgNotification, 21, codec.MaxLen, "shortest NOTIFICATION"},
		{codec.MsgNotification, 65535, codec.MaxExtendedLen, "longest extended NOTIFICATION"},
		{codec.MsgKeepalive, 19, codec.MaxLen, "KEEPALIVE"},
		{codec.MsgRouteRefresh, 23, codec.MaxLen, "ROUTE-REFRESH"},
		{codec.MsgRouteRefresh, 65535, codec.MaxExtendedLen, "longest extended ROUTE-REFRESH"},
	} {
		want := wireMessage(c.t, make([]byte, c.n-codec.HeaderLen)...)
		got, err := frameAll(want, nil, c.max)
		require.Nil(t, err, c.name)
		require.Equal(t, [][]byte{want}, got, c.name)
	}
}

// TestFramerAnySplit: the messages of a stream, and the error that ends it, do
// not depend on the pieces in which it comes.
func TestFramerAnySplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		var want [][]byte
		for range rapid.IntRange(0, 8).Draw(t, "messages") {
			m := drawMessage(t)
			want = append(want, m)
			stream = append(stream, m...)
		}
		end := rapid.SampledFrom([]string{"whole", "cut", "garbage"}).Draw(t, "end")
		switch end {
		case "cut":
			stream = append(stream, drawMessage(t)...)
			stream = stream[:len(stream)-1]
		case "garbage":
			stream = append(stream, make([]byte, codec.HeaderLen)...)
		}
		cuts := rapid.SliceOfN(rapid.IntRange(0, len(stream)), 0, 20).Draw(t, "cuts")
		slices.Sort(cuts)
		got, err := frameAll(stream, cuts, codec.MaxExtendedLen)
		require.Equal(t, want, got, "cut at %v", cuts)
		require.Equal(t, end == "garbage", err != nil, "error %v at the end of a stream that ends %s", err, end)
	})
}

// TestFramerByteByByte is the longest split there is.
func TestFramerByteByByte(t *testing.T) {
	stream := append(codec.AppendKeepalive(nil), wireMessage(codec.MsgUpdate, 0, 0, 0, 0)...)
	cuts := make([]int, len(stream))
	for i := range cuts {
		cuts[i] = i
	}
	got, err := frameAll(stream, cuts, codec.MaxLen)
	require.Nil(t, err)
	require.Equal(t, [][]byte{codec.AppendKeepalive(nil), wireMessage(codec.MsgUpdate, 0, 0, 0, 0)}, got)
}

// drawMessage is a message of a known type with any body of a good length.
func drawMessage(t *rapid.T) []byte {
	typ := rapid.SampledFrom([]codec.MessageType{codec.MsgOpen, codec.MsgUpdate, codec.MsgNotification,
		codec.MsgKeepalive, codec.MsgRouteRefresh}).Draw(t, "type")
	least := map[codec.MessageType]int{codec.MsgOpen: 10, codec.MsgUpdate: 4, codec.MsgNotification: 2}[typ]
	most := rapid.SampledFrom([]int{least, 40, 4077}).Draw(t, "longest body")
	if typ == codec.MsgKeepalive {
		most = 0
	}
	return wireMessage(typ, rapid.SliceOfN(rapid.Byte(), least, max(least, most)).Draw(t, "body")...)
}

func TestFramerBufferedAndClone(t *testing.T) {
	var f codec.Framer
	f.Write(slices.Repeat(codec.AppendKeepalive(nil), 5)) // room that a shallow clone would share
	for range 5 {
		_, err := f.Next(codec.MaxLen)
		require.Nil(t, err)
	}
	two := append(codec.AppendKeepalive(nil), codec.AppendKeepalive(nil)...)
	f.Write(two[:30])
	require.Equal(t, 30, f.Buffered())
	_, err := f.Next(codec.MaxLen)
	require.Nil(t, err)
	require.Equal(t, 11, f.Buffered())

	g := f.Clone()
	g.Write(two[30:])
	f.Write(make([]byte, 8))
	m, err := g.Next(codec.MaxLen)
	require.Nil(t, err)
	require.Equal(t, codec.AppendKeepalive(nil), m)
	require.Zero(t, g.Buffered())
	require.Equal(t, 19, f.Buffered(), "the clone's octets are its own")
}

// TestFramerKeepsItsBuffer: a stream that is drained after each Write never
// makes the framer grow past its longest message and what came with it.
func TestFramerKeepsItsBuffer(t *testing.T) {
	stream := slices.Repeat(wireMessage(codec.MsgUpdate, make([]byte, 100)...), 50)
	var f codec.Framer
	feed := func() {
		for _, size := range []int{61, len(stream) / 50} { // across messages, and one by one
			for piece := range slices.Chunk(stream, size) {
				f.Write(piece)
				for m, _ := f.Next(codec.MaxLen); m != nil; m, _ = f.Next(codec.MaxLen) {
				}
			}
		}
	}
	require.Zero(t, testing.AllocsPerRun(1, func() {
		for range 100 {
			feed()
		}
	}), "allocations for 10000 messages in steady state")
}

func BenchmarkFramer(b *testing.B) {
	m := wireMessage(codec.MsgUpdate, make([]byte, 81)...)
	stream := slices.Repeat(m, 64)
	var f codec.Framer
	b.ReportAllocs()
	b.SetBytes(int64(len(m)))
	for n := 0; n < b.N; {
		f.Write(stream[:1000])
		f.Write(stream[1000:])
		for m, err := f.Next(codec.MaxLen); m != nil; m, err = f.Next(codec.MaxLen) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
}
