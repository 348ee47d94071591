package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/peerloom/peerloom/speaker"
)

// one is a single address as a range.
func one(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

// who is a range in words, or an address.
func who(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// keyOptions set the key that segments from and to peers are signed with: that of
// RFC 2385 or that of RFC 5925.
func keyOptions(peers netip.Prefix, s *speaker.Socket) []option {
	var l []option
	if s.MD5 != "" {
		l = append(l, option{"md5-password for " + who(peers), "it needs a kernel with CONFIG_TCP_MD5SIG", func(fd int) error {
			return setMD5(fd, peers, s.MD5)
		}})
	}
	if s.AO != (speaker.AOKey{}) {
		l = append(l, option{"tcp-ao for " + who(peers), "it needs Linux 6.7 with CONFIG_TCP_AO, and the algorithm in its crypto API", func(fd int) error {
			if err := setAO(fd, peers, &s.AO); !errors.Is(err, unix.EEXIST) {
				return err
			}
			return nil // it has it: another one of this KeyID was removed before
		}})
	}
	return l
}

// withoutKeys removes the keys of peers that have others now, or none: these are
// taken unsigned again, and only so.
func withoutKeys(old []speaker.SocketKey) []option {
	var l []option
	for _, k := range old {
		l = append(l, option{"no key for " + who(k.Peers), "restart the daemon", func(fd int) error {
			remove := func() error { return setMD5(fd, k.Peers, "") }
			if k.AO != (speaker.AOKey{}) {
				remove = func() error { return removeAO(fd, k.Peers, k.AO.ID) }
			}
			if err := remove(); !errors.Is(err, unix.ENOENT) {
				return err
			}
			return nil // there is none
		}})
	}
	return l
}

// setMD5 sets the key of peers; an empty one removes it. Of several that a peer is
// in, the kernel takes that of the smallest.
func setMD5(fd int, peers netip.Prefix, key string) error {
	sig, option := unix.TCPMD5Sig{Keylen: uint16(len(key))}, unix.TCP_MD5SIG
	if !peers.IsSingleIP() {
		option, sig.Flags, sig.Prefixlen = unix.TCP_MD5SIG_EXT, unix.TCP_MD5SIG_FLAG_PREFIX, uint8(peers.Bits())
	}
	peer := peers.Addr()
	if copy(sig.Key[:], key) < len(key) {
		return fmt.Errorf("the key is longer than %d octets", len(sig.Key))
	}
	// sockaddr_in has two octets of port before the address, sockaddr_in6 four
	// more of flow information.
	at := 2
	sig.Addr.Family = unix.AF_INET
	if peer.Is6() {
		at = 6
		sig.Addr.Family = unix.AF_INET6
	}
	for i, x := range peer.AsSlice() {
		sig.Addr.Data[at+i] = x
	}
	return unix.SetsockoptTCPMD5Sig(fd, unix.IPPROTO_TCP, option, &sig)
}

// Options of <linux/tcp.h> that golang.org/x/sys does not name.
const (
	tcpAOAddKey = 38
	tcpAODelKey = 39
)

// aoAlgorithms are their names in the kernel's crypto API.
var aoAlgorithms = [...]string{speaker.AOHMACSHA1: "hmac(sha1)", speaker.AOAES128CMAC: "cmac(aes128)", speaker.AOHMACSHA256: "hmac(sha256)"}

// setAO adds a key of peers, for both directions.
func setAO(fd int, peers netip.Prefix, k *speaker.AOKey) error {
	if len(k.Key) > unix.TCP_AO_MAXKEYLEN {
		return fmt.Errorf("the key is longer than %d octets", unix.TCP_AO_MAXKEYLEN)
	}
	return unix.SetsockoptString(fd, unix.IPPROTO_TCP, tcpAOAddKey, string(aoAdd(peers, k)))
}

// aoAdd is a struct tcp_ao_add. A length of the MAC of 0 is the 96 bits of RFC 5926.
func aoAdd(peers netip.Prefix, k *speaker.AOKey) []byte {
	b := aoAddress(peers)
	b = append(b, aoAlgorithms[k.Algorithm]...)
	b = append(b, make([]byte, 64-len(aoAlgorithms[k.Algorithm]))...)
	b = aoKeyIDs(b, peers, k.ID)
	b = append(b, 0, 0, byte(len(k.Key))) // maclen, keyflags, keylen
	b = append(b, k.Key...)
	return append(b, make([]byte, unix.TCP_AO_MAXKEYLEN-len(k.Key))...)
}

// removeAO removes a key of peers, by a struct tcp_ao_del.
func removeAO(fd int, peers netip.Prefix, id uint8) error {
	b := aoKeyIDs(aoAddress(peers), peers, id)
	b = append(b, 0, 0, 0) // current_key, rnext, keyflags
	return unix.SetsockoptString(fd, unix.IPPROTO_TCP, tcpAODelKey, string(b))
}

// aoAddress is the address of a range in a struct sockaddr_storage, without a port.
func aoAddress(peers netip.Prefix) []byte {
	b := make([]byte, 128)
	family, at := unix.AF_INET, 4
	if peers.Addr().Is6() {
		family, at = unix.AF_INET6, 8
	}
	binary.NativeEndian.PutUint16(b, uint16(family))
	copy(b[at:], peers.Addr().AsSlice())
	return b
}

// aoKeyIDs are the fields that both structures have in their middle: ifindex, flags
// and a reserved half-word, none of them set, then prefix, sndid and rcvid.
func aoKeyIDs(b []byte, peers netip.Prefix, id uint8) []byte {
	return append(append(b, make([]byte, 4+4+2)...), byte(peers.Bits()), id, id)
}
