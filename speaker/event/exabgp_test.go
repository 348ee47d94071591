package event

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// TestExaBGPJSON decodes what ExaBGP's functional suite sends, and compares the
// event with the one that the suite has for it.
func TestExaBGPJSON(t *testing.T) {
	root := os.Getenv("PEERLOOM_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	for _, name := range []string{"api/api-mvpn", "api/api-vpnv4", "api/api-ipv4", "api/api-ipv6", "encoding/conf-vpn",
		"encoding/conf-parity", "encoding/conf-prefix-sid", "encoding/extended-nexthop", "encoding/conf-addpath"} {
		f, err := os.Open(filepath.Join(root, "exabgp", "suite", name+".ci"))
		if err != nil {
			t.Skipf("no data: %v", err)
		}
		defer f.Close()
		s := bufio.NewScanner(f)
		s.Buffer(nil, 1<<20)
		var msg []byte
		for s.Scan() {
			if _, raw, ok := strings.Cut(s.Text(), ":raw:"); ok {
				msg, err = hex.DecodeString(strings.ReplaceAll(raw, ":", ""))
				require.NoError(t, err)
			}
			_, want, ok := strings.Cut(s.Text(), ":json:")
			if !ok {
				continue
			}
			o := &codec.Options{AS4: true, IBGP: true, ExtendedNextHop: codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast}}
			if name == "encoding/conf-addpath" {
				o.AddPath = codec.FamilySet{codec.IPv4Unicast, codec.IPv4VPN}
			}
			got := "{ " + string(appendUpdate(nil, &speaker.Event{Message: msg, Options: o}, form{})) + " }"
			require.JSONEq(t, updateOf(t, want, "neighbor"), updateOf(t, got, ""), "%s: %x", name, msg)
		}
		require.NoError(t, s.Err())
	}
}

// updateOf is the message of an event, which stands in a member of it.
func updateOf(t *testing.T, text, within string) string {
	t.Helper()
	var v map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(text), &v), text)
	if within != "" {
		require.NoError(t, json.Unmarshal(v[within], &v), text)
	}
	return string(v["message"])
}
