package event

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/speaker"
)

var (
	now  = time.Unix(1795362038, 126631700)
	peer = speaker.PeerInfo{LocalAddress: netip.MustParseAddr("127.0.0.1"), PeerAddress: netip.MustParseAddr("127.0.0.1"),
		LocalAS: 1, PeerAS: 1, RouterID: netip.MustParseAddr("1.2.3.4")}
)

const (
	h = `{ "exabgp": "6.0.0", "time": 1795362038.126631700, "host" : "vm", "pid" : 3, "ppid" : 1, "counter": 3, `
	n = `"neighbor": { "address": { "local": "127.0.0.1", "peer": "127.0.0.1" }, "asn": { "local": 1, "peer": 1 }, "router-id": "1.2.3.4" , `
)

func attrs(list ...codec.Attr) (a codec.Attrs) {
	for _, one := range list {
		a = a.With(one)
	}
	return a
}

func update(t *testing.T, o *codec.Options, f codec.Family, a codec.Attrs, path uint32, prefixes ...string) []byte {
	t.Helper()
	var list []codec.NLRI
	for _, p := range prefixes {
		list = append(list, codec.PrefixNLRI(f, netip.MustParsePrefix(p), path))
	}
	var msg []byte
	var err error
	if a == nil {
		msg, _, err = codec.AppendWithdraw(nil, o, nil, list)
	} else {
		msg, _, err = codec.AppendAnnounce(nil, o, a, list)
	}
	require.NoError(t, err)
	return msg
}

func open(t *testing.T) []byte {
	t.Helper()
	msg, err := codec.AppendOpen(nil, &codec.Open{Version: 4, AS: 1, HoldTime: 9, ID: netip.MustParseAddr("1.2.3.5"), Caps: []codec.Capability{
		codec.MultiprotocolCap(codec.IPv4Unicast), codec.AS4Cap(1),
		codec.GracefulRestartCap(codec.GracefulRestart{Restarting: true, Time: 60, Families: []codec.RestartFamily{{Family: codec.IPv4Unicast, Forwarding: true}}}),
		codec.RouteRefreshCap(), codec.EnhancedRefreshCap(), {Code: 185}, codec.ExtendedMessageCap(),
	}})
	require.NoError(t, err)
	return msg
}

