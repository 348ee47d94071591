package command

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker"
)

// The index that a route is listed with removes that route, whatever its family,
// path and labels.
func TestIndexNamesOneRoute(t *testing.T) {
	for _, line := range []string{
		"announce route 10.2.0.0/24 next-hop 10.0.0.1",
		"announce route 10.2.0.0/24 next-hop 10.0.0.1 path-information 0.0.0.7",
		"announce route 0.0.0.0/0 next-hop 10.0.0.1",
		"announce ipv6 unicast 2001:db8::/32 next-hop 2001:db8::1",
		"announce ipv4 mpls-vpn 10.2.0.0/24 rd 65000:1 label 800 next-hop 10.0.0.1",
		"announce flow route { match { source 10.0.0.1/32; } then { discard; } }",
		"announce vpls rd 192.0.2.1:123 endpoint 5 base 10702 offset 1 size 8 next-hop 192.0.2.1",
	} {
		var p Parser
		c := p.Parse(line)
		require.Equal(t, speaker.CmdAnnounce, c.Kind, "%s: %s", line, c.Err)
		r := speaker.Reply{OK: true, Value: &speaker.RoutesReply{Show: speaker.Show{JSON: true, Index: true}, Routes: []speaker.PeerRoute{{Route: c.Routes[0]}}}}
		index := string(AppendIndex(nil, c.Routes[0].NLRI))
		require.Contains(t, string(AppendReply(nil, &r)), `", "index": "`+index+`"}]}}`)
		remove := p.Parse("peer * routes remove index " + index)
		require.Equal(t, speaker.CmdWithdraw, remove.Kind, remove.Err)
		require.Equal(t, c.Routes[0].NLRI.Key(), remove.Routes[0].NLRI.Key(), line)
	}
}

func TestIndexThatIsNone(t *testing.T) {
	for _, index := range []string{"", "xyz", "0001", "00010100000000", "00010100000000210a000000ff", "00010100000000080a080a", "09090900000000080a"} {
		var p Parser
		c := p.Parse("routes remove index " + index)
		require.Equal(t, speaker.CmdInvalid, c.Kind, index)
		require.Contains(t, c.Err, "write the index that routes list shows")
	}
}
