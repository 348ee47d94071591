package malform

import (
	"bytes"
	"encoding/binary"
)

// Offsets into an OPEN (RFC 4271 §4.2).
const (
	openVersion = headerLen
	openAS      = headerLen + 1
	openHold    = headerLen + 3
	openID      = headerLen + 5
	openParams  = headerLen + 9 // Opt Parm Len
)

func openWant(sub byte, data ...byte) Want {
	return Want{Treat: Reset, Code: 2, Subcode: sub, Data: data}
}

// strangers are messages that no state before Established knows (RFC 4271
// §8.2.2), in the place of the OPEN.
func strangers(*Session) []Case {
	var l []Case
	for _, x := range []struct {
		name string
		msg  []byte
	}{
		{"keepalive", Message(Keepalive)},
		{"update", UpdateOf(nil, nil, nil)},
		{"route-refresh", Refresh(1, 0, 1)},
	} {
		l = append(l, Case{Name: "open/instead/" + x.name, RFC: "RFC 6608 §4", Phase: Opening,
			Want: Want{Treat: Reset, Code: 5, Subcode: 1}, Make: func() []byte { return x.msg }})
	}
	return l
}

// opens are variants of the sender's own OPEN.
func opens(s *Session) []Case {
	if s.ValidOpen == "" || s.ValidOpen[openParams] == 255 || len(s.ValidOpen) > openParams+200 {
		return nil // no room for what the cases add
	}
	var l []Case
	add := func(name, rfc string, w Want, f func(m []byte) []byte) {
		l = append(l, Case{Name: "open/" + name, RFC: rfc, Phase: Opening, Want: w, Make: func() []byte {
			m := f([]byte(s.ValidOpen))
			return resized(m, len(m))
		}})
	}
	put := func(at int, v ...byte) func([]byte) []byte {
		return func(m []byte) []byte { copy(m[at:], v); return m }
	}
	const rfc = "RFC 4271 §6.2"
	add("version-3", rfc, openWant(1, 0, 4), put(openVersion, 3))
	add("version-5", rfc, openWant(1, 0, 4), put(openVersion, 5))
	add("as-0", "RFC 7607 §2", openWant(2), put(openAS, 0, 0))
	add("hold-1", rfc, openWant(6), put(openHold, 0, 1))
	add("hold-2", rfc, openWant(6), put(openHold, 0, 2))
	add("hold-3", rfc, treat(Accept), put(openHold, 0, 3))
	add("id-0", "RFC 6286 §2.2", openWant(3), put(openID, 0, 0, 0, 0))
	add("param/length-long", rfc, openWant(0), func(m []byte) []byte { m[openParams]++; return m })
	add("param/trailing", rfc, openWant(0), func(m []byte) []byte { return append(m, 0) })
	if s.AS4 {
		add("as4-0", "RFC 7607 §2", openWant(2), func(m []byte) []byte { return setAS4(m, 0) })
	}
	if !s.AnyAS {
		add("as-mismatch", rfc, openWant(2), func(m []byte) []byte {
			copy(m[openAS:], u16(64999))
			return setAS4(m, 64999)
		})
	}
	for _, x := range openParameters() {
		add(x.name, x.rfc, x.want, func(m []byte) []byte {
			m[openParams] += byte(len(x.bytes))
			return append(m, x.bytes...)
		})
	}
	return append(l, extendedOpens(s)...)
}

type openParameter struct {
	name, rfc string
	want      Want
	bytes     []byte // added behind the others
}

