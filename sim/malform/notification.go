package malform

// notifications end the session whatever is in them, and are not answered (RFC 4271
// §6.4): what is told of them is another matter. A shutdown communication whose
// length is not that of the data, or that is no UTF-8, is none (RFC 9003 §2); a Hard
// Reset may lack what it wraps (RFC 8538 §3.1).
func notifications(*Session) []Case {
	var l []Case
	for _, x := range []struct {
		name, rfc string
		body      []byte
	}{
		{"shutdown", "RFC 9003 §2", []byte("\x06\x02\x03bye")},
		{"shutdown-empty", "RFC 9003 §2", []byte("\x06\x02\x00")},
		{"shutdown-length-short", "RFC 9003 §2", []byte("\x06\x02\x01bye")},
		{"shutdown-length-long", "RFC 9003 §2", []byte("\x06\x02\x09bye")},
		{"shutdown-no-utf-8", "RFC 9003 §2", []byte("\x06\x02\x02\xc3\x28")},
		{"shutdown-controls", "RFC 9003 §2", []byte("\x06\x04\x06a\"\\\n\x1b\x7f")},
		{"shutdown-255-octets", "RFC 9003 §2", join([]byte{6, 4, 255}, fill(255, 'x'))},
		{"text-of-another-subcode", "RFC 9003 §2", []byte("\x06\x03\x03bye")},
		{"hard-reset", "RFC 8538 §3.1", []byte("\x06\x09\x06\x02\x03bye")},
		{"hard-reset-empty", "RFC 8538 §3.1", []byte("\x06\x09")},
		{"hard-reset-in-hard-reset", "RFC 8538 §3.1", []byte("\x06\x09\x06\x09\x06\x02")},
		{"unknown-code", "RFC 4271 §4.5", []byte("\x4d\x4d\x01")},
	} {
		l = append(l, row("notification/"+x.name, x.rfc, treat(Close), func() []byte { return Message(Notification, x.body) }))
	}
	return l
}
