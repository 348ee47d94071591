package live

import (
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker"
)

// keyring is TCP whose kernel is a map: the keys of a listener.
type keyring struct {
	TCP
	t    *testing.T
	keys map[netip.Prefix]string
}

func (k *keyring) ListenSocket(_ net.Listener, keys, old []speaker.SocketKey) error {
	for _, o := range old {
		require.Equal(k.t, k.keys[o.Peers], o.MD5, "the key of %v is removed, which is not there", o.Peers)
		delete(k.keys, o.Peers)
	}
	for _, key := range keys {
		if key.MD5 != "" {
			k.keys[key.Peers] = key.MD5
		}
	}
	return nil
}

// The keys of an open port are those of the configuration, whatever it was
// before: one left, one came, one changed, one is without a key now; at last
// nobody has any.
func TestKeysOfAnOpenPort(t *testing.T) {
	k := &keyring{t: t, keys: map[netip.Prefix]string{}}
	d := &Daemon{conf: Config{Network: k}}
	l := &listener{}
	for n, keys := range []map[string]string{
		{"192.0.2.1": "a", "192.0.2.2": "b", "192.0.2.3": "c"},
		{"192.0.2.2": "bb", "192.0.2.3": "", "192.0.2.4": "d"},
		{"192.0.2.2": "bb", "192.0.2.3": "cc"},
		{},
		{},
	} {
		var asked []speaker.SocketKey
		want := map[netip.Prefix]string{}
		for peer, key := range keys { //order: the peers do not touch each other
			a := netip.MustParsePrefix(peer + "/32")
			asked = append(asked, speaker.SocketKey{Peers: a, Socket: speaker.Socket{MD5: key, OutgoingTTL: 255}})
			if key != "" {
				want[a] = key
			}
		}
		require.NoError(t, d.listenWith(l, asked))
		require.Equal(t, want, k.keys, "configuration %d", n)
	}
}
