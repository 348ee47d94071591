package codec

// AppendKeepalive appends a KEEPALIVE (RFC 4271 §4.4).
func AppendKeepalive(b []byte) []byte {
	return finish(appendHeader(b, MsgKeepalive), len(b))
}
