package config

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

const minimal = `neighbor 127.0.0.1 { router-id 1.2.3.4; local-as 1; peer-as 1; `

func parse(t *testing.T, text string) *speaker.Config {
	t.Helper()
	c, err := Parse("t.conf", []byte(text), DefaultEnv())
	require.NoError(t, err)
	return c
}

func TestDefaults(t *testing.T) {
	n := parse(t, minimal+"}").Neighbors[0]
	require.Equal(t, 180*time.Second, n.HoldTime)
	require.True(t, n.GroupUpdates && n.AutoFlush && n.AdjRIBIn && n.AdjRIBOut)
	require.False(t, n.Passive || n.ManualEOR)
	require.Equal(t, command.AllFamilies(), n.Families)
	require.Equal(t, speaker.Capabilities{AS4: true, ExtendedMessage: true}, n.Caps)
	require.Zero(t, n.Connect)
	require.False(t, n.LocalAddress.IsValid())
}

func TestBareKeywords(t *testing.T) {
	n := parse(t, minimal+`adj-rib-in; adj-rib-out; manual-eor; passive; hold-time 30;
		capability { graceful-restart; route-refresh; operational; add-path send; } }`).Neighbors[0]
	require.False(t, n.AdjRIBIn || n.AdjRIBOut || n.ManualEOR)
	require.True(t, n.Passive && n.Caps.RouteRefresh && n.Caps.Operational)
	require.Equal(t, 30*time.Second, n.Caps.GracefulRestart, "bare graceful-restart is the hold time, wherever that stands")
	require.Equal(t, codec.AddPathSend, n.Caps.AddPath)
}

func TestLexing(t *testing.T) {
	c := parse(t, "process p { run ./x --a=[b,c] \"two words\" 'q\\u0041' \\\n more; encoder json; respawn false; }\n"+
		minimal+"description \"a # in; quotes {\\n\"; # a comment }\n api { processes [p,]; } }")
	require.Equal(t, speaker.Process{Name: "p", Run: []string{"./x", "--a=[b,c]", "two words", "qA", "more"}, JSON: true}, c.Processes[0])
	require.Equal(t, "a # in; quotes {\n", c.Neighbors[0].Description)
	require.Equal(t, []string{"p"}, c.Neighbors[0].API[0].Processes)
}

// TestLeniency: what ExaBGP takes too.
func TestLeniency(t *testing.T) {
	n := parse(t, minimal+`description a b "c d" e; api { processes [ ]; } static {
		attributes next-hop 192.0.2.1 med 5 community [ ] nlri 10.0.0.0/24 10.0.1.0/24;
		attribute { next-hop 192.0.2.2; large-community [ ]; nlri 10.0.2.0/24; } } }`).Neighbors[0]
	require.Equal(t, "a b c d e", n.Description)
	require.Empty(t, n.API[0].Processes)
	var got []string
	for _, r := range n.Routes {
		got = append(got, fmt.Sprint(r.NLRI, " ", r.Attrs))
	}
	require.Equal(t, []string{"10.0.0.0/24 next-hop 192.0.2.1 med 5", "10.0.1.0/24 next-hop 192.0.2.1 med 5", "10.0.2.0/24 next-hop 192.0.2.2"}, got)
}

// TestOpenBlocks: the end of the file ends the blocks that are open.
func TestOpenBlocks(t *testing.T) {
	c := parse(t, minimal+"static { route 10.0.0.0/8 { next-hop 192.0.2.1;")
	require.Len(t, c.Neighbors[0].Routes, 1)
	require.Equal(t, string(Dump(c)), string(Dump(parse(t, string(Dump(c))))))
}

