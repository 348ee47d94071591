package codec

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

// Error is something malformed: the NOTIFICATION that RFC 4271 §6 gives it,
// and the treatment that RFC 7606 gives it. It is our own verdict: a received
// NOTIFICATION is a [Notification], never an Error.
type Error struct {
	Code    NotificationCode
	Subcode uint8
	Data    []byte
	Attr    AttrType // 0: not about one attribute
	Treat   Treatment
	Why     string // what is wrong, for a log line
}

// Error says code, subcode and what is wrong.
func (e *Error) Error() string { panic("skeleton") }

// Notification is the message that reports e to the peer.
func (e *Error) Notification() Notification { panic("skeleton") }
