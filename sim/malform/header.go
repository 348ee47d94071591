package malform

import "fmt"

func headerWant(sub byte, data ...byte) Want {
	return Want{Treat: Reset, Code: 1, Subcode: sub, Data: data}
}

// resized is a message whose Length field says n.
func resized(msg []byte, n int) []byte {
	copy(msg[16:], u16(n))
	return msg
}

// headers are the Message Header Errors of RFC 4271 §6.1, and messages that do
// not belong into Established.
func headers(s *Session) []Case {
	const rfc = "RFC 4271 §6.1"
	var l []Case
	for _, i := range []int{0, 7, 15} {
		l = append(l, row(fmt.Sprintf("header/marker-%d", i), rfc, headerWant(1), func() []byte {
			m := Message(Keepalive)
			m[i] = 0xfe
			return m
		}))
	}
	for _, x := range []struct {
		name string
		kind byte
		n    int
	}{
		{"keepalive-0", Keepalive, 0}, {"keepalive-18", Keepalive, 18}, {"keepalive-20", Keepalive, 20},
		{"update-18", Update, 18}, {"update-22", Update, 22}, {"open-28", Open, 28}, {"refresh-18", RouteRefresh, 18},
		{"open-4097", Open, 4097}, {"keepalive-4097", Keepalive, 4097}, {"update-4097", Update, 4097}, {"update-65535", Update, 65535},
		{"refresh-4097", RouteRefresh, 4097},
	} {
		if s.Extended && (x.kind == Update || x.kind == RouteRefresh) && x.n > 4096 {
			continue
		}
		l = append(l, row("header/length/"+x.name, rfc, headerWant(2, u16(x.n)...), func() []byte {
			return resized(Message(x.kind, fill(max(0, min(x.n, 4200)-headerLen), 0)), x.n)
		}))
	}
	for _, kind := range []byte{0, 7, 128, 255} {
		w := headerWant(3, kind)
		if s.ExaBGP {
			w.Subcode, w.Data = 0, nil
		}
		l = append(l, row(fmt.Sprintf("header/type-%d", kind), rfc, w, func() []byte { return Message(kind) }))
	}
	return append(l,
		row("header/notification-19", "RFC 4271 §6.4", treat(Close), func() []byte { return Message(Notification) }),
		row("header/notification-20", "RFC 4271 §6.4", treat(Close), func() []byte { return Message(Notification, []byte{6}) }))
}

// openAgain is the sender's own OPEN where there was one.
func openAgain(s *Session) []Case {
	if s.ValidOpen == "" {
		return nil
	}
	return []Case{row("open/in-established", "RFC 6608 §4", Want{Treat: Reset, Code: 5, Subcode: 3}, func() []byte { return []byte(s.ValidOpen) })}
}

// refreshes are ROUTE-REFRESH messages. Those of a subtype that RFC 7313 adds
// need its capability: without it the octet is reserved (RFC 2918 §3).
func refreshes(s *Session) []Case {
	whole := func(msg []byte) Want { return Want{Treat: Reset, Code: 7, Subcode: 1, Data: msg} }
	l := []Case{
		row("refresh/short", "RFC 4271 §6.1", headerWant(2, 0, 22), func() []byte { return Message(RouteRefresh, []byte{0, 1, 0}) }),
		row("refresh/empty", "RFC 4271 §6.1", headerWant(2, 0, 19), func() []byte { return Message(RouteRefresh) }),
		row("refresh/unknown-family", "RFC 2918 §4", treat(Ignore), func() []byte { return Refresh(9, 0, 9) }),
	}
	for _, x := range []struct {
		name string
		want Treatment
		orf  []byte
	}{
		{"immediate", Accept, []byte{1, 64, 0, 2, 0, 9}}, {"defer", Ignore, []byte{2, 64, 0, 2, 0, 9}},
		{"overrun", Ignore, []byte{1, 64, 0, 9, 0, 9}}, {"cut", Ignore, []byte{1, 64}},
	} {
		l = append(l, row("refresh/orf-"+x.name, "RFC 5291 §4", treat(x.want), func() []byte {
			return Message(RouteRefresh, []byte{0, 1, 0, 1}, x.orf)
		}))
	}
	if !s.Enhanced {
		return l
	}
	for _, x := range []struct {
		name string
		body []byte
	}{
		{"borr-short", []byte{0, 1, 1}}, {"borr-long", []byte{0, 1, 1, 1, 0}}, {"eorr-short", []byte{0, 1, 2}},
		{"eorr-long", []byte{0, 1, 2, 1, 0, 0, 0}}, {"borr-4096-octets", join([]byte{0, 1, 1, 1}, fill(4096-headerLen-4, 7))},
		{"borr-20000-octets", join([]byte{0, 1, 1, 1}, fill(20000-headerLen-4, 7))},
	} {
		if len(x.body) > 4096-headerLen && !s.Extended {
			continue
		}
		msg := Message(RouteRefresh, x.body)
		l = append(l, row("refresh/"+x.name, "RFC 7313 §5", whole(msg), func() []byte { return msg }))
	}
	return append(l,
		row("refresh/unknown-subtype", "RFC 7313 §5", treat(Ignore), func() []byte { return Refresh(1, 3, 1) }),
		row("refresh/subtype-255", "RFC 7313 §5", treat(Ignore), func() []byte { return Refresh(1, 255, 1) }),
		row("refresh/borr", "RFC 7313 §4", treat(Accept), func() []byte { return Refresh(1, 1, 1) }),
		row("refresh/eorr", "RFC 7313 §4", treat(Accept), func() []byte { return Refresh(1, 2, 1) }),
		row("refresh/eorr-unknown-family", "RFC 7313 §4", treat(Ignore), func() []byte { return Refresh(9, 2, 9) }),
	)
}
