package codec

import (
	"encoding/hex"
	"unicode/utf8"
)

// AppendJSONString appends s as a JSON string. Octets that are not UTF-8
// become U+FFFD, and controls are escaped: a peer's text stays a text.
func AppendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r < ' ' || r == 0x7f:
			b = append(b, `\u00`...)
			b = hex.AppendEncode(b, []byte{byte(r)})
		default:
			b = utf8.AppendRune(b, r)
		}
		i += n
	}
	return append(b, '"')
}

// AppendJSONHex appends "0x00FF", in capitals, as a JSON string.
func AppendJSONHex(b, v []byte) []byte {
	start := len(b) + 3
	b = append(b, `"0x`...)
	b = hex.AppendEncode(b, v)
	for i := start; i < len(b); i++ {
		if b[i] >= 'a' {
			b[i] -= 'a' - 'A'
		}
	}
	return append(b, '"')
}

// jsonSep appends ", " unless the first item is yet to come, at start.
func jsonSep(b []byte, start int) []byte {
	if len(b) > start {
		return append(b, ", "...)
	}
	return b
}
