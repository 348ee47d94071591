package check_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
)

// a session's UPDATE of 10.0.0.0/8, and a withdrawal of 192.0.2.0/24.
var heardUpdate = []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x34\x02" +
	"\x00\x04\x18\xc0\x00\x02\x00\x15" +
	"\x40\x01\x01\x00" + "\x40\x02\x00" + "\x40\x03\x04\x0a\x00\x00\x01" + "\x40\x05\x04\x00\x00\x00\x64" + "\x08\x0a")

const (
	heardHead = `{ "exabgp": "6.0.0", "time": 1.0, "host" : "h", "pid" : 2, "ppid" : 1, "counter": 1, "type": "`
	heardPeer = `"neighbor": { "address": { "local": "10.0.0.1", "peer": "10.0.0.2" }, "asn": { "local": 65001, "peer": 65002 }, "router-id": "1.2.3.4" , `
	heardBody = `"message": { "update": { "attribute": { "origin": "igp", "local-preference": 100 }, ` +
		`"announce": { "ipv4 unicast": { "10.0.0.1": [ { "nlri": "10.0.0.0/8" } ] } }, "withdraw": { "ipv4 unicast": [ { "nlri": "192.0.2.0/24" } ] } } }  } }`
)

func heardTold(kind string) check.Told {
	return check.Told{
		Kind: kind, Peer: netip.MustParseAddr("10.0.0.2"), Local: netip.MustParseAddr("10.0.0.1"), LocalAS: 65001, PeerAS: 65002,
		RouterID: netip.MustParseAddr("1.2.3.4"), State: "down", Reason: "peer reset",
		Message: heardUpdate, Options: &codec.Options{AS4: true, IBGP: true}, Families: codec.FamilySet{codec.IPv4Unicast}, Parsed: true,
	}
}

// Each line is what the event before it says, and none of the changes to it is.
func TestHearing(t *testing.T) {
	text := "neighbor 10.0.0.2 receive update start\nneighbor 10.0.0.2 receive update announced 10.0.0.0/8 next-hop 10.0.0.1 origin igp local-preference 100\n" +
		"neighbor 10.0.0.2 receive update withdrawn 192.0.2.0/24\nneighbor 10.0.0.2 receive update end"
	for _, c := range []struct {
		kind, line string
		changes    []string // old, new, old, new …
	}{
		{"message", heardHead + `update", ` + heardPeer + `"direction": "receive", ` + heardBody, []string{
			`"receive"`, `"send"`, "10.0.0.0/8", "10.0.0.0/9", `"origin": "igp"`, `"origin": "egp"`, `": 100`, `": 10`, `"10.0.0.1": [`, `"10.0.0.9": [`,
			"192.0.2.0/24", "192.0.2.0/25", `"peer": "10.0.0.2"`, `"peer": "10.0.0.3"`, "65002", "65003", "1.2.3.4", "1.2.3.5", `"update",`, `"keepalive",`,
			`"withdraw": {`, `"withdrawn": {`,
		}},
		{"state", heardHead + `state", ` + heardPeer + `"state": "down", "reason": "peer reset" } }`, []string{`"down"`, `"up"`, "peer reset", "peer", `"state",`, `"fsm",`}},
		{"message", text, []string{"receive", "send", "announced", "withdrawn", "10.0.0.0/8", "10.0.0.0/7", "192.0.2.0/24", "192.0.3.0/24", "0.2 receive", "0.3 receive"}},
		{"state", "neighbor 10.0.0.2 down - peer reset", []string{"down", "up", "peer reset", "timer"}},
		{"shutdown", "shutdown", nil},
	} {
		hear := func(line string) error {
			h := check.NewHearing("c")
			h.Tell(heardTold(c.kind))
			for l := range strings.SplitSeq(line, "\n") {
				if err := h.Line([]byte(l)); err != nil {
					return err
				}
			}
			return h.Quiet()
		}
		require.NoError(t, hear(c.line))
		require.NoError(t, hear("done\n"+c.line+"\n\n{ \"answer\": 1 }"))
		for i := 0; i < len(c.changes); i += 2 {
			wrong := strings.ReplaceAll(c.line, c.changes[i], c.changes[i+1])
			require.NotEqual(t, c.line, wrong)
			require.ErrorContains(t, hear(wrong), "IN-05", wrong)
		}
		require.ErrorContains(t, hear(""), "nothing more")
		require.ErrorContains(t, hear(c.line+"\n"+c.line), "no event")
	}
}

// What has no form as text is not missed there.
func TestHearingWithoutAForm(t *testing.T) {
	h := check.NewHearing("c")
	h.Tell(heardTold("fsm"))
	h.Tell(heardTold("state"))
	require.NoError(t, h.Line([]byte("neighbor 10.0.0.2 down - peer reset")))
	h.Tell(heardTold("negotiated"))
	require.NoError(t, h.Quiet())
}

// What begins as an object of JSON is one, and an event has ExaBGP's members.
func TestHearingOfBrokenLines(t *testing.T) {
	h := check.NewHearing("c")
	require.NoError(t, h.Line([]byte(`{ "routes": [ 1, "2" ], "pid": "x" }`)))
	require.ErrorContains(t, h.Line([]byte(`{ "type": "update"`)), "IN-03")
	require.ErrorContains(t, h.Line([]byte(`{ "type": "signal", "neighbor": { "code": 10 } }`)), "IN-05")
}

