package peers

import (
	"encoding/hex"
	"net/netip"
	"strings"

	"github.com/osrg/gobgp/v4/pkg/packet/bgp"

	"github.com/peerloom/peerloom/codec"
)

// sample is one UPDATE that both libraries write and read.
type sample struct {
	name     string
	attrs    codec.Attrs
	nlri     []codec.NLRI
	withdraw bool
}

// samples are UPDATEs as routers send them, small ones and full ones.
func samples() []sample {
	basic := attrs(codec.Origin(codec.OriginIGP), path(65001, 65002, 65003), codec.NextHop(netip.MustParseAddr("10.0.0.1")))
	rich := attrs(append(basic, codec.MED(100), codec.LocalPref(100), codec.Communities(65001<<16|1, 65001<<16|2),
		codec.ExtCommunities(codec.ExtCommunity{0, 2, 0xfd, 0xe9, 0, 0, 0, 1}),
		codec.LargeCommunities(codec.LargeCommunity{Global: 1, Local1: 2, Local2: 3}))...)
	next6 := attrs(codec.Origin(codec.OriginIGP), path(65001, 65002, 65003), codec.NextHop(netip.MustParseAddr("2001:db8::1")))
	flow := attrs(codec.Origin(codec.OriginIGP), path(65001), codec.ExtCommunities(codec.ExtCommunity{0x80, 6}))
	l3vpn := codec.MakeFamily(1, 128)
	evpn := codec.MakeFamily(25, 70)
	return []sample{
		{name: "8 attributes, 10 NLRI", attrs: rich, nlri: hosts(codec.IPv4Unicast, "192.0.2.0", 10)},
		{name: "800 NLRI", attrs: basic, nlri: hosts(codec.IPv4Unicast, "198.18.0.0", 800)},
		{name: "IPv6 MP_REACH, 50 NLRI", attrs: next6, nlri: hosts(codec.IPv6Unicast, "2001:db8::", 50)},
		{name: "500 withdrawals", nlri: hosts(codec.IPv4Unicast, "198.18.0.0", 500), withdraw: true},
		{name: "100 VPNv4", attrs: rich, nlri: vpn(l3vpn, 100)},
		{name: "EVPN type 2", attrs: rich, nlri: []codec.NLRI{wire(evpn,
			"02 21 0001 0a000001 0064 00000000000000000000 00000000 30 020000000001 00 000641")}},
		{name: "flow specification", attrs: flow, nlri: []codec.NLRI{wire(codec.MakeFamily(1, 133),
			"0f 01 18 c00002 03 81 06 05 91 01bb 06 81 50")}},
	}
}

func attrs(list ...codec.Attr) codec.Attrs {
	var a codec.Attrs
	for _, x := range list {
		a = a.With(x)
	}
	return a
}

func path(as ...uint32) codec.Attr {
	return codec.ASPath(codec.Segment{Type: codec.ASSequence, AS: as})
}

// hosts is n host routes in a row.
func hosts(f codec.Family, first string, n int) []codec.NLRI {
	a := netip.MustParseAddr(first)
	list := make([]codec.NLRI, n)
	for i := range list {
		list[i] = codec.PrefixNLRI(f, netip.PrefixFrom(a, a.BitLen()), 0)
		a = a.Next()
	}
	return list
}

func vpn(f codec.Family, n int) []codec.NLRI {
	list := make([]codec.NLRI, n)
	for i := range list {
		list[i] = wire(f, "70 000641 0000fde900000001 0a00"+hex.EncodeToString([]byte{byte(i)}))
	}
	return list
}

func wire(f codec.Family, digits string) codec.NLRI {
	return codec.NLRI{Family: f, Wire: string(unhex(digits))}
}

func unhex(digits string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// session is what both libraries take as negotiated: AS numbers of four octets,
// an internal session, no path identifiers.
func session() codec.Options { return codec.Options{AS4: true, IBGP: true, MaxLen: codec.MaxLen} }

func (s *sample) append(b []byte, o *codec.Options) ([]byte, int, error) {
	if s.withdraw {
		return codec.AppendWithdraw(b, o, nil, s.nlri)
	}
	return codec.AppendAnnounce(b, o, s.attrs, s.nlri)
}

// gobgpParse reads a message as GoBGP's daemon does: it decodes and validates.
func gobgpParse(msg []byte) (*bgp.BGPMessage, error) {
	m, err := bgp.ParseBGPMessage(msg)
	if err != nil {
		return m, err
	}
	if u, ok := m.Body.(*bgp.BGPUpdate); ok {
		_, err = bgp.ValidateUpdateMsg(u, gobgpFamilies(), false, false, true)
	}
	return m, err
}

func gobgpFamilies() map[bgp.Family]bgp.BGPAddPathMode {
	m := map[bgp.Family]bgp.BGPAddPathMode{}
	for _, f := range []bgp.Family{
		bgp.RF_IPv4_UC, bgp.RF_IPv6_UC, bgp.RF_IPv4_MC, bgp.RF_IPv6_MC, bgp.RF_IPv4_MPLS, bgp.RF_IPv6_MPLS,
		bgp.RF_IPv4_VPN, bgp.RF_IPv6_VPN, bgp.RF_EVPN, bgp.RF_FS_IPv4_UC, bgp.RF_FS_IPv6_UC,
		bgp.RF_FS_IPv4_VPN, bgp.RF_FS_IPv6_VPN, bgp.RF_VPLS, bgp.RF_RTC_UC, bgp.RF_SR_POLICY_IPv4, bgp.RF_LS,
	} {
		m[f] = bgp.BGP_ADD_PATH_NONE
	}
	return m
}