func TestInherit(t *testing.T) {
	c := parse(t, `template { neighbor a { hold-time 9; family { ipv6 unicast; } announce { ipv6 { unicast 2001::/32 next-hop ::1; } } } }
		`+minimal+`inherit a; hold-time 12; family { ipv6 unicast; ipv4 unicast; } static { route 10.0.0.1 next-hop self; route 10.0.0.0/8 { next-hop 1.1.1.1; split /9; } } }`)
	n := c.Neighbors[0]
	require.Equal(t, 12*time.Second, n.HoldTime, "what the neighbor says wins")
	require.Equal(t, codec.FamilySet{codec.IPv6Unicast, codec.IPv4Unicast}, n.Families, "in the order written")
	var got []string
	for _, r := range n.Routes {
		got = append(got, r.NLRI.String())
	}
	require.Equal(t, []string{"2001::/32", "10.0.0.1/32", "10.0.0.0/9", "10.128.0.0/9"}, got)
}

func TestAPISections(t *testing.T) {
	c := parse(t, `process watch-a { run x; } process watch-b { run x; } process other { run x; }
		`+minimal+`api one { processes-match [ "watch-.*" ]; neighbor-changes; fsm; negotiated; signal; send { parsed; open; } receive { packets; consolidate; update; } }
		api two { processes other; } }`)
	require.Equal(t, []speaker.API{
		{Processes: []string{"watch-a", "watch-b"}, NeighborChanges: true, FSM: true, Negotiated: true, Signal: true,
			Send:    speaker.Subscription{Parsed: true, Open: true},
			Receive: speaker.Subscription{Packets: true, Consolidate: true, Update: true}},
		{Processes: []string{"other"}},
	}, c.Neighbors[0].API)
}

// TestErrors has one row a mistake: the text and the whole report.
func TestErrors(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"neighbor 127.0.0.1 {\n local-as x;\n hold-time 2;\n bogus 1;\n}", `
t.conf:1:1: peer-as is missing: write peer-as NUMBER; in it
t.conf:2:11: "x" is not an AS number: write a number from 1 to 4294967295, or auto
t.conf:3:12: "2" is not a hold time: write 0, or 3 to 65535 seconds (RFC 4271 §4.2)
t.conf:4:2: unknown "bogus" in neighbor: write one of `},
		{minimal + "\nfamily { ipv4 bogus; } }", `
t.conf:2:10: unknown address family ipv4 bogus: write one of ` + command.FamilyNames("")},
		{minimal + "\nstatic {\n route 10.0.0.0/8;\n route 10.0.0.0/33 next-hop self;\n route 1.1.1.1 next-hop self aspath 1;\n route 1.1.1.1 { next-hop x; }\n} }", `
t.conf:3:8: announce requires nexthop: 10.0.0.0/8: add next-hop IP or next-hop self
t.conf:4:8: "10.0.0.0/33" is not a prefix: write a prefix such as 10.0.0.0/8
t.conf:5:30: unknown attribute "aspath"
t.conf:6:27: "x" is not a next hop: write an address or self`},
		{minimal + "api { processes [ nobody ]; } }", `
t.conf:1:82: process nobody is not defined: define it with process NAME { … }`},
		{minimal + "passive maybe\n}\n}", `
t.conf:1:64: passive is not ended: end the statement with ;
t.conf:1:72: "maybe" is not a boolean: write true or false
t.conf:3:1: "}" closes nothing: remove it, or open its block with {`},
		{minimal + "description \"x\n; }", `
t.conf:1:76: a quote that is not closed: close it on the same line with "`},
		{minimal + "static { route 10.0.0.0/8 next-hop self", `
t.conf:1:73: route is not ended: end the statement with ;`},
		{"process p { encoder xml; }", `
t.conf:1:1: process p runs nothing: write run PROGRAM ARGUMENTS;
t.conf:1:21: unknown encoder "xml": write text or json`},
		{minimal + "} " + minimal + "}", `
t.conf:1:66: neighbor 127.0.0.1 is defined twice: remove one of them`},
		{minimal + "inherit t; }", `
t.conf:1:72: template t is not defined before it is inherited: define it with template { neighbor NAME { … } }`},
	} {
		c, err := Parse("t.conf", []byte(row.text), DefaultEnv())
		require.Error(t, err, row.text)
		require.Nil(t, c, "a wrong configuration gives none of it")
		require.Contains(t, err.Error(), strings.TrimPrefix(row.want, "\n"), row.text)
	}
}