// The oldest events are dropped, as many as the line says.
func TestHearingOfDropped(t *testing.T) {
	for _, json := range []bool{false, true} {
		h := check.NewHearing("c")
		for _, kind := range []string{"message", "shutdown", "state"} {
			h.Tell(heardTold(kind))
		}
		dropped, next := "dropped 2 events", "neighbor 10.0.0.2 down - peer reset"
		if json {
			dropped, next = heardHead+`dropped", "events": 2 }`, heardHead+`state", `+heardPeer+`"state": "down", "reason": "peer reset" } }`
		}
		require.NoError(t, h.Line([]byte(dropped)))
		require.NoError(t, h.Line([]byte(next)))
		require.NoError(t, h.Quiet())
		require.ErrorContains(t, h.Line([]byte(dropped)), "no event")
	}
}

func TestCameAndWent(t *testing.T) {
	require.NoError(t, check.CameAndWent("c", "p", true, false, 1, 0))
	require.NoError(t, check.CameAndWent("c", "p", true, true, 1, 1))
	require.NoError(t, check.CameAndWent("c", "p", false, false, 1, 1), "it came and went")
	require.ErrorContains(t, check.CameAndWent("c", "p", true, false, 0, 0), "IN-04")
	require.ErrorContains(t, check.CameAndWent("c", "p", false, true, 0, 0), "IN-04")
	require.ErrorContains(t, check.CameAndWent("c", "p", false, false, 1, 0), "IN-04")
}

// Each part of what a client hears of a session, of its End-of-RIBs and of why it ended
// is held against what went.
func TestHearingOfSessions(t *testing.T) {
	agreed := &check.Agreed{Hold: 9 * time.Second, Families: codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast}, Paths: codec.FamilySet{codec.IPv4Unicast}, AS4: true, Enhanced: true, Long: true}
	both := codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast}
	told := func(msg []byte) check.Told {
		x := heardTold("message")
		x.Message, x.Families = msg, both
		return x
	}
	reach := codec.Attrs{codec.Origin(0), codec.ASPath(), codec.NextHop(netip.MustParseAddr("2001:db8::1")), codec.LocalPref(100)}
	six, _, err := codec.AppendAnnounce(nil, &codec.Options{AS4: true, IBGP: true}, reach, []codec.NLRI{codec.PrefixNLRI(codec.IPv6Unicast, netip.MustParsePrefix("2001:db8::/32"), 0)})
	require.NoError(t, err)
	negotiated := heardTold("negotiated")
	negotiated.Agreed = agreed
	const end = `"direction": "receive", "message": { "update": { "announce": { "ipv6 unicast": { "null": [ { "eor": { "afi" : "ipv6", "safi" : "unicast" } } ] } } } } } }`
	for _, c := range []struct {
		told    check.Told
		line    string
		changes []string
	}{
		{negotiated, heardHead + `negotiated", ` + heardPeer + `"negotiated": { "message_size": 65535, "hold_time": 9, "asn4": true, "refresh": "enhanced", ` +
			`"families": ["ipv4 unicast", "ipv6 unicast"], "add_path": {"send": ["ipv4 unicast"], "receive": []} } } }`,
			[]string{"65535", "4096", `"hold_time": 9`, `"hold_time": 180`, `"asn4": true`, `"asn4": false`, "enhanced", "normal", `, "ipv6 unicast"`, "", `{"send": ["ipv4 unicast"]`, `{"send": []`}},
		{told(codec.AppendEndOfRIB(nil, codec.IPv6Unicast)), heardHead + `update", ` + heardPeer + end, []string{`"ipv6",`, `"ipv4",`, `"ipv6 unicast"`, `"ipv4 unicast"`}},
		{told(codec.AppendNotification(nil, codec.Shutdown(2, "bye"))), heardHead + `notification", ` + heardPeer +
			`"direction": "receive", "notification": { "code": 6, "subcode": 2, "data": "0x03627965", "message": "Shutdown Communication: bye" } } }`, []string{"bye", "by"}},
		{told(codec.AppendNotification(nil, codec.Notification{Code: 6, Subcode: 2, Data: []byte("\x01bye")})), heardHead + `notification", ` + heardPeer +
			`"direction": "receive", "notification": { "code": 6, "subcode": 2, "data": "0x01627965", "message": "6/2 Cease" } } }`, []string{"6/2 Cease", "Shutdown Communication: bye"}},
		{told(six), heardHead + `update", ` + heardPeer + `"direction": "receive", "message": { "update": { "attribute": { "origin": "igp", "local-preference": 100 }, ` +
			`"announce": { "ipv6 unicast": { "2001:db8::1": [ { "nlri": "2001:db8::/32" } ] } } } } } }`, []string{`"2001:db8::1"`, `"2001:db8::2"`}},
	} {
		hear := func(line string) error {
			h := check.NewHearing("c")
			h.Tell(c.told)
			return h.Line([]byte(line))
		}
		require.NoError(t, hear(c.line))
		for i := 0; i < len(c.changes); i += 2 {
			wrong := strings.Replace(c.line, c.changes[i], c.changes[i+1], 1)
			require.NotEqual(t, c.line, wrong)
			require.ErrorContains(t, hear(wrong), "IN-05", wrong)
		}
	}
}
