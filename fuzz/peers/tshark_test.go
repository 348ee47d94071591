package peers

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
)

// drawn is how many UPDATEs are drawn for tshark, beside the samples.
const drawn = 20000

// others are routes of the families that samples lacks, as on the wire.
func others() []sample {
	next := attrs(codec.Origin(codec.OriginIGP), path(65001), codec.NextHop(netip.MustParseAddr("10.0.0.1")))
	family := func(afi codec.AFI, safi codec.SAFI, digits string) sample {
		f := codec.MakeFamily(afi, safi)
		return sample{name: f.String(), attrs: next, nlri: []codec.NLRI{wire(f, digits)}}
	}
	return []sample{
		family(1, 2, "18c00002"),                                      // multicast
		family(1, 4, "30 000641 c00002"),                              // labelled
		family(25, 65, "0011 0000fde900000001 0005 0001 0008 000641"), // VPLS
		family(25, 70, "03 11 0001 0a000001 0064 00000000 20 0a000001"),
		family(1, 132, "60 0000fde9 0002fde900000064"),  // RTC
		family(1, 5, "01 0c 0000fde900000001 0a000001"), // MVPN
	}
}

// TestTshark: another decoder finds none of the messages that we write
// malformed, and reads the same values from them.
func TestTshark(t *testing.T) {
	program, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed (Debian: apt-get install tshark)")
	}
	var messages [][]byte
	o := session()
	for _, s := range append(samples(), others()...) {
		msg, _, err := s.append(nil, &o)
		require.NoError(t, err, s.name)
		messages = append(messages, msg)
	}
	draw := rapid.Custom(drawUpdate)
	for i := range drawn {
		msg := frame(draw.Example(i))
		if r := ours(msg); r.treat == codec.TreatNone && !guessed(msg) {
			messages = append(messages, msg)
		}
	}
	require.Greater(t, len(messages), drawn/100)
	got := tshark(t, program, messages)
	for i, msg := range messages {
		require.Equal(t, expected(msg, &o), got[i], "%x", msg)
	}
}

// guessed reports whether tshark guesses at an UPDATE: it takes one with octets
// of zero, which a default route has, for one with path identifiers, and it
// wants to know every family.
func guessed(msg []byte) bool {
	x := exchange{}
	cut(msg, &x)
	if v := x.find(codec.AttrMPReach); len(v) > 4 && v[min(4+int(v[3]), len(v)-1)] != 0 {
		return true // it reads the reserved octet as RFC 2858 did
	}
	if strange(x.find(codec.AttrMPReach)) || strange(x.find(codec.AttrMPUnreach)) {
		return true
	}
	for _, b := range [][]byte{x.nlri, x.withdrawn} {
		for ; len(b) > 0; b = b[1+(int(b[0])+7)/8:] {
			if b[0] == 0 {
				return true
			}
		}
	}
	return false
}

// strange reports whether v is of another family than IPv4 and IPv6 unicast.
func strange(v []byte) bool {
	return len(v) > 2 && (v[0] != 0 || v[1] != 1 && v[1] != 2 || v[2] != 1)
}

// fields are what is compared, by tshark's names. The last one is there when
// tshark finds a packet malformed.
func fields() []string {
	const attribute = "bgp.update.path_attribute."
	return []string{
		attribute + "origin", attribute + "multi_exit_disc", attribute + "local_pref", attribute + "next_hop",
		attribute + "community_as", attribute + "as_path_segment.as4", "bgp.nlri_prefix", "bgp.withdrawn_prefix", "_ws.malformed",
	}
}

// expected is what tshark ought to say of a message, field by field.
func expected(msg []byte, o *codec.Options) string {
	var d codec.Decoder
	u := d.Update(msg, o)
	values := make([]string, len(fields()))
	add := func(i int, v any) {
		if values[i] != "" {
			values[i] += ","
		}
		values[i] += fmt.Sprint(v)
	}
	for _, a := range u.Attrs {
		switch a.Type {
		case codec.AttrOrigin:
			add(0, a.Value[0])
		case codec.AttrMED, codec.AttrLocalPref:
			v, _ := u.Attrs.Uint32(a.Type)
			add(map[codec.AttrType]int{codec.AttrMED: 1, codec.AttrLocalPref: 2}[a.Type], v)
		case codec.AttrCommunities:
			for v := a.Value; len(v) > 0; v = v[4:] {
				if as := int(v[0])<<8 | int(v[1]); as != 0 && as != 0xffff { // reserved (RFC 1997)
					add(4, as)
				}
			}
		case codec.AttrASPath:
			segments, _ := u.Attrs.ASPathSegments()
			for _, s := range segments {
				for _, as := range s.AS {
					add(5, as)
				}
			}
		}
	}
	x := exchange{}
	cut(msg, &x)
	if v := x.find(codec.AttrNextHop); len(v) == 4 {
		add(3, netip.AddrFrom4([4]byte(v)))
	}
	for i, b := range [][]byte{x.nlri, x.withdrawn} {
		for ; len(b) > 0; b = b[1+(int(b[0])+7)/8:] {
			var a [4]byte
			copy(a[:], b[1:1+(int(b[0])+7)/8])
			add(6+i, netip.AddrFrom4(a))
		}
	}
	return strings.Join(values, "|")
}

// tshark decodes the messages, each a TCP segment of its own, and answers a
// line for each.
func tshark(t *testing.T, program string, messages [][]byte) []string {
	var file bytes.Buffer
	w := pcapgo.NewWriter(&file)
	require.NoError(t, w.WriteFileHeader(65535, layers.LinkTypeEthernet))
	seq := uint32(1)
	for i, m := range messages {
		ip := &layers.IPv4{Version: 4, IHL: 5, TTL: 1, Id: uint16(i), Protocol: layers.IPProtocolTCP, SrcIP: net.IP{10, 0, 0, 2}, DstIP: net.IP{10, 0, 0, 1}}
		tcp := &layers.TCP{SrcPort: 40000, DstPort: 179, Seq: seq, ACK: true, PSH: true, Window: 65535}
		require.NoError(t, tcp.SetNetworkLayerForChecksum(ip))
		b := gopacket.NewSerializeBuffer()
		eth := &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, EthernetType: layers.EthernetTypeIPv4}
		require.NoError(t, gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, eth, ip, tcp, gopacket.Payload(m)))
		ci := gopacket.CaptureInfo{Timestamp: time.Unix(int64(i), 0), CaptureLength: len(b.Bytes()), Length: len(b.Bytes())}
		require.NoError(t, w.WritePacket(ci, b.Bytes()))
		seq += uint32(len(m))
	}
	args := []string{"-r", "-", "-o", "bgp.asn_len:4", "-T", "fields", "-E", "separator=|"}
	for _, f := range fields() {
		args = append(args, "-e", f)
	}
	cmd := exec.Command(program, args...)
	cmd.Stdin = &file
	out, err := cmd.Output()
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	require.Len(t, lines, len(messages), strconv.Quote(strings.Join(args, " ")))
	return lines
}
