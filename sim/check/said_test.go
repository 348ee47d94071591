package check_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/check"
)

// TestReadCommand has the octets of what words say, counted by hand from the RFCs.
func TestReadCommand(t *testing.T) {
	for _, x := range []struct{ line, want string }{
		{"announce route 10.0.0.0/8 next-hop self med 258", "announce 1/1 0 080a: 4003 80040000010 2"},
		{"withdraw route 10.1.2.3", "withdraw 1/1 0 200a010203:"},
		{"announce ipv6 unicast 2001:db8::/33 next-hop 2001:db8::9 path-information 0.0.1.2", "announce 2/1 258 2120010db800: 400320010db8000000000000000000000009"},
		{"announce route 10.0.0.0/8 next-hop 10.0.0.9 label [ 100 200 ] rd 65001:2", "announce 1/128 0 78000640000c810000fde9000000020a: 40030a000009"},
		{"announce route 10.0.0.0/8 next-hop 10.0.0.9 label 3 rd 1.2.3.4:5", "announce 1/128 0 6000003100010102030400050a: 40030a000009"},
		{"announce route 10.0.0.0/8 next-hop self community [ 65001:1 no-export 1:2 ]", "announce 1/1 0 080a: 4003 c00800010002fde90001ffffff01"},
		{"announce route 10.0.0.0/8 next-hop self as-path [ 1 2 ( 3 4200000001 ) ]", "announce 1/1 0 080a: 4002020200000001000000020102 00000003fa56ea01 4003"},
		{"announce route 10.0.0.0/8 next-hop self split /9", "announce 1/1 0 090a00: 4003 1/1 0 090a80: 4003"},
		{"announce route 10.0.0.0/8 next-hop self aggregator ( 65001:1.2.3.4 ) origin egp", "announce 1/1 0 080a: 400101 4003 c0070000fde901020304"},
		{"announce attributes next-hop self nlri 10.0.0.0/8 11.0.0.0/8", "announce 1/1 0 080a: 4003 1/1 0 080b: 4003"},
		{"announce flow route destination 10.0.0.0/8 destination-port [ =80 >=300 ] discard", ""},
		{"announce flow route destination 10.0.0.0/8 destination-port [ =80 >300&<400 ] rate-limit 9600", "announce 1/133 0 0c01080a05015012012cd4 0190: c010800600004 6160000"},
		{"announce flow route source 10.0.0.0/8 redirect 65001:12345", "announce 1/133 0 0302080a: c0108008fde900003039"},
		{"announce route 10.0.0.0/8 next-hop self extended-community [ target:65001:1 origin:1.2.3.4:5 ]", "announce 1/1 0 080a: 4003 c0100002fde9000000010103010203040005"},
		{"announce eor ipv6 mpls-vpn", "announce eor 2/128"},
		{"announce route 10.0.0.0/8", ""},
		{"announce route 10.0.0.0/8 next-hop self frobnicate", ""},
	} {
		s, known := check.ReadCommand(x.line)
		require.Equal(t, x.want != "", known, x.line)
		if !known {
			continue
		}
		got := s.What
		if s.AFI != 0 {
			got += fmt.Sprintf("%d/%d", s.AFI, s.SAFI)
		}
		for _, r := range s.Routes {
			got += fmt.Sprintf("%d/%d %d %x:", r.AFI, r.SAFI, r.PathID, r.Wire)
			for _, a := range r.Attrs {
				got += fmt.Sprintf("%02x%02x%s", a.Flags, a.Type, hex.EncodeToString([]byte(a.Value)))
			}
		}
		bare := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		require.Equal(t, bare(x.want), bare(got), x.line)
	}
}

func TestJudgeCommand(t *testing.T) {
	line := "neighbor 10.0.0.2 local-ip 10.0.0.1 teardown 4 a text"
	s, known := check.ReadCommand(line)
	require.True(t, known)
	require.Nil(t, check.JudgeCommand(&check.SaidMode{}, line, &s))
	for _, change := range []func(s *check.Said){
		func(s *check.Said) { s.Number = 2 },
		func(s *check.Said) { s.Text = "a" },
		func(s *check.Said) { s.To[0].LocalIP = s.To[0].Address },
		func(s *check.Said) { s.To = nil },
	} {
		other := s
		other.To = append([]check.SaidPeer(nil), s.To...)
		change(&other)
		require.ErrorContains(t, check.JudgeCommand(&check.SaidMode{}, line, &other), "SAID-01")
	}
}

// How lines are answered is asked for by lines before them.
func TestSaidMode(t *testing.T) {
	var m check.SaidMode
	for _, x := range []struct {
		line        string
		quiet, sync bool
	}{
		{"version", false, false},
		{"disable-ack", false, false}, {"version", true, false},
		{"enable-ack", false, false}, {"version", false, false},
		{"silence-ack", true, false}, {"version", true, false}, {"enable-ack", false, false},
		{"debug me", true, false},
		{"enable-sync", false, false}, {"version", false, true},
		{"disable-sync", false, true}, {"version", false, false},
	} {
		quiet, sync := m.Line(x.line)
		require.Equal(t, []bool{x.quiet, x.sync}, []bool{quiet, sync}, x.line)
	}
}

func TestJudgeAnswers(t *testing.T) {
	var m check.SaidMode
	s, _ := check.ReadCommand("flush adj-rib out async id r7")
	require.Equal(t, "r7", s.ID)
	require.False(t, s.Sync)
	require.Nil(t, check.JudgeCommand(&m, "enable-sync", &check.Said{}))
	require.Nil(t, check.JudgeCommand(&m, "flush adj-rib out async id r7", &s))
	require.NotNil(t, check.JudgeCommand(&m, "flush adj-rib out id r7", &s), "it waits")
	require.NotNil(t, check.JudgeCommand(&m, "flush adj-rib out async id r8", &s))
	s.Quiet = true
	require.NotNil(t, check.JudgeCommand(&m, "flush adj-rib out async id r7", &s))
}
