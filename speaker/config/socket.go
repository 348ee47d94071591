package config

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

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

// maxKey is the longest key that Linux takes (TCP_MD5SIG_MAXKEYLEN,
// TCP_AO_MAXKEYLEN).
const maxKey = 80

// key makes the key of RFC 2385 of what was written. No message shows it.
func (d *draft) key(r *reader, n *node) {
	d.Socket.MD5 = secret(r, n, "md5-password", d.md5, d.md5Base64, "md5-base64")
}

// secret is a key as written, or what its base64 stands for.
func secret(r *reader, n *node, name, key string, coded bool, coding string) string {
	if coded {
		b, err := base64.StdEncoding.DecodeString(key)
		if err != nil {
			r.add(n.at(), name+" is not base64", "write it in base64, or remove "+coding)
		}
		key = string(b)
	}
	if len(key) > maxKey {
		r.add(n.at(), fmt.Sprintf("%s has %d octets", name, len(key)), "write at most 80")
	}
	return key
}

// aoTable is the section of RFC 5925's key.
func aoTable() []directive[draft] {
	return []directive[draft]{
		{"keyid", leaf, keyID},
		{"algorithm", leaf, aoAlgorithm},
		{"password", leaf, str(func(d *draft) *string { return &d.Socket.AO.Key })},
		{"base64", leaf, flag(true, func(d *draft) *bool { return &d.aoBase64 })},
	}
}

func aoBlock(r *reader, d *draft, n *node) {
	d.aoAt = n
	run(r, aoTable(), d, "tcp-ao", n.block)
}

func keyID(r *reader, d *draft, n *node) {
	v := one(r, n, "NUMBER")
	x, err := strconv.ParseUint(v.text, 10, 8)
	if err != nil {
		r.add(v.at, fmt.Sprintf("%.40q is not a keyid", v.text), "write a number from 0 to 255, the same at both ends")
	}
	d.Socket.AO.ID = uint8(x)
}

// aoAlgorithms are the names of RFC 5926 §3, in lower case as --dump writes them.
var aoAlgorithms = [...]string{
	speaker.AOHMACSHA1: "hmac-sha-1-96", speaker.AOAES128CMAC: "aes-128-cmac-96", speaker.AOHMACSHA256: "hmac-sha-256-96",
}

// aoAlgorithm takes a name with or without its hyphens and the length of the MAC,
// which is always 96 bits, and the kernel's order of words, cmac-aes128.
func aoAlgorithm(r *reader, d *draft, n *node) {
	v := one(r, n, "ALGORITHM")
	plain := func(s string) string {
		s = strings.TrimSuffix(strings.ToLower(s), "-96")
		return strings.NewReplacer("-", "", "_", "").Replace(s)
	}
	switch name := plain(v.text); name {
	case "cmacaes128":
		d.Socket.AO.Algorithm = speaker.AOAES128CMAC
	default:
		i := slices.IndexFunc(aoAlgorithms[:], func(s string) bool { return plain(s) == name || plain(s) == "hmac"+name })
		if i < 0 {
			r.add(v.at, fmt.Sprintf("%.40q is not an algorithm of TCP-AO", v.text), "write one of "+strings.Join(aoAlgorithms[:], ", "))
		}
		d.Socket.AO.Algorithm = speaker.AOAlgorithm(max(i, 0))
	}
}

// authentication completes the key of tcp-ao.
func (d *draft) authentication(r *reader) {
	if d.aoAt == nil {
		return
	}
	ao := &d.Socket.AO
	ao.Key = secret(r, d.aoAt, "password", ao.Key, d.aoBase64, "base64")
	switch {
	case ao.Key == "":
		r.add(d.aoAt.at(), "tcp-ao has no password", "write password TEXT; in it")
	case d.Socket.MD5 != "":
		r.add(d.aoAt.at(), "tcp-ao beside md5-password", "keep one of the two: a segment carries one MAC (RFC 5925 §2.2)")
	}
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
	if ao := &s.AO; *ao != (speaker.AOKey{}) {
		w.open("tcp-ao")
		w.line("keyid", strconv.Itoa(int(ao.ID)))
		w.line("algorithm", aoAlgorithms[ao.Algorithm])
		w.line("password", word1(base64.StdEncoding.EncodeToString([]byte(ao.Key))))
		w.flag("base64", true)
		w.close()
	}
}

// md5Base64 is a flag whose default has a word, as ExaBGP's `show neighbor
// configuration` prints it: auto, which is false here.
func md5Base64(r *reader, d *draft, n *node) {
	if len(n.words) == 2 && n.words[1].text == "auto" {
		d.md5Base64 = false
		return
	}
	flag(true, func(d *draft) *bool { return &d.md5Base64 })(r, d, n)
}
