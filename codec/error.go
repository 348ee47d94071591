package codec

import "strconv"

// Treatment is what RFC 7606 §2 asks for when something is malformed, weakest
// first.
type Treatment uint8

// Treatments.
const (
	TreatNone          Treatment = iota
	TreatDiscard                 // attribute discard
	TreatWithdraw                // treat-as-withdraw
	TreatDisableFamily           // AFI/SAFI disable
	TreatReset                   // session reset: send the NOTIFICATION
)

var treatmentNames = [...]string{
	TreatNone:          "none",
	TreatDiscard:       "attribute discard",
	TreatWithdraw:      "treat-as-withdraw",
	TreatDisableFamily: "AFI/SAFI disable",
	TreatReset:         "session reset",
}

// String is the RFC's term, as "treat-as-withdraw", or "TREATMENT(77)".
func (t Treatment) String() string {
	return nameOf(treatmentNames[:], int(t), "TREATMENT")
}

// Error is something malformed: the NOTIFICATION that RFC 4271 §6 gives it,
// and the treatment that RFC 7606 gives it. It is our own verdict: a received
// NOTIFICATION is a [Notification], never an Error.
type Error struct {
	Code    NotificationCode
	Subcode uint8
	Data    []byte
	Attr    AttrType // 0: not about one attribute
	Treat   Treatment
	// NoReply is set when the peer's NOTIFICATION is what is malformed: the
	// connection is closed without sending one back (RFC 4271 §6.4).
	NoReply bool
	Why     string // what is wrong, for a log line
}

// Error says code, subcode and what is wrong, as
// "1/2 Message Header Error, Bad Message Length: KEEPALIVE of 20 octets".
func (e *Error) Error() string {
	b := appendCode(nil, e.Code, e.Subcode)
	if e.Attr != 0 {
		b = append(append(b, ": attribute "...), attrName(e.Attr)...)
	}
	if e.Why != "" {
		b = append(append(b, ": "...), e.Why...)
	}
	return string(b)
}

// attrName is the attribute's name, or its number where it has none.
func attrName(t AttrType) string {
	if name := attrTable[t].name; name != "" {
		return name
	}
	return strconv.Itoa(int(t))
}

// Notification is the message that reports e to the peer. It shares e's Data.
func (e *Error) Notification() Notification {
	return Notification{Code: e.Code, Subcode: e.Subcode, Data: e.Data}
}
