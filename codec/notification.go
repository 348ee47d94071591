package codec

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Notification is a NOTIFICATION message.
type Notification struct {
	Code    NotificationCode
	Subcode uint8
	Data    []byte
}

const notificationLen = HeaderLen + 2

// DecodeNotification decodes a framed NOTIFICATION. Its Data is a copy. The
// error, for a message without a code and subcode, is one that must not be
// reported to the peer (RFC 4271 §6.4; [Error.NoReply]).
func DecodeNotification(msg []byte) (Notification, *Error) {
	if err := checkLength(msg, notificationLen); err != nil {
		err.NoReply = true
		return Notification{}, err
	}
	body := Body(msg)
	n := Notification{Code: NotificationCode(body[0]), Subcode: body[1]}
	if len(body) > 2 {
		n.Data = slices.Clone(body[2:])
	}
	return n, nil
}

// AppendNotification appends a NOTIFICATION; data that would make it longer
// than MaxLen is cut.
func AppendNotification(b []byte, n Notification) []byte {
	start := len(b)
	b = appendHeader(b, MsgNotification)
	b = append(b, byte(n.Code), n.Subcode)
	b = append(b, n.Data[:min(len(n.Data), MaxLen-notificationLen)]...)
	return finish(b, start)
}

// maxShutdownText is the longest shutdown communication, in octets (RFC 9003 §2).
const maxShutdownText = 255

// Shutdown makes a Cease with a shutdown communication, cut to 255 octets at a
// character's end (RFC 9003 §2). What is not UTF-8 in it is replaced. Empty
// text: no data.
func Shutdown(subcode uint8, text string) Notification {
	n := Notification{Code: CodeCease, Subcode: subcode}
	if text == "" {
		return n
	}
	text = cutText(text, maxShutdownText)
	n.Data = append([]byte{byte(len(text))}, text...)
	return n
}

// cutText makes text valid UTF-8 of at most max octets.
func cutText(text string, max int) string {
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	if len(text) <= max {
		return text
	}
	for max > 0 && !utf8.RuneStart(text[max]) {
		max--
	}
	return text[:max]
}

// ShutdownText is the shutdown communication of RFC 9003, as the peer wrote it:
// escape it before it is shown. It is false when there is none or it is
// malformed (a length that is not that of the data, or no UTF-8), and for
// anything but Cease subcodes 2 and 4.
func (n Notification) ShutdownText() (string, bool) {
	if n.Code != CodeCease || n.Subcode != CeaseShutdown && n.Subcode != CeaseReset {
		return "", false
	}
	if len(n.Data) < 2 || int(n.Data[0]) != len(n.Data)-1 || !utf8.Valid(n.Data[1:]) {
		return "", false
	}
	return string(n.Data[1:]), true
}

// HardReset wraps n into a Hard Reset (RFC 8538 §3.1).
func HardReset(n Notification) Notification {
	return Notification{
		Code:    CodeCease,
		Subcode: CeaseHardReset,
		Data:    append([]byte{byte(n.Code), n.Subcode}, n.Data...),
	}
}

// Wrapped is the notification inside a Hard Reset (RFC 8538 §3.1); false when n
// is none, or has no room for one. Its Data aliases n's.
func (n Notification) Wrapped() (Notification, bool) {
	if n.Code != CodeCease || n.Subcode != CeaseHardReset || len(n.Data) < 2 {
		return Notification{}, false
	}
	in := Notification{Code: NotificationCode(n.Data[0]), Subcode: n.Data[1]}
	if len(n.Data) > 2 {
		in.Data = n.Data[2:]
	}
	return in, true
}

// String is "code/subcode name: text", as
//
//	6/2 Cease, Administrative Shutdown: "maintenance"
//
// with the peer's text quoted and escaped, and any other data in hexadecimal,
// cut when long. A Hard Reset shows what it wraps.
func (n Notification) String() string { return string(n.appendText(nil)) }

func (n Notification) appendText(b []byte) []byte {
	b = appendCode(b, n.Code, n.Subcode)
	if in, ok := n.Wrapped(); ok {
		b = append(b, ": "...)
		if in.Subcode == CeaseHardReset && in.Code == CodeCease {
			// A Hard Reset in a Hard Reset: not followed, so that a
			// peer's nesting costs nothing.
			return appendHex(b, n.Data)
		}
		return in.appendText(b)
	}
	if text, ok := n.ShutdownText(); ok {
		return strconv.AppendQuote(append(b, ": "...), text)
	}
	if len(n.Data) > 0 {
		return appendHex(append(b, ": "...), n.Data)
	}
	return b
}

// appendCode appends "code/subcode name".
func appendCode(b []byte, c NotificationCode, sub uint8) []byte {
	b = strconv.AppendUint(b, uint64(c), 10)
	b = append(b, '/')
	b = strconv.AppendUint(b, uint64(sub), 10)
	b = append(b, ' ')
	b = append(b, c.String()...)
	if s := SubcodeName(c, sub); s != "" {
		b = append(append(b, ", "...), s...)
	}
	return b
}