// TestForms has one row a kind of event, with its line of JSON and its text.
func TestForms(t *testing.T) {
	var o codec.Options
	base := attrs(codec.Origin(codec.OriginIGP), codec.LocalPref(100), codec.NextHop(netip.MustParseAddr("1.2.3.4")))
	full := attrs(codec.Origin(codec.OriginEGP), codec.NextHop(netip.MustParseAddr("2001::1")), codec.MED(5),
		codec.ASPath(codec.Segment{Type: codec.ASSequence, AS: []uint32{1, 2}}), codec.Communities(2<<16|1), codec.AtomicAggregate(),
		codec.LargeCommunities(codec.LargeCommunity{Global: 1, Local1: 2, Local2: 3}))
	paths := &codec.Options{AddPath: codec.FamilySet{codec.IPv4Unicast}}
	negotiated := &fsm.Negotiated{HoldTime: 9 * time.Second, EnhancedRefresh: true, RouteRefresh: true, Families: codec.FamilySet{codec.IPv4Unicast},
		Send: codec.Options{AS4: true}, Receive: codec.Options{MaxLen: 65535}}
	message := func(msg []byte, o *codec.Options) speaker.Event {
		return speaker.Event{Kind: speaker.EvMessage, Message: msg, Options: o, Parsed: true}
	}
	for _, row := range []struct {
		name, json, text string
		ev               speaker.Event
	}{
		{"state", h + `"type": "state", ` + n + `"state": "connected" } }`, "neighbor 127.0.0.1 connected\n",
			speaker.Event{Kind: speaker.EvState, State: "connected"}},
		{"down", h + `"type": "state", ` + n + `"state": "down", "reason": "a \"b\"\n\u001b" } }`, "neighbor 127.0.0.1 down - a \"b\"  \n",
			speaker.Event{Kind: speaker.EvState, State: "down", Reason: "a \"b\"\n\x1b"}},
		{"fsm", h + `"type": "fsm", ` + n + `"state": "ESTABLISHED" } }`, "", speaker.Event{Kind: speaker.EvFSM, State: "ESTABLISHED"}},
		{"signal", h + `"type": "signal", ` + n + `"code": "10", "name": "SIGUSR1" } }`, "",
			speaker.Event{Kind: speaker.EvSignal, Code: 10, State: "SIGUSR1"}},
		{"shutdown", strings.Replace(h, `"counter": 3, `, "", 1) + `"type": "notification", "notification": "shutdown" }`, "shutdown\n",
			speaker.Event{Kind: speaker.EvShutdown}},
		{"negotiated", h + `"type": "negotiated", ` + n + `"negotiated": { "message_size": 65535, "hold_time": 9, "asn4": true, "multisession": false, "operational": false, "refresh": "enhanced", "families": ["ipv4 unicast"], "nexthop": [], "add_path": {"send": [], "receive": []} }  } }`, "",
			speaker.Event{Kind: speaker.EvNegotiated, Negotiated: negotiated}},
		{"keepalive", h + `"type": "keepalive", ` + n + `"direction": "send"  } }`, "neighbor 127.0.0.1 send keepalive\n",
			speaker.Event{Kind: speaker.EvMessage, Message: codec.AppendKeepalive(nil), Sent: true, Parsed: true}},
		{"open", h + `"type": "open", ` + n + `"direction": "receive", "open": { "version": 4, "asn": 1, "hold_time": 9, "router_id": "1.2.3.5", "capabilities": { "1": { "name": "multiprotocol", "families": [ "ipv4/unicast" ] }, "65": { "name": "asn4", "asn4": 1 }, "64": { "name": "graceful restart", "time": 60, "address-family-flags": { "ipv4/unicast": [ "restart" ] }, "restart-flags": [ "forwarding" ]  }, "2": { "name": "route-refresh", "variant": "RFC" }, "70": { "name": "enhanced-route-refresh" }, "185": { "name": "operational" }, "6": { "name": "extended-message", "size": 65535 } } } } }`,
			"neighbor 127.0.0.1 receive open version 4 asn 1 hold_time 9 router_id 1.2.3.5 capabilities [multiprotocol(ipv4 unicast), asn4(1), graceful restart flags 0x8 time 60 ipv4/unicast=0x80, route refresh, enhanced route refresh, operational, extended message(65535)]\n",
			message(open(t), nil)},
		{"update", h + `"type": "update", ` + n + `"direction": "receive", "message": { "update": { "attribute": { "origin": "igp", "local-preference": 100 }, "announce": { "ipv4 unicast": { "1.2.3.4": [ { "nlri": "1.2.3.0/24" } ] } } } } } }`,
			"neighbor 127.0.0.1 receive update start\nneighbor 127.0.0.1 receive update announced 1.2.3.0/24 next-hop 1.2.3.4 origin igp local-preference 100\nneighbor 127.0.0.1 receive update end\n",
			message(update(t, &codec.Options{IBGP: true}, codec.IPv4Unicast, base, 0, "1.2.3.0/24"), &codec.Options{IBGP: true})},
		{"attributes", h + `"type": "update", ` + n + `"direction": "receive", "message": { "update": { "attribute": { "origin": "egp", "as-path": { "0": { "element": "as-sequence", "value": [ 1, 2 ] } }, "med": 5, "atomic-aggregate": true, "community": [ [2, 1] ], "large-community": [ [1, 2, 3] ] }, "announce": { "ipv6 unicast": { "2001::1": [ { "nlri": "2002::/16" }, { "nlri": "::/0" } ] } } } } } }`,
			"", message(update(t, &o, codec.IPv6Unicast, full, 0, "2002::/16", "::/0"), &o)},
		{"path", h + `"type": "update", ` + n + `"direction": "receive", "message": { "update": { "withdraw": { "ipv4 unicast": [ { "nlri": "10.0.0.0/8", "path-information": "0.0.0.9" } ] } } } } }`,
			"neighbor 127.0.0.1 receive update start\nneighbor 127.0.0.1 receive update withdrawn 10.0.0.0/8\nneighbor 127.0.0.1 receive update end\n",
			message(update(t, paths, codec.IPv4Unicast, nil, 9, "10.0.0.0/8"), paths)},
		{"announced path", h + `"type": "update", ` + n + `"direction": "receive", "message": { "update": { "attribute": { "origin": "igp" }, "announce": { "ipv4 unicast": { "1.2.3.4": [ { "nlri": "10.0.0.0/8", "path-information": "0.0.0.9" } ] } } } } } }`,
			"", message(update(t, paths, codec.IPv4Unicast, base.Without(codec.AttrLocalPref), 9, "10.0.0.0/8"), paths)},
		{"eor", h + `"type": "update", ` + n + `"direction": "receive", "message": { "update": { "announce": { "ipv4 unicast": { "null": [ { "eor": { "afi" : "ipv4", "safi" : "unicast" } } ] } } } } } }`,
			"neighbor 127.0.0.1 receive update start\nneighbor 127.0.0.1 receive update route eor 1/1 (ipv4 unicast)\nneighbor 127.0.0.1 receive update end\n",
			message(codec.AppendEndOfRIB(nil, codec.IPv4Unicast), nil)},
		{"eor of IPv6", h + `"type": "update", ` + n + `"direction": "receive", "message": { "update": { "announce": { "ipv6 flow": { "null": [ { "eor": { "afi" : "ipv6", "safi" : "flow" } } ] } } } } } }`,
			"neighbor 127.0.0.1 receive update start\nneighbor 127.0.0.1 receive update route eor 2/133 (ipv6 flow)\nneighbor 127.0.0.1 receive update end\n",
			message(codec.AppendEndOfRIB(nil, codec.IPv6Flow), nil)},
		{"refresh", h + `"type": "refresh", ` + n + `"direction": "receive", "route-refresh": { "afi": "ipv4", "safi": "unicast", "subtype": "query" } } }`,
			"neighbor 127.0.0.1 receive route-refresh afi ipv4 safi unicast query\n",
			message(codec.AppendRouteRefresh(nil, codec.RouteRefresh{Family: codec.IPv4Unicast}), nil)},
		{"shutdown communication", h + `"type": "notification", ` + n + `"direction": "receive", "notification": { "code": 6, "subcode": 2, "data": "0x0562796521FF", "message": "`,
			"neighbor 127.0.0.1 receive notification code 6 subcode 2 data 0x0562796521FF\n",
			message(codec.AppendNotification(nil, codec.Notification{Code: 6, Subcode: 2, Data: []byte("\x05bye!\xff")}), nil)},
	} {
		row.ev.Peer, row.ev.Counter = peer, 3
		f := Format{JSON: true, Version: 6, Host: "vm", PID: 3, PPID: 1}
		got := string(f.Append(nil, now, &row.ev))
		require.True(t, json.Valid([]byte(got)), "%s: %s", row.name, got)
		want := strings.Replace(row.json, "126631700", "1266317", 1)
		if strings.HasSuffix(want, `"`) {
			require.True(t, strings.HasPrefix(got, want), "%s:\n got %s\nwant %s", row.name, got, want)
		} else {
			require.Equal(t, want+"\n", got, row.name)
		}
		f.JSON = false
		text := string(f.Append(nil, now, &row.ev))
		if row.text != "" {
			require.Equal(t, row.text+"\n", text, row.name)
		}
	}
}

