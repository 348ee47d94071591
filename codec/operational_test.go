package codec_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

func TestOperational(t *testing.T) {
	id := netip.MustParseAddr("10.0.0.1")
	for _, row := range []struct {
		o                codec.Operational
		body, text, json string
	}{
		{codec.Operational{Type: codec.OperationalASM, Family: codec.IPv4Unicast, Advisory: "hi"},
			"0002 0005 0001 01 6869", `asm afi ipv4 safi unicast advisory "hi"`, `{ "name": "ASM", "afi": "ipv4", "safi": "unicast", "advisory": "hi" }`},
		{codec.Operational{Type: codec.OperationalADM, Family: codec.IPv6Unicast, Advisory: "a\nb"},
			"0001 0006 0002 01 610a62", `adm afi ipv6 safi unicast advisory "a\nb"`, `{ "name": "ADM", "afi": "ipv6", "safi": "unicast", "advisory": "a\nb" }`},
		{codec.Operational{Type: codec.OperationalRPCQ, Family: codec.IPv4Unicast, RouterID: id, Sequence: 7},
			"0003 000b 0001 01 0a000001 00000007", "rpcq afi ipv4 safi unicast router-id 10.0.0.1 sequence 7", `{ "name": "RPCQ", "afi": "ipv4", "safi": "unicast" }`},
		{codec.Operational{Type: codec.OperationalLPCP, Family: codec.IPv4Unicast, RouterID: id, Sequence: 7, Counter: 9},
			"0008 000f 0001 01 0a000001 00000007 00000009", "lpcp afi ipv4 safi unicast router-id 10.0.0.1 sequence 7 counter 9",
			`{ "name": "LPCP", "afi": "ipv4", "safi": "unicast", "router-id": "10.0.0.1", "sequence": 7, "counter": 9 }`},
		{codec.Operational{Type: 65535, Value: []byte{1, 2}}, "ffff 0002 0102", "type 65535 value 0x0102", `{ "name": "OPERATIONAL(65535)", "value": "0x0102" }`},
	} {
		msg := codec.AppendOperational(nil, row.o)
		require.Equal(t, wireHex(row.body), codec.Body(msg))
		got, err := codec.DecodeOperational(msg)
		require.Nil(t, err)
		require.Equal(t, row.o, got)
		require.Equal(t, "OPERATIONAL "+row.text, codec.Describe(msg, nil))
		require.Equal(t, row.json, string(got.AppendJSON(nil)))
	}
}

// TestOperationalMalformed: each is ignored; none resets the session.
func TestOperationalMalformed(t *testing.T) {
	for _, body := range []string{"", "0002", "0002 0004 0001 01", "0002 0002 0001 01", "0002 0002 0001", "0003 000a 0001 01 0a000001 000000", "0004 000b 0001 01 0a000001 00000007"} {
		b := wireHex(body)
		msg := append([]byte(strings.Repeat("\xff", 16)), 0, byte(codec.HeaderLen+len(b)), byte(codec.MsgOperational))
		_, err := codec.DecodeOperational(append(msg, b...))
		require.NotNil(t, err, body)
		require.Equal(t, codec.TreatDiscard, err.Treat)
	}
}

func TestParseOperational(t *testing.T) {
	o, err := codec.ParseOperational(strings.Fields("asm afi ipv4 safi unicast advisory hello"))
	require.NoError(t, err)
	require.Equal(t, codec.Operational{Type: codec.OperationalASM, Family: codec.IPv4Unicast, Advisory: "hello", RouterID: netip.IPv4Unspecified()}, o)
	for _, in := range []string{"", "foo", "asm", "asm afi ipv4", "asm afi ipv4 safi", "asm afi ipv4 safi unicast", "asm afi x safi unicast advisory a",
		"asm afi ipv4 safi unicast sequence 1", "rpcq afi ipv4 safi unicast counter 1", "rpcq afi ipv4 safi unicast advisory x",
		"rpcq afi ipv4 safi unicast sequence x", "rpcq afi ipv4 safi unicast router-id ::1", "asm afi ipv4 safi unicast advisory " + strings.Repeat("x", 2049)} {
		_, err := codec.ParseOperational(strings.Fields(in))
		require.Error(t, err, in)
	}
}

// TestOperationalRoundTrip: octets, words and JSON of every kind.
func TestOperationalRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := codec.Operational{
			Type:   codec.OperationalType(rapid.IntRange(1, 8).Draw(t, "type")),
			Family: rapid.SampledFrom(families).Draw(t, "family"), RouterID: netip.IPv4Unspecified(),
		}
		if o.Type <= codec.OperationalASM {
			o.Advisory = rapid.StringMatching(`[ -~]{1,50}`).Draw(t, "advisory")
		} else {
			o.RouterID = genAddr(4).Draw(t, "id")
			o.Sequence = rapid.Uint32().Draw(t, "sequence")
			if o.Type%2 == 0 {
				o.Counter = rapid.Uint32().Draw(t, "counter")
			}
		}
		text, _ := o.AppendText(nil)
		words := strings.Fields(string(text))
		if i := strings.Index(string(text), `"`); i >= 0 {
			words = append(strings.Fields(string(text[:i])), o.Advisory)
		}
		back, err := codec.ParseOperational(words)
		require.NoError(t, err)
		require.Equal(t, o, back)
		require.True(t, json.Valid(o.AppendJSON(nil)))
		if o.Type <= codec.OperationalASM {
			o.RouterID = netip.Addr{} // an advisory has none on the wire
		}
		got, bad := codec.DecodeOperational(codec.AppendOperational(nil, o))
		require.Nil(t, bad)
		require.Equal(t, o, got)
	})
}
