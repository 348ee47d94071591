package codec

import "net/netip"

// MessageType is a BGP message type (IANA bgp-parameters-1).
type MessageType uint8

// Message types.
const (
	MsgOpen         MessageType = 1
	MsgUpdate       MessageType = 2
	MsgNotification MessageType = 3
	MsgKeepalive    MessageType = 4
	MsgRouteRefresh MessageType = 5
	MsgOperational  MessageType = 6 // draft-ietf-idr-operational-message
)

// TypeOf is the type of a framed message.
func TypeOf(msg []byte) MessageType { return MessageType(msg[18]) }

// Body is a framed message without its header.
func Body(msg []byte) []byte { return msg[HeaderLen:] }

// Framer cuts a byte stream into messages, whatever the pieces it comes in.
// The zero value is ready. It holds at most one incomplete message and what
// came after it in one Write.
type Framer struct {
	buf []byte
	off int
}

// Write adds received bytes; they are copied.
func (f *Framer) Write(p []byte) { panic("skeleton") }

// Next is the next whole message, or nil when more bytes are needed. max is
// the longest message allowed now (OPEN and KEEPALIVE stay at MaxLen, RFC 8654
// §4). The error is a Message Header Error (RFC 4271 §6.1). The slice dies with
// the next Write.
func (f *Framer) Next(max int) ([]byte, *Error) { panic("skeleton") }

// Buffered is the number of bytes not yet given out.
func (f *Framer) Buffered() int { panic("skeleton") }

// Clone copies the framer and its bytes.
func (f *Framer) Clone() Framer { panic("skeleton") }

// Open is an OPEN message.
type Open struct {
	Version  uint8
	AS       uint16 // My Autonomous System: AS_TRANS where AS4 is needed
	HoldTime uint16 // seconds
	ID       netip.Addr
	Caps     []Capability // in order, one per optional parameter when encoded
	Extended bool         // RFC 9072 form was used (or must be)
}

// ASTrans is the AS number that stands for one that needs four octets (RFC 6793 §9).
const ASTrans = 23456

// CapCode is a capability code (IANA capability-codes).
type CapCode uint8

// Capability codes.
const (
	CapMultiprotocol     CapCode = 1
	CapRouteRefresh      CapCode = 2
	CapExtendedNextHop   CapCode = 5
	CapExtendedMessage   CapCode = 6
	CapRole              CapCode = 9
	CapGracefulRestart   CapCode = 64
	CapAS4               CapCode = 65
	CapAddPath           CapCode = 69
	CapEnhancedRefresh   CapCode = 70
	CapLLGR              CapCode = 71
	CapFQDN              CapCode = 73
	CapSoftwareVersion   CapCode = 75
	CapRouteRefreshCisco CapCode = 128
)

// Capability is one capability, known or not, as on the wire.
type Capability struct {
	Code  CapCode
	Value []byte
}

// AddPathMode is what a speaker can do for a family (RFC 7911 §4).
type AddPathMode uint8

// ADD-PATH modes.
const (
	AddPathReceive AddPathMode = 1
	AddPathSend    AddPathMode = 2
	AddPathBoth    AddPathMode = 3
)

// AddPathFamily is one entry of the ADD-PATH capability.
type AddPathFamily struct {
	Family Family
	Mode   AddPathMode
}

// NextHopFamily is one entry of the extended next hop capability (RFC 8950 §4).
type NextHopFamily struct {
	Family  Family
	NextHop AFI
}

// GracefulRestart is the capability of RFC 4724 §3 (and RFC 8538's N bit).
type GracefulRestart struct {
	Restarting   bool // R
	Notification bool // N
	Time         uint16
	Families     []RestartFamily
}

// RestartFamily is one family of GracefulRestart.
type RestartFamily struct {
	Family     Family
	Forwarding bool
}

// LLGRFamily is one family of the LLGR capability (RFC 9494 §3.1).
type LLGRFamily struct {
	Family     Family
	Forwarding bool
	StaleTime  uint32 // seconds, 24 bits
}

// Constructors of capabilities.

func MultiprotocolCap(f Family) Capability             { panic("skeleton") }
func RouteRefreshCap() Capability                      { panic("skeleton") }
func EnhancedRefreshCap() Capability                   { panic("skeleton") }
func ExtendedMessageCap() Capability                   { panic("skeleton") }
func AS4Cap(as uint32) Capability                      { panic("skeleton") }
func AddPathCap(fams ...AddPathFamily) Capability      { panic("skeleton") }
func ExtendedNextHopCap(e ...NextHopFamily) Capability { panic("skeleton") }
func GracefulRestartCap(g GracefulRestart) Capability  { panic("skeleton") }
func LLGRCap(f ...LLGRFamily) Capability               { panic("skeleton") }
func FQDNCap(host, domain string) Capability           { panic("skeleton") }
func SoftwareVersionCap(v string) Capability           { panic("skeleton") }
func RoleCap(role uint8) Capability                    { panic("skeleton") }