// TestPackets: without consolidate packets and parsed give two lines, with it
// one.
func TestPackets(t *testing.T) {
	const bytes = `"header": "0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001702", "body": "0x00000000"`
	ev := speaker.Event{Kind: speaker.EvMessage, Peer: peer, Counter: 3, Message: codec.AppendEndOfRIB(nil, codec.IPv4Unicast), Sent: true, Packets: true}
	f := Format{JSON: true, Version: 4}
	got := string(f.Append(nil, now, &ev))
	require.Contains(t, got, `"exabgp": "4.0.1"`)
	require.Contains(t, got, `"direction": "send", "message": { "category": 2, `+bytes+` }  } }`)
	ev.Parsed = true
	require.Equal(t, 2, strings.Count(string(f.Append(nil, now, &ev)), "\n"))
	ev.Consolidate = true
	got = string(f.Append(nil, now, &ev))
	require.Contains(t, got, `"type": "update", `+bytes+`, "neighbor": {`)
	require.Equal(t, 1, strings.Count(got, "\n"))
	f.JSON, ev.Consolidate, ev.Parsed = false, false, false
	require.Equal(t, "neighbor 127.0.0.1 send 2 header 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF001702 body 0x00000000\n\n", string(f.Append(nil, now, &ev)))
}

func TestTime(t *testing.T) {
	for ns, want := range map[int64]string{0: "5.0", 100: "5.0000001", 500000000: "5.5", 120000: "5.00012", 999999999: "5.9999999", 50000000: "5.05"} {
		require.Equal(t, want, string(appendTime(nil, time.Unix(5, ns))))
	}
}