func TestWatchdogAndLinkLocal(t *testing.T) {
	n := parse(t, minimal+`local-link-local fe80::1; static {
		route 10.0.0.1 next-hop self watchdog w withdraw; route 10.0.0.2 { next-hop self; watchdog w; } route 10.0.0.3 next-hop self withdraw; } }`).Neighbors[0]
	require.Equal(t, "fe80::1", n.LinkLocal.String())
	var got []string
	for _, r := range n.Routes {
		got = append(got, fmt.Sprintf("%v %q %t", r.NLRI, r.Watchdog, r.Withdrawn))
	}
	require.Equal(t, []string{"10.0.0.1/32 \"w\" true", "10.0.0.2/32 \"w\" false", "10.0.0.3/32 \"\" false"}, got)
	_, err := Parse("t.conf", []byte(minimal+"local-link-local ::1; }"), DefaultEnv())
	require.ErrorContains(t, err, `"::1" is not a link-local address`)
}

func TestPrefixLimit(t *testing.T) {
	n := parse(t, minimal+"prefix-limit { ipv4 unicast 1000; ipv6 unicast 2147483647; } }").Neighbors[0]
	require.Equal(t, []speaker.PrefixLimit{{Family: codec.IPv4Unicast, Max: 1000}, {Family: codec.IPv6Unicast, Max: 1<<31 - 1}}, n.PrefixLimits)
	for text, want := range map[string]string{
		"prefix-limit { ipv4 unicast; }":                     `"" is not a number of routes: write ipv4 unicast 1000;`,
		"prefix-limit { ipv4 unicast 0; }":                   `"0" is not a number of routes`,
		"prefix-limit { ipv4 unicast 5 6; }":                 `unexpected "6"`,
		"prefix-limit { ipv4 unicast 5; ipv4 unicast 6; }":   "a second limit of ipv4 unicast",
		"adj-rib-in false; prefix-limit { ipv4 unicast 5; }": "nothing is counted: write adj-rib-in true;",
	} {
		_, err := Parse("t.conf", []byte(minimal+text+" }"), DefaultEnv())
		require.ErrorContains(t, err, want, text)
	}
}

func TestRateLimit(t *testing.T) {
	for text, want := range map[string]int{"": 0, "rate-limit 0;": 0, "rate-limit 5; rate-limit disable;": 0, "rate-limit 5;": 5, "rate-limit 1000000;": 1_000_000} {
		require.Equal(t, want, parse(t, minimal+text+" }").Neighbors[0].RateLimit, text)
	}
	for _, text := range []string{"many", "-1", "1000001", "99999999999"} {
		_, err := Parse("t.conf", []byte(minimal+"rate-limit "+text+"; }"), DefaultEnv())
		require.ErrorContains(t, err, strconv.Quote(text)+" is not a number of messages in a second: write rate-limit 1; to rate-limit 1000000; or 0: no limit")
	}
}

// TestSuite parses the shared configurations, and checks that those which need
// what is not there say so rather than being half read.
func TestSuite(t *testing.T) {
	root := os.Getenv("PEERLOOM_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	root = filepath.Join(root, "exabgp", "suite")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no shared suite: set PEERLOOM_SHARED")
	}
	parsed := 0
	require.NoError(t, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".conf" {
			return err
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		c, err := Parse(filepath.Base(path), text, DefaultEnv())
		if err != nil {
			require.Contains(t, err.Error(), "not supported yet")
			for _, line := range strings.Split(err.Error(), "\n") {
				require.Contains(t, line, "not supported yet")
			}
			t.Log(err)
			return nil
		}
		require.NotEmpty(t, c.Neighbors)
		parsed++
		return nil
	}))
	require.GreaterOrEqual(t, parsed, 25)
}

