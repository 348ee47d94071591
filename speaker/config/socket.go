package config

import (
	"encoding/base64"
	"fmt"
	"strconv"

	"github.com/peerloom/peerloom/speaker"
)

// ttl reads a TTL of 1 to 255, or false: none is asked for.
func ttl(field func(*draft) *uint8) func(*reader, *draft, *node) {
	return func(r *reader, d *draft, n *node) {
		v := one(r, n, "TTL")
		if v.text == "false" || v.text == "disable" {
			*field(d) = 0
			return
		}
		x, err := strconv.ParseUint(v.text, 10, 8)
		if err != nil || x == 0 {
			r.add(v.at, fmt.Sprintf("%.40q is not a TTL", v.text), "write a number from 1 to 255 (255 at both ends: RFC 5082)")
		}
		*field(d) = uint8(x)
	}
}

// maxInterface is the longest name of an interface (Linux: IFNAMSIZ with its
// NUL).
const maxInterface = 15

func sourceInterface(r *reader, d *draft, n *node) {
	v := one(r, n, "INTERFACE")
	if v.text == "" || len(v.text) > maxInterface {
		r.add(v.at, fmt.Sprintf("%.40q is not the name of an interface", v.text), "write 1 to 15 characters, such as eth0")
	}
	d.Socket.Interface = v.text
}

// maxMD5 is the longest key that Linux takes (TCP_MD5SIG_MAXKEYLEN).
const maxMD5 = 80

// key makes the key of RFC 2385 of what was written. No message shows it.
func (d *draft) key(r *reader, n *node) {
	key := d.md5
	if d.md5Base64 {
		b, err := base64.StdEncoding.DecodeString(key)
		if err != nil {
			r.add(n.at(), "md5-password is not base64", "write it in base64, or remove md5-base64")
		}
		key = string(b)
	}
	if len(key) > maxMD5 {
		r.add(n.at(), fmt.Sprintf("md5-password has %d octets", len(key)), "write at most 80")
	}
	d.Socket.MD5 = key
}

// socket writes what is asked of a neighbor's connections; the key in base64,
// whatever octets it has.
func (w *dumper) socket(s *speaker.Socket) {
	if s.Interface != "" {
		w.line("source-interface", word1(s.Interface))
	}
	if s.OutgoingTTL != 0 {
		w.line("outgoing-ttl", strconv.Itoa(int(s.OutgoingTTL)))
	}
	if s.IncomingTTL != 0 {
		w.line("incoming-ttl", strconv.Itoa(int(s.IncomingTTL)))
	}
	if s.MD5 != "" {
		w.line("md5-password", word1(base64.StdEncoding.EncodeToString([]byte(s.MD5))))
		w.flag("md5-base64", true)
	}
}