// TestWordFamilies: routes whose NLRI are keywords are objects of their own.
func TestWordFamilies(t *testing.T) {
	for _, row := range []struct {
		f      codec.Family
		fields []codec.NLRIField
		attrs  codec.Attrs
		json   string
	}{
		{
			codec.IPv4FlowVPN,
			[]codec.NLRIField{{Name: "source", Values: []string{"192.0.2.0/24"}}, {Name: "protocol", Values: []string{"[", "tcp", "udp", "]"}}, {Name: "rd", Values: []string{"65000:1"}}},
			attrs(codec.ExtCommunities(codec.ExtCommunity{0x47, 0x02, 0, 0, 0, 9, 0x40, 1}, codec.ExtCommunity{0x80, 0x06})),
			`"message": { "update": { "attribute": { "extended-community": [ ` +
				`{ "value": 5116652126646910977, "string": "interface-set:input:9:1", "transitive": false }, { "value": 9225060886715039744, "string": "rate-limit:0" } ] }, ` +
				`"announce": { "ipv4 flow-vpn": { "no-nexthop": [ { "source-ipv4": [ "192.0.2.0/24" ], "protocol": [ "=tcp", "=udp" ], "rd": "65000:1", ` +
				`"string": "flow source-ipv4 192.0.2.0/24 protocol [ =tcp =udp ] rd 65000:1" } ] } } } }`,
		},
		{
			codec.L2VPNVPLS,
			[]codec.NLRIField{{Name: "rd", Values: []string{"65000:1"}}, {Name: "endpoint", Values: []string{"5"}}, {Name: "base", Values: []string{"16"}}, {Name: "offset", Values: []string{"1"}}, {Name: "size", Values: []string{"8"}}},
			attrs(codec.NextHop(netip.MustParseAddr("192.0.2.1"))),
			`"message": { "update": { "announce": { "l2vpn vpls": { "192.0.2.1": [ { "rd": "65000:1", "endpoint": 5, "base": 16, "offset": 1, "size": 8 } ] } } } }`,
		},
		// Nodes and prefixes of BGP-LS repeat the next hop, links do not.
		{
			codec.BGPLS,
			[]codec.NLRIField{{Name: "bgp-ls"}, {Name: "node"}, {Name: "protocol", Values: []string{"2"}}, {Name: "identifier", Values: []string{"0"}}, {Name: "local-node", Values: []string{"[", "autonomous-system", "65000", "]"}}},
			attrs(codec.NextHop(netip.MustParseAddr("192.0.2.1"))),
			`"message": { "update": { "announce": { "bgp-ls bgp-ls": { "192.0.2.1": [ { "ls-nlri-type": "bgpls-node", "l3-routing-topology": 0, "protocol-id": 2, "node-descriptors": { "autonomous-system": 65000 }, "nexthop": "192.0.2.1" } ] } } } }`,
		},
		{
			codec.BGPLS,
			[]codec.NLRIField{{Name: "bgp-ls"}, {Name: "link"}, {Name: "protocol", Values: []string{"2"}}, {Name: "identifier", Values: []string{"0"}}, {Name: "interface-address", Values: []string{"10.0.0.1"}}},
			attrs(codec.NextHop(netip.MustParseAddr("192.0.2.1"))),
			`"message": { "update": { "announce": { "bgp-ls bgp-ls": { "192.0.2.1": [ { "ls-nlri-type": "bgpls-link", "l3-routing-topology": 0, "protocol-id": 2, "interface-address": { "interface-address": "10.0.0.1" }, "neighbor-address": {  } } ] } } } }`,
		},
	} {
		n, err := codec.ParseNLRIText(row.f, 0, row.fields)
		require.NoError(t, err)
		o := &codec.Options{AS4: true}
		msg, _, err := codec.AppendAnnounce(nil, o, row.attrs, []codec.NLRI{n})
		require.NoError(t, err)
		got := string(appendUpdate(nil, &speaker.Event{Kind: speaker.EvMessage, Message: msg, Options: o}, form{}))
		require.Equal(t, row.json, got)
		require.True(t, json.Valid([]byte("{"+got+"}")))
	}
}

// Version 4 of the API repeats the next hop of a flow specification in its NLRI.
func TestFlowNextHop(t *testing.T) {
	n, err := codec.ParseNLRIText(codec.IPv4Flow, 0, []codec.NLRIField{{Name: "source", Values: []string{"192.0.2.0/24"}}})
	require.NoError(t, err)
	msg, _, err := codec.AppendAnnounce(nil, &codec.Options{AS4: true}, attrs(codec.NextHop(netip.MustParseAddr("10.0.0.1"))), []codec.NLRI{n})
	require.NoError(t, err)
	ev := &speaker.Event{Kind: speaker.EvMessage, Message: msg, Options: &codec.Options{AS4: true}}
	const nlri = `{ "source-ipv4": [ "192.0.2.0/24" ], "string": "flow source-ipv4 192.0.2.0/24"`
	for version, want := range map[int]string{6: nlri + " }", 4: nlri + `, "next-hop": "10.0.0.1" }`} {
		got := string(appendUpdate(nil, ev, form{version: version}))
		require.Contains(t, got, `"announce": { "ipv4 flow": { "10.0.0.1": [ `+want+` ] } }`, version)
		require.True(t, json.Valid([]byte("{"+got+"}")))
	}
}
