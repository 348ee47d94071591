package config

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// A neighbor may be a range of peers, which must be passive.
func TestRanges(t *testing.T) {
	const rest = " local-as 1; peer-as 1; router-id 1.2.3.4; }"
	for text, want := range map[string]string{
		"10.0.0.0/24": "10.0.0.0/24", "10.0.0.5/24": "10.0.0.0/24", "10.0.0.5/32": "10.0.0.5", "2001:db8::/32": "2001:db8::/32",
	} {
		text = "neighbor " + text + " { passive true;" + rest
		n := parse(t, text).Neighbors[0]
		require.Equal(t, want, n.Peers())
		require.True(t, roundTrip(t, "t.conf", []byte(text), DefaultEnv()))
	}
	two := "neighbor 10.0.0.0/24 { passive;" + rest
	parse(t, two+"neighbor 10.0.0.0/25 { passive;"+rest+"neighbor 10.0.0.0 {"+rest)
	for text, want := range map[string]string{
		"neighbor 10.0.0.0/24 {" + rest:          "a range and is not passive: nobody could be dialled: write passive true; in it",
		"neighbor 10.0.0.0/33 { passive;" + rest: `"10.0.0.0/33" is not an address: write neighbor IP { … } or neighbor PREFIX { … }`,
		two + two:                                "neighbor 10.0.0.0/24 is defined twice",
		"neighbor 10.0.0.0/24 { passive; local-address ::1;" + rest: "are of different address families",
	} {
		_, err := Parse("t.conf", []byte(text), DefaultEnv())
		require.ErrorContains(t, err, want, text)
	}
}

func TestBind(t *testing.T) {
	e, err := ParseEnv([]string{"exabgp_tcp_bind=127.0.0.1 ::1"})
	require.NoError(t, err)
	c, err := Parse("t.conf", []byte(minimal+" }"), e)
	require.NoError(t, err)
	require.Equal(t, []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:179"), netip.MustParseAddrPort("[::1]:179")}, c.Bind)
}
