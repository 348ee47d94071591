package command

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker"
)

// TestBlockRoutes: a route in blocks, in one line, and by the command of its
// family is the same route, and prints as it is written.
func TestBlockRoutes(t *testing.T) {
	for _, row := range []struct {
		text  string // of NLRI and attributes
		lines []string
	}{
		{"flow source-ipv4 192.0.2.0/24 protocol =tcp; extended-community [rate-limit:0]", []string{
			"announce flow route { match { source 192.0.2.0/24; protocol tcp; } then { discard; } }",
			"announce flow route a-name { match { protocol tcp; source 192.0.2.0/24; } then { rate-limit 0; } }",
			"announce flow route source 192.0.2.0/24 protocol tcp discard",
			"announce ipv4 flow source-ipv4 192.0.2.0/24 protocol =tcp extended-community [rate-limit:0]",
		}},
		{"flow port =80 rd 65000:1; next-hop 192.0.2.9 extended-community [redirect-to-nexthop]", []string{
			"announce flow route { rd 65000:1; match { port http; } then { redirect 192.0.2.9; } }",
			"announce ipv4 flow-vpn port =80 rd 65000:1 next-hop 192.0.2.9 extended-community [ redirect-to-nexthop ]",
		}},
		{"flow source-ipv6 2001:db8::/32/0; extended-community [interface-set:transitive:input:9:1 mark 10 rate-limit:1000:packets]", []string{
			"announce flow route { match { source 2001:db8::/32; } scope { interface-set [ transitive:input:9:1 ]; } then { rate-limit 1000 packets; mark 10; } }",
			"announce ipv6 flow source-ipv6 2001:db8::/32/0 extended-community [ mark 10 rate-limit:1000:packets interface-set:transitive:input:9:1 ]",
		}},
		{"flow fragment [ first-fragment last-fragment ]; community [65000:1] extended-community [action sample-terminal]", []string{
			"announce flow route { match { fragment [ first-fragment last-fragment ]; } then { action sample-terminal; community [ 65000:1 ]; } }",
		}},
		// The tests of one field in several statements are one list, a list of none is no
		// test, and the words of IPv4 and IPv6 for one field are read in both.
		{"flow destination-ipv4 192.0.2.0/24 protocol =ipip port [ =80 =90 ] icmp-type =source-quench dscp =10; extended-community [action terminal action sample]", []string{
			"announce flow route { match { destination 192.0.2.0/24; next-header ipip; port =80; port [ =90 ]; icmp-type source-quench; source-port [ ]; traffic-class 10; } then { action sample; action terminal; } }",
		}},
		{"flow destination-ipv6 2001:db8::/32/0 next-header =tcp traffic-class =10; extended-community [rate-limit:0]", []string{
			"announce flow route { match { destination 2001:db8::/32; protocol tcp; dscp 10; } then { discard; } }",
		}},
		{"vpls rd 65000:1 endpoint 5 base 10 offset 1 size 8; next-hop 192.0.2.1 extended-community [l2info:19:0:1500:111]", []string{
			"announce vpls rd 65000:1 endpoint 5 base 10 offset 1 size 8 next-hop 192.0.2.1 extended-community [ l2info:19:0:1500:111 ]",
			"announce l2vpn vpls site5 size 8 endpoint 5 base 10 offset 1 rd 65000:1 extended-community l2info:19:0:1500:111 next-hop 192.0.2.1",
		}},
		{"sr-policy distinguisher 1 color 2 endpoint 192.0.2.7; next-hop 192.0.2.1 " +
			"tunnel-encapsulation [preference 9 priority 3 srv6-binding-sid fc00::1 segment-list weight 1 segment type-a mpls 16 segment type-b srv6 fc00::2 endpoint-behavior 65 32 0 16 0 segment-list segment type-a mpls 17 policy-name p]", []string{
			"announce ipv4 sr-policy distinguisher 1 color 2 endpoint 192.0.2.7 next-hop 192.0.2.1 preference 9 priority 3 srv6-binding-sid fc00::1 " +
				"segment-list weight 1 segment type-a mpls 16 segment type-b srv6 fc00::2 endpoint-behavior 65 32 0 16 0 segment-list segment type-a mpls 17 policy-name p",
		}},
		{"rtc origin-as 65000 route-target target:65000:1; next-hop 192.0.2.1", []string{
			"announce ipv4 rtc origin-as 65000 route-target target:65000:1 next-hop 192.0.2.1",
		}},
		{"evpn type 3 rd 65000:1 ethernet-tag 0 ip 192.0.2.1; next-hop 192.0.2.1", []string{
			"announce l2vpn evpn 0x03110000fde8000000010000000020c0000201 next-hop 192.0.2.1",
		}},
	} {
		for _, line := range row.lines {
			c := Parse(line)
			require.Equal(t, speaker.CmdAnnounce, c.Kind, "%s: %s", line, c.Err)
			require.Len(t, c.Routes, 1, line)
			r := c.Routes[0]
			require.Equal(t, row.text, r.NLRI.String()+"; "+r.Attrs.String(), line)
		}
	}
}

