package codec_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// TestNames: registered values have the registry's name, any other value prints
// as its number, and none is lost or printed as another.
func TestNames(t *testing.T) {
	for want, got := range map[string]fmt.Stringer{
		"OPEN":                        codec.MsgOpen,
		"ROUTE-REFRESH":               codec.MsgRouteRefresh,
		"OPERATIONAL":                 codec.MsgOperational,
		"MESSAGE(0)":                  codec.MessageType(0),
		"MESSAGE(77)":                 codec.MessageType(77),
		"Message Header Error":        codec.CodeHeader,
		"Send Hold Timer Expired":     codec.CodeSendHold,
		"CODE(0)":                     codec.NotificationCode(0),
		"CODE(9)":                     codec.NotificationCode(9),
		"4-octet AS number":           codec.CapAS4,
		"Route Refresh (prestandard)": codec.CapRouteRefreshCisco,
		"CAPABILITY(200)":             codec.CapCode(200),
		"CAPABILITY(0)":               codec.CapCode(0),
		"CAPABILITY(255)":             codec.CapCode(255),
		"none":                        codec.TreatNone,
		"attribute discard":           codec.TreatDiscard,
		"treat-as-withdraw":           codec.TreatWithdraw,
		"AFI/SAFI disable":            codec.TreatDisableFamily,
		"session reset":               codec.TreatReset,
		"TREATMENT(77)":               codec.Treatment(77),
		"send/receive":                codec.AddPathBoth,
		"MODE(0)":                     codec.AddPathMode(0),
	} {
		require.Equal(t, want, got.String())
	}
	unique(t, func(i uint8) string { return codec.MessageType(i).String() })
	unique(t, func(i uint8) string { return codec.NotificationCode(i).String() })
	unique(t, func(i uint8) string { return codec.CapCode(i).String() })
	unique(t, func(i uint8) string { return codec.Treatment(i).String() })
	unique(t, func(i uint8) string { return codec.SubcodeName(codec.CodeCease, i) + "." })
}

// unique: no two values have one name, and none is empty.
func unique(t *testing.T, name func(uint8) string) {
	t.Helper()
	seen := map[string]int{}
	for i := range 256 {
		n := name(uint8(i))
		require.NotEmpty(t, n, "name of %d", i)
		other, twice := seen[n]
		require.False(t, twice, "%d and %d are both %q", other, i, n)
		seen[n] = i
	}
}

// TestSubcodes pins the subcodes of IANA's registry to their numbers.
func TestSubcodes(t *testing.T) {
	for _, c := range []struct {
		code codec.NotificationCode
		sub  uint8
		want string
	}{
		{codec.CodeHeader, codec.SubConnectionNotSynchronized, "Connection Not Synchronized"},
		{codec.CodeHeader, codec.SubBadMessageType, "Bad Message Type"},
		{codec.CodeHeader, 4, "SUBCODE(4)"},
		{codec.CodeOpen, codec.SubUnsupportedCapability, "Unsupported Capability"},
		{codec.CodeOpen, codec.SubRoleMismatch, "Role Mismatch"},
		{codec.CodeUpdate, codec.SubMalformedASPath, "Malformed AS_PATH"},
		{codec.CodeUpdate, codec.SubOptionalAttribute, "Optional Attribute Error"},
		{codec.CodeFSM, codec.SubUnexpectedInEstablished, "Receive Unexpected Message in Established State"},
		{codec.CodeFSM, 0, "Unspecified Error"},
		{codec.CodeCease, codec.CeaseMaxPrefixes, "Maximum Number of Prefixes Reached"},
		{codec.CodeCease, codec.CeaseOutOfResources, "Out of Resources"},
		{codec.CodeCease, codec.CeaseBFDDown, "BFD Down"},
		{codec.CodeCease, 0, ""},
		{codec.CodeHoldTimer, 0, ""},
		{codec.CodeHoldTimer, 1, "SUBCODE(1)"},
		{codec.CodeRouteRefresh, codec.SubInvalidRefreshLength, "Invalid Message Length"},
		{200, 1, "SUBCODE(1)"},
	} {
		require.Equal(t, c.want, codec.SubcodeName(c.code, c.sub), "%d/%d", c.code, c.sub)
	}
}

func TestErrorText(t *testing.T) {
	e := &codec.Error{Code: codec.CodeUpdate, Subcode: codec.SubAttributeLength, Attr: codec.AttrMED, Treat: codec.TreatWithdraw,
		Data: []byte{0x80, 4, 1, 0}, Why: "3 octets, not 4"}
	require.EqualError(t, e, "3/5 UPDATE Message Error, Attribute Length Error: attribute med: 3 octets, not 4")
	require.Equal(t, codec.Notification{Code: 3, Subcode: 5, Data: []byte{0x80, 4, 1, 0}}, e.Notification())
	require.EqualError(t, &codec.Error{Code: codec.CodeUpdate, Attr: 200}, "3/0 UPDATE Message Error, Unspecific: attribute 200")
	require.EqualError(t, &codec.Error{Code: codec.CodeHoldTimer}, "4/0 Hold Timer Expired")
}

func TestDescribe(t *testing.T) {
	open, err := codec.AppendOpen(nil, withCaps(codec.AS4Cap(65001)))
	require.NoError(t, err)
	for want, msg := range map[string][]byte{
		"OPEN as=65001 hold=90 id=10.0.0.1 caps=[as4(65001)]":                              open,
		"OPEN malformed: 2/6 OPEN Message Error, Unacceptable Hold Time: hold time of 1 s": wireMessage(codec.MsgOpen, wireHex("04 fde9 0001 0a000001 00")...),
		`NOTIFICATION 6/2 Cease, Administrative Shutdown: "bye"`:                           codec.AppendNotification(nil, codec.Shutdown(2, "bye")),
		"KEEPALIVE":                       codec.AppendKeepalive(nil),
		"ROUTE-REFRESH BoRR ipv4 unicast": wireMessage(codec.MsgRouteRefresh, 0, 1, 1, 1),
		"MESSAGE(255) of 20 octets":       wireMessage(255, 0),
		"malformed: 1/2 Message Header Error, Bad Message Length: 3 octets are no message":                                {1, 2, 3},
		"malformed: 1/2 Message Header Error, Bad Message Length: KEEPALIVE of 30 octets in a message of 19, at least 19": wireHeader(30, codec.MsgKeepalive),
	} {
		require.Equal(t, want, codec.Describe(msg, nil))
	}
	for typ, body := range map[codec.MessageType]string{codec.MsgKeepalive: "00", codec.MsgNotification: "06", codec.MsgRouteRefresh: "0001 01"} {
		require.Contains(t, codec.Describe(wireMessage(typ, wireHex(body)...), &codec.Options{}), typ.String()+" malformed: ", "body %s", body)
	}
	require.Equal(t, "End-of-RIB ipv4 unicast", codec.Describe(wireMessage(codec.MsgUpdate, 0, 0, 0, 0), nil))
}
