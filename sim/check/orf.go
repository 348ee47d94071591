package check

import "github.com/peerloom/peerloom/codec"

// AsksForRoutes reports whether a whole ROUTE-REFRESH that is a request asks for
// the routes now. One with filters (RFC 5291 §4) does where When-to-refresh says
// IMMEDIATE and every list ends where the message does or before; a filter that was
// not offered is not kept.
func AsksForRoutes(msg []byte) bool {
	rest := msg[codec.HeaderLen:]
	if len(rest) == 4 {
		return true
	}
	rest = rest[4:]
	const immediate, head = 1, 3 // ORF type and length
	if len(rest) < 1+head || rest[0] != immediate {
		return false
	}
	for rest = rest[1:]; len(rest) > 0; {
		if len(rest) < head || head+be16(rest[1:]) > len(rest) {
			return false
		}
		rest = rest[head+be16(rest[1:]):]
	}
	return true
}
