package capture_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/cmd/internal/capture"
	"github.com/peerloom/peerloom/codec"
)

const keepalive = "ffffffffffffffffffffffffffffffff001304"

// announce is 10.0.0.0/8 with ORIGIN, AS_PATH [65001] of 4 octets and NEXT_HOP.
const announce = "ffffffffffffffffffffffffffffffff002d02 0000 0014 40010100 4002060201 0000fde9 4003040a000001 080a"

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// read gives a line for each record of a file.
func read(t *testing.T, data []byte) []string {
	t.Helper()
	var lines []string
	s := capture.Settings{Options: codec.Options{AS4: true, IBGP: true, MaxLen: codec.MaxExtendedLen}}
	require.NoError(t, capture.Read(bytes.NewReader(data), s, func(r *capture.Record) bool {
		if r.Err != nil {
			lines = append(lines, fmt.Sprintf("%d %v", r.Offset, r.Err))
		} else if r.Table {
			lines = append(lines, codec.DescribeEntry(r.Message, &r.Options))
		} else {
			lines = append(lines, codec.Describe(r.Message, &r.Options))
		}
		return true
	}))
	return lines
}

func Example() {
	_ = capture.Read(bytes.NewReader(unhex(keepalive)), capture.Settings{}, func(r *capture.Record) bool {
		fmt.Println(r.Offset, codec.TypeOf(r.Message))
		return true
	})
	// Output: 0 KEEPALIVE
}

// What is no message is reported with its place, and the next marker is found.
func TestRawMessages(t *testing.T) {
	require.Equal(t, []string{
		"KEEPALIVE",
		"19 no BGP message header; reading on at the next marker",
		"KEEPALIVE",
		"44 3 octets at the end are not a whole message",
	}, read(t, unhex(keepalive+"ffffffffff00"+keepalive+"ffffff")))
}

func TestCompression(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(unhex(keepalive))
	require.NoError(t, z.Close())
	require.Equal(t, []string{"KEEPALIVE"}, read(t, b.Bytes()))
	require.ErrorIs(t, capture.Read(strings.NewReader("hello"), capture.Settings{}, nil), capture.ErrFormat)
}

// mrt is one record of an MRT file.
func mrt(kind, subtype uint16, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, 1_000_000_000)
	b = binary.BigEndian.AppendUint16(b, kind)
	b = binary.BigEndian.AppendUint16(b, subtype)
	data := unhex(body)
	return append(binary.BigEndian.AppendUint32(b, uint32(len(data))), data...)
}

func TestMRT(t *testing.T) {
	const attrs = "40010100 4002060201 0000fde9 4003040a000001"
	const short = "40010100 4002060201 0000fde9 80 0e 11 10 20010db8000000000000000000000001"
	const whole = "UPDATE announce 10.0.0.0/8 next-hop 10.0.0.1 origin igp as-path [65001]"
	index := mrt(13, 1, "0a000001 0000 0001 02 01010101 0a000002 0000fde9")
	for _, c := range []struct {
		name string
		file []byte
		want []string
	}{
		{"BGP4MP_MESSAGE_AS4", mrt(16, 4, "0000fde9 0000fde9 0000 0001 0a000002 0a000001"+announce), []string{whole}},
		{"BGP4MP_MESSAGE, 2-octet AS numbers", mrt(16, 1, "fde9 fde9 0000 0001 0a000002 0a000001 ffffffffffffffffffffffffffffffff002b02 0000 0012 40010100 4002040201 fde9 4003040a000001 080a"), []string{whole}},
		{"BGP4MP_ET", mrt(17, 4, "0000000a 0000fde9 0000fde9 0000 0001 0a000002 0a000001"+keepalive), []string{"KEEPALIVE"}},
		{"BGP4MP_STATE_CHANGE", mrt(16, 0, "fde9 fde9 0000 0001 0a000002 0a000001 0001 0002"), nil},
		{"path identifiers", mrt(16, 9, "0000fde9 0000fde9 0000 0001 0a000002 0a000001 ffffffffffffffffffffffffffffffff003102 0000 0014 40010100 4002060201 0000fde9 4003040a000001 00000007 080a"),
			[]string{"UPDATE announce 10.0.0.0/8 path-information 0.0.0.7 next-hop 10.0.0.1 origin igp as-path [65001]"}},
		{"TABLE_DUMP_V2, IPv4", append(index[:len(index):len(index)], mrt(13, 2, "00000000 080a 0001 0000 3b9aca00 0014"+attrs)...), []string{whole}},
		{"TABLE_DUMP_V2, IPv6, a short MP_REACH_NLRI", mrt(13, 4, "00000000 20 20010db8 0001 0000 3b9aca00 0021"+short),
			[]string{"UPDATE announce 2001:db8::/32 next-hop 2001:db8::1 origin igp as-path [65001]"}},
		{"TABLE_DUMP_V2, RIB_GENERIC", mrt(13, 6, "00000000 0001 01 080a 0001 0000 3b9aca00 0014"+attrs), []string{whole}},
		{"TABLE_DUMP_V2, add-path", mrt(13, 8, "00000000 080a 0001 0000 3b9aca00 00000007 0014"+attrs),
			[]string{"UPDATE announce 10.0.0.0/8 path-information 0.0.0.7 next-hop 10.0.0.1 origin igp as-path [65001]"}},
		{"TABLE_DUMP", mrt(12, 1, "0000 0000 0a000000 08 01 3b9aca00 0a000002 fde9 0012 40010100 4002040201fde9 4003040a000001"), []string{whole}},
		{"attributes that a message must have", mrt(13, 2, "00000000 080a 0001 0000 3b9aca00 0004 40010100"), []string{"UPDATE announce 10.0.0.0/8 origin igp"}},
		{"a record shorter than its fields", mrt(13, 2, "00000000 080a 0001 0000 3b9aca00 00ff 40"), []string{"0 the record is shorter than its fields"}},
		{"octets between records", slicesConcat(mrt(16, 4, "0000fde9 0000fde9 0000 0001 0a000002 0a000001"+keepalive), []byte("xx"), mrt(16, 4, "0000fde9 0000fde9 0000 0001 0a000002 0a000001"+keepalive)),
			[]string{"KEEPALIVE", "51 2 octets are no MRT record", "KEEPALIVE"}},
		{"a record cut off", mrt(16, 4, "0000fde9 0000fde9 0000 0001 0a000002 0a000001"+keepalive)[:30], []string{"0 a record of 39 octets, of which 18 are there"}},
	} {
		require.Equal(t, c.want, read(t, c.file), c.name)
	}
}

