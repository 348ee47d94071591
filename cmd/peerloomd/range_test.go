package main

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/config"
)

// Peers of a range connect, from any of its addresses; each has a session and
// goes with it. Another is refused.
func TestRangeOfPeers(t *testing.T) {
	h, at := piped(t, "helper"), freePort(t)
	d := launch(t, h.section+"neighbor 127.0.0.0/28 {\n\tpassive true;\n\trouter-id 1.2.3.4;\n\tlocal-address 127.0.0.1;\n\tlocal-as 1;\n\tpeer-as 1;\n\tfamily { ipv4 unicast; }\n\t"+
		listens("helper")+"\n\t"+static(1)+"\n}\n", "exabgp_tcp_bind=127.0.0.1", fmt.Sprintf("exabgp_tcp_port=%d", at.Port))
	d.logs("process started")
	h.says("announce " + route(2))
	var peers []*wire
	for n := range 3 {
		w := farPeer(t, 5+n).dials(at)
		open := w.hearsOf("1 ")
		w.says(1, mirrored(open, fmt.Sprintf("0102030%d", 5+n)))
		w.says(4, "")
		require.Contains(t, w.hearsOf("2 "), told(1))
		peers = append(peers, w)
	}
	h.says("announce " + route(3))
	for _, w := range peers {
		for m := ""; m != told(3); {
			m = w.hearsOf("2 ")
			m = m[max(0, len(m)-len(told(3))):]
		}
	}
	stranger := farPeer(t, 99).dials(at)
	require.Equal(t, "closed", stranger.hears())
	d.logs("connection from 127.0.0.99", "no neighbor is configured for it")
	require.NoError(t, peers[0].nc.Close())
	d.logs("session down", "127.0.0.5")
	again := farPeer(t, 5).dials(at)
	again.says(1, mirrored(again.hearsOf("1 "), "01020305"))
	again.says(4, "")
	all := ""
	for m := again.hearsOf("2 "); m != endOfRIB; m = again.hearsOf("2 ") {
		all += m
	}
	for n := 1; n <= 3; n++ {
		require.Contains(t, all, told(n))
	}
}

// A port of all addresses takes in that of one of them.
func TestBindTakesInWhatNeighborsSay(t *testing.T) {
	env := config.DefaultEnv()
	env.TCPBind, env.TCPPort = []netip.Addr{netip.IPv4Unspecified()}, 1790
	c, err := config.Parse("t.conf", []byte("neighbor 127.0.0.2 { listen 1790; local-address 127.0.0.1; local-as 1; peer-as 1; }"+
		"neighbor 127.0.0.3 { listen 1791; local-address 127.0.0.1; local-as 1; peer-as 1; }"), env)
	require.NoError(t, err)
	s, err := speaker.New(*c, nil)
	require.NoError(t, err)
	require.Equal(t, []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:1790"), netip.MustParseAddrPort("127.0.0.1:1791")}, s.Listen())
}
