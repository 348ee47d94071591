package event

import (
	"slices"
	"strconv"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

func appendOpen(b []byte, ev *speaker.Event, _ form) []byte {
	o, bad := codec.DecodeOpen(ev.Message)
	if bad != nil {
		return codec.AppendJSONString(append(b, `"error": `...), bad.Error())
	}
	as := uint32(o.AS)
	if as4, ok := o.AS4(); ok {
		as = as4
	}
	b = strconv.AppendUint(append(b, `"open": { "version": `...), uint64(o.Version), 10)
	b = strconv.AppendUint(append(b, `, "asn": `...), uint64(as), 10)
	b = strconv.AppendUint(append(b, `, "hold_time": `...), uint64(o.HoldTime), 10)
	b = appendAddr(append(b, `, "router_id": "`...), o.ID)
	b = append(b, `", "capabilities": { `...)
	start := len(b)
	for i, c := range o.Caps {
		first := slices.IndexFunc(o.Caps, func(x codec.Capability) bool { return x.Code == c.Code })
		if first != i {
			continue // joined with the first of its code
		}
		b = sep(b, start)
		name := capName(c.Code)
		key := strconv.Itoa(int(c.Code))
		if ev.Sent {
			key = name
		}
		b = codec.AppendJSONString(b, key)
		b = codec.AppendJSONString(append(b, `: { "name": `...), name)
		b = append(appendCap(b, o, c), " }"...)
	}
	return append(b, " } }"...)
}

// capRow is one capability of the text forms.
type capRow struct {
	code codec.CapCode
	name string
	json func(b []byte, o *codec.Open, c codec.Capability) []byte
}

// capRows has one row a capability. Those without json have a name only.
var capRows = [...]capRow{
	{codec.CapMultiprotocol, "multiprotocol", capFamilies},
	{codec.CapRouteRefresh, "route-refresh", func(b []byte, _ *codec.Open, _ codec.Capability) []byte {
		return append(b, `, "variant": "RFC"`...)
	}},
	{codec.CapRouteRefreshCisco, "route-refresh-cisco", func(b []byte, _ *codec.Open, _ codec.Capability) []byte {
		return append(b, `, "variant": "Cisco"`...)
	}},
	{codec.CapExtendedNextHop, "nexthop", capNextHops},
	{codec.CapExtendedMessage, "extended-message", func(b []byte, _ *codec.Open, _ codec.Capability) []byte {
		return append(b, `, "size": 65535`...)
	}},
	{codec.CapGracefulRestart, "graceful restart", capGraceful},
	{codec.CapAS4, "asn4", capAS4},
	{codec.CapAddPath, "addpath", capAddPath},
	{codec.CapEnhancedRefresh, "enhanced-route-refresh", nil},
	{codec.CapOperational, "operational", nil},
	{codec.CapMultiSession, "multi-session", nil},
	{codec.CapFQDN, "hostname", nil},
	{codec.CapSoftwareVersion, "software-version", nil},
	{codec.CapPathsLimit, "paths-limit", nil},
	{codec.CapLinkLocalNextHop, "link-local-nexthop", nil},
	{codec.CapMultipleLabels, "multiple-labels", nil},
	{codec.CapORF, "outbound-route-filtering", nil},
	{codec.CapORFCisco, "outbound-route-filtering-cisco", nil},
	{codec.CapMultiSessionCisco, "multi-session-cisco", nil},
	{codec.CapDynamic, "dynamic-capability", nil},
	{codec.CapRole, "bgp-role", nil},
	{codec.CapLLGR, "long-lived-graceful-restart", nil},
	{codec.CapBGPsec, "bgpsec", nil},
}

func capName(c codec.CapCode) string {
	for i := range capRows {
		if capRows[i].code == c {
			return capRows[i].name
		}
	}
	return "unknown-" + strconv.Itoa(int(c))
}

// appendCap appends what a capability says, after its name. One that has no
// row, or no form, is shown raw.
func appendCap(b []byte, o *codec.Open, c codec.Capability) []byte {
	for i := range capRows {
		if capRows[i].code == c.Code && capRows[i].json != nil {
			return capRows[i].json(b, o, c)
		}
	}
	if len(c.Value) > 0 {
		b = codec.AppendJSONHex(append(b, `, "raw": `...), c.Value)
	}
	return b
}

// slashed is "ipv4/unicast".
func slashed(f codec.Family) string {
	afi, safi := familyWords(f)
	return afi + "/" + safi
}

func capFamilies(b []byte, o *codec.Open, _ codec.Capability) []byte {
	b = append(b, `, "families": [ `...)
	start := len(b)
	for _, f := range o.Families() {
		b = codec.AppendJSONString(sep(b, start), slashed(f))
	}
	return append(b, " ]"...)
}

func capNextHops(b []byte, o *codec.Open, _ codec.Capability) []byte {
	b = append(b, `, "conversions": [ `...)
	start := len(b)
	for _, e := range o.ExtendedNextHop() {
		b = codec.AppendJSONString(sep(b, start), slashed(e.Family)+" "+e.NextHop.String())
	}
	return append(b, " ]"...)
}

func capAS4(b []byte, o *codec.Open, _ codec.Capability) []byte {
	as, _ := o.AS4()
	return strconv.AppendUint(append(b, `, "asn4": `...), uint64(as), 10)
}

var addPathNames = [...]string{
	codec.AddPathReceive: "receive",
	codec.AddPathSend:    "send",
	codec.AddPathBoth:    "send/receive",
}

func capAddPath(b []byte, o *codec.Open, _ codec.Capability) []byte {
	for i, e := range o.AddPath() {
		if int(e.Mode) >= len(addPathNames) || slices.ContainsFunc(o.AddPath()[:i], func(x codec.AddPathFamily) bool { return x.Family == e.Family }) {
			continue
		}
		b = codec.AppendJSONString(append(b, ", "...), slashed(e.Family))
		b = codec.AppendJSONString(append(b, ": "...), addPathNames[e.Mode])
	}
	return b
}

func capGraceful(b []byte, o *codec.Open, _ codec.Capability) []byte {
	g, _ := o.GracefulRestart()
	b = strconv.AppendUint(append(b, `, "time": `...), uint64(g.Time), 10)
	b = append(b, `, "address-family-flags": { `...)
	start := len(b)
	for i, f := range g.Families {
		if slices.ContainsFunc(g.Families[:i], func(x codec.RestartFamily) bool { return x.Family == f.Family }) {
			continue
		}
		b = codec.AppendJSONString(sep(b, start), slashed(f.Family))
		b = append(b, ": [ "...)
		if f.Forwarding {
			b = append(b, `"restart"`...)
		}
		b = append(b, " ]"...)
	}
	b = append(b, ` }, "restart-flags": [ `...)
	if g.Restarting {
		b = append(b, `"forwarding"`...)
	}
	return append(b, " ] "...)
}
