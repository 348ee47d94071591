package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func roundTrip(t *testing.T, name string, text []byte, env Env) bool {
	c, err := Parse(name, text, env)
	if err != nil {
		return false
	}
	dump := Dump(c)
	again, err := Parse("dump", dump, env)
	require.NoError(t, err, "%s:\n%s", name, dump)
	require.Equal(t, c, again, "%s:\n%s", name, dump)
	require.Equal(t, string(dump), string(Dump(again)))
	return true
}

// TestDumpParsesBack: what is dumped means what was read, every field of it.
func TestDumpParsesBack(t *testing.T) {
	env := DefaultEnv()
	env.TCPPort = 1790
	require.True(t, roundTrip(t, "t.conf", []byte(`
process "a b" { run ./x --a=[b,c] "two words" 'q"\\' "\n"; encoder json; respawn false; }
process c { run /bin/c; }
template { neighbor t { family { ipv6 unicast; ipv4 unicast; ipv4 multicast; } } }
neighbor 127.0.0.1 {
	inherit t; description "x \"y\" {"; router-id 1.2.3.4; local-address 127.0.0.2; local-as 65536; peer-as auto; hold-time 0;
	connect-retry 7; delay-open 2; send-hold-time 600; damp-peer-oscillations; idle-hold-max 60; notify-without-open;
	listen 1179; connect 1178; rate-limit 5; passive; group-updates false; auto-flush false; adj-rib-in; adj-rib-out; manual-eor true;
	host-name h; domain-name d;
	capability { asn4 false; extended-message false; route-refresh; graceful-restart 120; add-path send/receive; software-version; multi-session; operational; aigp; link-local-nexthop; }
	add-path { ipv4 unicast; }
	nexthop { ipv4 unicast ipv6; }
	api { processes [ "a b" c ]; neighbor-changes; fsm; signal; negotiated; send { packets; update; keepalive; } receive { parsed; consolidate; open; notification; refresh; operational; } }
	api { processes [ c ]; }
	static {
		route 10.0.0.0/8 next-hop self path-information 1.2.3.4 med 5 community [ 1:1 no-export ] as-path [ 1 2 ( 3 4 ) ] watchdog w withdraw;
		route 2001:db8::/32 next-hop 2001:db8::1 large-community 1:2:3 extended-community target:1:2;
		route 11.0.0.0/8 next-hop 1.2.3.4 as-path [ ] split /9;
	}
	announce { ipv4 { multicast 232.0.0.0/8 next-hop 1.2.3.4 attribute [ 0x20 0xc0 0x000000010000000200000003 ]; } }
}
neighbor ::1 { router-id 1.2.3.4; local-link-local fe80::1; local-as 1; peer-as 1; send-hold-time off; prefix-limit { ipv4 unicast 1000; ipv6 unicast 5; } }
`), env))
}

func TestDumpOfTheSuite(t *testing.T) {
	root := os.Getenv("PEERLOOM_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	root = filepath.Join(root, "exabgp", "suite")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no shared suite: set PEERLOOM_SHARED")
	}
	n := 0
	require.NoError(t, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".conf" {
			return err
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		if roundTrip(t, filepath.Base(path), text, DefaultEnv()) {
			n++
		}
		return nil
	}))
	require.GreaterOrEqual(t, n, 25)
}
