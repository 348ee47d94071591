package codec

import "fmt"

// Describe is one readable line for any message, as
//
//	NOTIFICATION 6/2 Cease, Administrative Shutdown: "bye"
//
// o is how the direction that the message came in reads (nil: the zero
// Options). What is malformed is said in the line; nothing panics, and a
// peer's text is escaped.
func Describe(msg []byte, o *Options) string {
	if o == nil {
		o = &Options{}
	}
	if err := checkLength(msg, HeaderLen); err != nil {
		return "malformed: " + err.Error()
	}
	text, err := describe(msg, o)
	if err != nil {
		return fmt.Sprintf("%s malformed: %s", TypeOf(msg), err.Error())
	}
	return text
}

func describe(msg []byte, o *Options) (string, *Error) {
	switch t := TypeOf(msg); t {
	case MsgOpen:
		open, err := DecodeOpen(msg)
		if err != nil {
			return "", err
		}
		return open.String(), nil
	case MsgUpdate:
		return describeUpdate(msg, o), nil
	case MsgNotification:
		n, err := DecodeNotification(msg)
		return "NOTIFICATION " + n.String(), err
	case MsgRouteRefresh:
		r, err := DecodeRouteRefresh(msg)
		return r.String(), err
	case MsgOperational:
		o, err := DecodeOperational(msg)
		return o.String(), err
	case MsgKeepalive:
		if len(msg) != HeaderLen {
			return "", badLength(msg, fmt.Sprintf("%d octets", len(msg)))
		}
		return t.String(), nil
	default:
		return fmt.Sprintf("%s of %d octets", t, len(msg)), nil
	}
}