// Views on an OPEN's capabilities. All tolerate duplicates as RFC 5492 §4 says.

func (o *Open) Has(c CapCode) bool                       { panic("skeleton") }
func (o *Open) AS4() (uint32, bool)                      { panic("skeleton") }
func (o *Open) Families() FamilySet                      { panic("skeleton") } // RFC 4760: IPv4 unicast when no MP capability
func (o *Open) AddPath() []AddPathFamily                 { panic("skeleton") }
func (o *Open) ExtendedNextHop() []NextHopFamily         { panic("skeleton") }
func (o *Open) GracefulRestart() (GracefulRestart, bool) { panic("skeleton") }

// DecodeOpen decodes a framed OPEN. It checks what RFC 4271 §6.2 lets be
// checked without configuration.
func DecodeOpen(msg []byte) (*Open, *Error) { panic("skeleton") }

// AppendOpen appends an OPEN message.
func AppendOpen(b []byte, o *Open) ([]byte, error) { panic("skeleton") }

// NotificationCode is an error code of RFC 4271 §4.5.
type NotificationCode uint8

// Error codes.
const (
	CodeHeader       NotificationCode = 1
	CodeOpen         NotificationCode = 2
	CodeUpdate       NotificationCode = 3
	CodeHoldTimer    NotificationCode = 4
	CodeFSM          NotificationCode = 5
	CodeCease        NotificationCode = 6
	CodeRouteRefresh NotificationCode = 7
	CodeSendHold     NotificationCode = 8 // RFC 9687
)

// Cease subcodes (RFC 4486, RFC 8538, RFC 9384).
const (
	CeaseMaxPrefixes    = 1
	CeaseShutdown       = 2
	CeaseDeconfigured   = 3
	CeaseReset          = 4
	CeaseRejected       = 5
	CeaseConfigChange   = 6
	CeaseCollision      = 7
	CeaseOutOfResources = 8
	CeaseHardReset      = 9
	CeaseBFDDown        = 10
)

// Notification is a NOTIFICATION message.
type Notification struct {
	Code    NotificationCode
	Subcode uint8
	Data    []byte
}

// String is "code/subcode name: text", peer-controlled text escaped.
func (n Notification) String() string { panic("skeleton") }

// ShutdownText is the shutdown communication of RFC 9003; false when there is
// none or it is malformed.
func (n Notification) ShutdownText() (string, bool) { panic("skeleton") }

// Shutdown makes a Cease with a shutdown communication, cut to 255 octets at a
// character's end (RFC 9003 §2). Empty text: no data.
func Shutdown(subcode uint8, text string) Notification { panic("skeleton") }

// HardReset wraps n into a Hard Reset (RFC 8538 §3.1).
func HardReset(n Notification) Notification { panic("skeleton") }

// DecodeNotification decodes a framed NOTIFICATION.
func DecodeNotification(msg []byte) (Notification, *Error) { panic("skeleton") }

// AppendNotification appends a NOTIFICATION; data that would make it longer
// than MaxLen is cut.
func AppendNotification(b []byte, n Notification) []byte { panic("skeleton") }

// AppendKeepalive appends a KEEPALIVE.
func AppendKeepalive(b []byte) []byte { panic("skeleton") }

// RefreshSubtype is the subtype of ROUTE-REFRESH (RFC 7313 §3.2).
type RefreshSubtype uint8

// Subtypes of ROUTE-REFRESH.
const (
	RefreshRequest RefreshSubtype = 0
	RefreshBegin   RefreshSubtype = 1 // BoRR
	RefreshEnd     RefreshSubtype = 2 // EoRR
)

// RouteRefresh is a ROUTE-REFRESH message (RFC 2918, 7313). ORF holds whatever
// follows (RFC 5291), opaque.
type RouteRefresh struct {
	Family  Family
	Subtype RefreshSubtype
	ORF     []byte
}

// DecodeRouteRefresh decodes a framed ROUTE-REFRESH. A bad length of a BoRR or
// EoRR is error 7/1 (RFC 7313 §5).
func DecodeRouteRefresh(msg []byte) (RouteRefresh, *Error) { panic("skeleton") }

// AppendRouteRefresh appends a ROUTE-REFRESH.
func AppendRouteRefresh(b []byte, r RouteRefresh) []byte { panic("skeleton") }