// TestWordsTwice: of a word that comes twice the first counts, but attributes by
// number are many.
func TestWordsTwice(t *testing.T) {
	c := Parse("announce route 192.0.2.0/24 next-hop 10.0.0.1 med 1 med 2 community [ 1:1 ] next-hop 10.0.0.2 community [ 2:2 ] attribute [ 0x99 0xc0 0x01 ] attribute [ 0x98 0xc0 0x02 ]")
	require.Equal(t, speaker.CmdAnnounce, c.Kind, c.Err)
	require.Equal(t, "next-hop 10.0.0.1 med 1 community [1:1] attribute [0x98 0xc0 0x02] attribute [0x99 0xc0 0x01]", c.Routes[0].Attrs.String())
}

// TestWrongWordRoutes: what is wrong with them is said, and nothing announced.
func TestWrongWordRoutes(t *testing.T) {
	for _, row := range []struct{ line, want string }{
		{"announce flow route { match { source 192.0.2.0/24; } then { bogus; } }", `unknown attribute "bogus"`},
		{"announce flow route { match { discard; } }", "does not belong into match"},
		{"announce flow route { then { source 192.0.2.0/24; } }", "does not belong into then"},
		{"announce flow route { match { source 192.0.2.0/24; ", "a block is not closed"},
		{"announce flow route { match { source 192.0.2.0/24; } } }", "closes nothing"},
		{"announce flow route { discard; }", "a flow that matches nothing in particular"},
		{"announce flow route { match { source 192.0.2.0/24; } nobody { discard; } }", "is not a block of a flow"},
		{"announce flow route source 192.0.2.0/24 mark 64", "write a number below 64"},
		{"announce flow route source 192.0.2.0/24 rate-limit -1", "is not a rate"},
		{"announce ipv6 flow source 192.0.2.0/24 discard", "of another address family"},
		{"announce vpls rd 65000:1 endpoint 5 base 10 offset 1 size 8", "announce requires nexthop: vpls rd 65000:1"},
		{"announce vpls rd 65000:1 endpoint 5 base 10 size 8 next-hop self", "offset is missing"},
		{"announce vpls rd x endpoint 5 base 10 offset 1 size 8 next-hop self", "is not a route distinguisher"},
		{"announce ipv4 sr-policy color 1 endpoint 192.0.2.7 next-hop self", "distinguisher is missing"},
		{"announce ipv4 sr-policy distinguisher 1 color 1 endpoint 192.0.2.7 next-hop self weight 1", "write segment-list before it"},
		{"announce l2vpn evpn 0x0301 next-hop self", "is not one NLRI of l2vpn evpn"},
	} {
		c := Parse(row.line)
		require.Equal(t, speaker.CmdInvalid, c.Kind, row.line)
		require.Contains(t, c.Err, row.want, row.line)
	}
}
