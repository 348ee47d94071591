package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDecode compares what is printed as JSON, but for what names the machine
// and the moment.
func TestDecode(t *testing.T) {
	const (
		neighbor = `"neighbor": { "address": { "local": "127.0.0.1", "peer": "127.0.0.1" }, "asn": { "local": 1, "peer": 1 }, "router-id": "1.2.3.4", "direction": "in", `
		update   = "0000001C40010100400200400304010203044005040000006480040400000064180A0000"
		marker   = "FF:FF:FF:FF FFFFFFFF FFFFFFFF FFFFFFFF "
		routes   = `{ "counter": 1, "type": "update", ` + neighbor + `"message": { "update": { "attribute": { "origin": "igp", "med": 100,
			"local-preference": 100 }, "announce": { "ipv4 unicast": { "1.2.3.4": [ { "nlri": "10.0.0.0/24" } ] } } } } } }`
	)
	for _, row := range []struct {
		name string
		args []string
		want string
	}{
		{"without header", []string{"--update", update}, routes},
		{"with header", []string{"-f", "ipv4 unicast", marker + "003702" + update}, routes},
		{"path identifiers", []string{"-i", "-f", "ipv4 unicast", "--nlri", "00000007180A0000"}, `{ "nlri": "10.0.0.0/24", "path-information": "0.0.0.7" }`},
		{"open", []string{"--open", "04000100090102030500"}, `{ "counter": 1, "type": "open", ` + neighbor +
			`"open": { "version": 4, "asn": 1, "hold_time": 9, "router_id": "1.2.3.5", "capabilities": {} } } }`},
		{"end of RIB", []string{"--update", "00000007900F0003000285"}, `{ "counter": 1, "type": "update", ` + neighbor +
			`"message": { "eor": { "afi": "ipv6", "safi": "flow" } } } }`},
		{"keepalive", []string{marker + "001304"}, `{ "counter": 1, "type": "keepalive", ` + strings.TrimSuffix(neighbor, ", ") + ` } }`},
	} {
		t.Run(row.name, func(t *testing.T) {
			status, stdout, stderr := asExabgp(t, nil, append([]string{"decode"}, row.args...)...)
			require.Equal(t, exitOK, status, stderr)
			require.Empty(t, stderr)
			var got map[string]any
			require.NoError(t, json.Unmarshal([]byte(stdout), &got), stdout)
			for _, key := range []string{"exabgp", "host", "pid", "ppid", "time"} {
				delete(got, key)
			}
			b, err := json.Marshal(got)
			require.NoError(t, err)
			require.JSONEq(t, row.want, string(b))
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, row := range []struct {
		status int
		args   []string
		stderr string
	}{
		{exitUsage, []string{}, "no bytes"},
		{exitUsage, []string{"--update", "0G"}, "HEX: "},
		{exitUsage, []string{"--update", "--open", "00"}, "one of --update, --nlri and --open"},
		{exitUsage, []string{"-f", "ipv4 nothing", "--nlri", "00"}, "no such family"},
		{exitUsage, []string{"-f", "ipv4", "--nlri", "00"}, "the AFI and the SAFI"},
		{exitUsage, []string{"--nothing"}, "unknown flag"},
		{exitFailed, []string{"--update", "00"}, "decode: "},
		{exitFailed, []string{"--update", "0000FFFF"}, "decode: "},
		{exitFailed, []string{"--open", "04"}, "decode: "},
		{exitFailed, []string{"--nlri", "FF"}, "NLRI syntactically incorrect"},
		{exitFailed, []string{strings.Repeat("FF", 16)}, "the header alone has 19"},
		{exitFailed, []string{strings.Repeat("FF", 16) + "001404"}, "the header says 20 bytes, there are 19"},
	} {
		status, stdout, stderr := asExabgp(t, nil, append([]string{"decode"}, row.args...)...)
		require.Equal(t, row.status, status, "%v: %s", row.args, stderr)
		require.Empty(t, stdout)
		require.Contains(t, stderr, row.stderr, "%v", row.args)
	}
}