func slicesConcat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// capturing writes TCP segments as a router's interface sees them.
type capturing struct {
	t *testing.T
	w *pcapgo.Writer
	n int
}

func (c *capturing) segment(toServer bool, seq uint32, data []byte) {
	ip := &layers.IPv4{Version: 4, IHL: 5, TTL: 1, Protocol: layers.IPProtocolTCP, SrcIP: net.IP{10, 0, 0, 2}, DstIP: net.IP{10, 0, 0, 1}}
	tcp := &layers.TCP{SrcPort: 40000, DstPort: 179, Seq: seq, ACK: true, PSH: true, Window: 1000}
	if !toServer {
		ip.SrcIP, ip.DstIP = ip.DstIP, ip.SrcIP
		tcp.SrcPort, tcp.DstPort = tcp.DstPort, tcp.SrcPort
	}
	require.NoError(c.t, tcp.SetNetworkLayerForChecksum(ip))
	b := gopacket.NewSerializeBuffer()
	eth := &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, EthernetType: layers.EthernetTypeIPv4}
	require.NoError(c.t, gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, eth, ip, tcp, gopacket.Payload(data)))
	c.n++
	ci := gopacket.CaptureInfo{Timestamp: time.Unix(int64(c.n), 0), CaptureLength: len(b.Bytes()), Length: len(b.Bytes())}
	require.NoError(c.t, c.w.WritePacket(ci, b.Bytes()))
}

// A message in pieces, out of order and sent twice, is one message; both OPENs
// say how what follows is read.
func TestPcap(t *testing.T) {
	open := func(as4 bool) []byte {
		o := &codec.Open{Version: 4, AS: 65001, HoldTime: 90, ID: netip.AddrFrom4([4]byte{0, 0, 0, 1})}
		if as4 {
			o.Caps = []codec.Capability{codec.AS4Cap(65001)}
		}
		b, err := codec.AppendOpen(nil, o)
		require.NoError(t, err)
		return b
	}
	var file bytes.Buffer
	w := pcapgo.NewWriter(&file)
	require.NoError(t, w.WriteFileHeader(65535, layers.LinkTypeEthernet))
	c := &capturing{t: t, w: w}
	mine, theirs := open(true), open(false)
	c.segment(true, 1, mine)
	c.segment(false, 1, theirs)
	at := uint32(1 + len(mine))
	update := unhex("ffffffffffffffffffffffffffffffff002b02 0000 0012 40010100 4002040201 fde9 4003040a000001 080a")
	c.segment(true, at+10, update[10:])
	c.segment(true, at, update[:10])
	c.segment(true, at, update[:10])
	lines := read(t, file.Bytes())
	require.Len(t, lines, 3)
	require.Equal(t, "UPDATE announce 10.0.0.0/8 next-hop 10.0.0.1 origin igp as-path [65001]", lines[2])
}

// TestSharedCaptures reads real captures, most of which were made to break
// decoders: nothing panics, and each file gives what it is known to hold.
func TestSharedCaptures(t *testing.T) {
	dir := os.Getenv("PEERLOOM_SHARED")
	if dir == "" {
		t.Skip("PEERLOOM_SHARED does not name the folder with captures/tcpdump and captures/mrt")
	}
	for name, want := range map[string]int{
		"mrt/bview.ipv4_unicast_add_path.gz": 62, "mrt/updates.20020722.2238.gz": 1028, "mrt/updates.20100722.2015.gz": 2153,
		"mrt/updates.long_withdrawal.gz": 1, "mrt/updates.nlri_mask_trailing_bits.gz": 1,
		"tcpdump/bgp-aigp.pcap": 2, "tcpdump/bgp-lu-multiple-labels.pcap": 20, "tcpdump/bgp-large-community.pcap": 5,
		"tcpdump/bgp-role.pcapng": 12, "tcpdump/bgp-orf.pcapng": 2, "tcpdump/bgp_vpn_attrset.pcap": 1,
	} {
		data, err := os.ReadFile(filepath.Join(dir, "captures", name))
		require.NoError(t, err)
		messages := 0
		for _, l := range read(t, data) {
			if l[0] < '0' || l[0] > '9' {
				messages++
			}
		}
		require.Equal(t, want, messages, name)
	}
}

// FuzzRead: whatever a file holds, reading it ends and nothing panics.
func FuzzRead(f *testing.F) {
	f.Add(unhex(keepalive))
	f.Add(mrt(16, 4, "0000fde9 0000fde9 0000 0001 0a000002 0a000001"+keepalive))
	f.Add(mrt(13, 2, "00000000 080a 0001 0000 3b9aca00 0004 40010100"))
	f.Add([]byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x01\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = capture.Read(bytes.NewReader(data), capture.Settings{}, func(r *capture.Record) bool {
			if r.Err == nil {
				_ = codec.Describe(r.Message, &r.Options)
			}
			return true
		})
	})
}