func openParameters() []openParameter {
	const rfc, caps = "RFC 4271 §6.2", "RFC 5492 §4"
	return []openParameter{
		{"param/one-octet", rfc, openWant(0), []byte{2}},
		{"param/overrun", rfc, openWant(0), []byte{2, 4, 2, 0}},
		{"param/unknown-type", rfc, openWant(4), []byte{1, 2, 0, 0}},
		{"param/empty", caps, treat(Accept), []byte{2, 0}},
		{"capability/one-octet", caps, openWant(0), []byte{2, 1, 64}},
		{"capability/overrun", caps, openWant(0), []byte{2, 2, 200, 1}},
		{"capability/unknown", caps, treat(Accept), []byte{2, 6, 200, 4, 1, 2, 3, 4}},
		{"capability/unknown-empty", caps, treat(Accept), []byte{2, 2, 239, 0}},
		{"capability/two-in-one", caps, treat(Accept), []byte{2, 6, 200, 0, 201, 2, 1, 2}},
		{"capability/multiprotocol-3", caps, openWant(0), []byte{2, 5, 1, 3, 0, 1, 0}},
		{"capability/multiprotocol-unknown", caps, treat(Accept), []byte{2, 6, 1, 4, 77, 77, 0, 77}},
		{"capability/multiprotocol-twice", caps, treat(Accept), []byte{2, 12, 1, 4, 0, 1, 0, 133, 1, 4, 0, 1, 0, 133}},
		{"capability/as4-0-octets", caps, openWant(0), []byte{2, 8, 65, 0, 200, 4, 0, 0, 0, 9}},
		{"capability/as4-3-octets", caps, openWant(0), []byte{2, 5, 65, 3, 0, 0, 1}},
		{"capability/add-path-3-octets", "RFC 7911 §4", openWant(0), []byte{2, 5, 69, 3, 0, 1, 1}},
		{"capability/add-path-mode-4", "RFC 7911 §4", treat(Accept), []byte{2, 6, 69, 4, 77, 77, 77, 4}},
		{"capability/add-path-mode-4-unicast", "RFC 7911 §4", treat(Accept), []byte{2, 6, 69, 4, 0, 1, 1, 4}},
		{"capability/add-path-twice", "RFC 7911 §4", treat(Accept), []byte{2, 12, 69, 4, 0, 1, 1, 1, 69, 4, 0, 1, 1, 2}},
		{"capability/add-path-twice-in-one", "RFC 7911 §4", treat(Accept), []byte{2, 10, 69, 8, 0, 1, 1, 2, 0, 1, 1, 1}},
		{"capability/add-path-mode-4-behind-another", "RFC 7911 §4", treat(Accept), []byte{2, 10, 69, 8, 0, 1, 1, 3, 77, 77, 77, 4}},
		{"capability/role-2-octets", "RFC 9234 §4.1", openWant(0), []byte{2, 4, 9, 2, 0, 0}},
		{"capability/role-twice", "RFC 9234 §4.2", treat(Accept), []byte{2, 6, 9, 1, 3, 9, 1, 3}},
		{"capability/role-twice-different", "RFC 9234 §4.2", openWant(11), []byte{2, 6, 9, 1, 0, 9, 1, 3}},
		{"capability/role-0-second", "RFC 9234 §4.2", openWant(11), []byte{2, 3, 9, 1, 3, 2, 3, 9, 1, 0}},
		{"capability/graceful-restart-1-octet", "RFC 4724 §3", openWant(0), []byte{2, 3, 64, 1, 0}},
		{"capability/graceful-restart-5-octets", "RFC 4724 §3", openWant(0), []byte{2, 7, 64, 5, 0, 0, 0, 1, 1}},
	}
}

// extendedOpens carry their parameters in the form of RFC 9072 §2.
func extendedOpens(s *Session) []Case {
	rewrite := func(off int, params []byte) []byte {
		m := []byte(s.ValidOpen)
		for p := m[openParams+1:]; len(p) >= 2; {
			n := int(p[1])
			params = join(params, []byte{p[0]}, u16(n), p[2:2+n])
			p = p[2+n:]
		}
		out := join(m[:openParams], []byte{255, 255}, u16(len(params)+off), params)
		return resized(out, len(out))
	}
	var l []Case
	for _, x := range []struct {
		name string
		want Want
		off  int
	}{
		{"valid", treat(Accept), 0}, {"length-long", openWant(0), 1}, {"length-short", openWant(0), -1},
	} {
		l = append(l, Case{Name: "open/extended/" + x.name, RFC: "RFC 9072 §2", Phase: Opening, Want: x.want,
			Make: func() []byte { return rewrite(x.off, nil) }})
	}
	// A parameter that no length of one octet can tell, of capabilities that nobody knows.
	long := join([]byte{2}, u16(304), []byte{239, 250}, fill(250, 2), []byte{240, 50}, fill(50, 2))
	l = append(l, Case{Name: "open/extended/long", RFC: "RFC 9072 §2", Phase: Opening, Want: treat(Accept),
		Make: func() []byte { return rewrite(0, long) }})
	return append(l, Case{Name: "open/extended/no-length", RFC: "RFC 9072 §2", Phase: Opening, Want: openWant(0), Make: func() []byte {
		out := join([]byte(s.ValidOpen[:openParams]), []byte{255, 255, 0})
		return resized(out, len(out))
	}})
}

// setAS4 writes n into the capability of RFC 6793, if there is one.
func setAS4(m []byte, n uint32) []byte {
	if i := bytes.Index(m[openParams:], []byte{65, 4}); i >= 0 {
		binary.BigEndian.PutUint32(m[openParams+i+2:], n)
	}
	return m
}