// TestAnnounceFamilies: routes of the families whose sections hold them.
func TestAnnounceFamilies(t *testing.T) {
	c := parse(t, minimal+`
		static { route 10.0.0.0/24 { rd 65000:1; label [ 5 6 ]; next-hop 10.0.0.1; split /25; } }
		announce {
			ipv4 {
				nlri-mpls 10.1.0.0/16 label 800001 next-hop 10.0.0.1 bgp-prefix-sid [ 300, [ ( 800000,4096 ), ( 1000000,5000 ) ] ];
				mpls-vpn 10.1.0.0/16 rd 1:1 label 5 next-hop 10.0.0.1;
				mcast-vpn source-ad source 10.0.0.1 group 239.0.0.1 rd 1:1 next-hop 10.0.0.1;
				mup mup-t1st 10.0.0.1/32 rd 1:1 teid 1 qfi 9 endpoint 10.0.0.9 next-hop 2001::1 bgp-prefix-sid-srv6 ( l3-service 2001:db8:1:1:: 0x48 [64,24,16,0,0,0] );
			}
			ipv6 { mup { mup-dsd 2001::1; rd 1:1; next-hop 2001::1; } }
		}
	}`)
	var got []string
	for _, r := range c.Neighbors[0].Routes {
		got = append(got, r.NLRI.Family.String()+" "+r.NLRI.String())
	}
	require.Equal(t, []string{
		"ipv4 mpls-vpn 10.0.0.0/25 rd 65000:1 label [5 6]",
		"ipv4 mpls-vpn 10.0.0.128/25 rd 65000:1 label [5 6]",
		"ipv4 nlri-mpls 10.1.0.0/16 label 800001",
		"ipv4 mpls-vpn 10.1.0.0/16 rd 1:1 label 5",
		"ipv4 mcast-vpn source-ad source 10.0.0.1 group 239.0.0.1 rd 1:1",
		"ipv4 mup mup-t1st 10.0.0.1/32 rd 1:1 teid 1 qfi 9 endpoint 10.0.0.9",
		"ipv6 mup mup-dsd 2001::1 rd 1:1",
	}, got)
}

// TestOperationalAndPathsLimit: what is read is dumped and read again.
func TestOperationalAndPathsLimit(t *testing.T) {
	text := minimal + `capability { operational; add-path send/receive; link-local-prefer; } add-path { ipv4 unicast limit 3; ipv6 unicast; }
		operational { asm afi ipv4 safi unicast advisory "hello, world"; rpcq afi ipv6 safi unicast sequence 7; }
		announce { bgp-ls { bgp-ls node protocol 2 identifier 0 local-node [ autonomous-system 65000 ] next-hop 10.0.0.1 link-state [ node-name r1 ]; } l2vpn { evpn type 3 rd 65000:1 ethernet-tag 0 ip 192.0.2.1 next-hop 10.0.0.1 pmsi-tunnel ( ingress-replication 0 1600 10.0.0.1 ); } } }`
	c := parse(t, text)
	n := c.Neighbors[0]
	require.Equal(t, []codec.PathsLimit{{Family: codec.IPv4Unicast, Limit: 3}}, n.Caps.PathsLimit)
	require.Len(t, n.Operational, 2)
	require.Equal(t, "hello, world", n.Operational[0].Advisory)
	require.Len(t, n.Routes, 2)
	require.Equal(t, "bgp-ls node protocol 2 identifier 0 local-node [ autonomous-system 65000 ]", n.Routes[0].NLRI.String())
	dump := string(Dump(c))
	again, err := Parse("dump.conf", []byte(dump), DefaultEnv())
	require.NoError(t, err, dump)
	require.Equal(t, dump, string(Dump(again)))
	require.Equal(t, n.Operational, again.Neighbors[0].Operational)
	require.Equal(t, n.Caps.PathsLimit, again.Neighbors[0].Caps.PathsLimit)
	for _, bad := range []string{"add-path { ipv4 unicast limit 0; } }", "operational { asm afi ipv4; } }"} {
		_, err := Parse("t.conf", []byte(minimal+bad), DefaultEnv())
		require.Error(t, err, bad)
	}
}
