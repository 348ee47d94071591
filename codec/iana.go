package codec

import (
	"encoding/hex"
	"strconv"
)

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

var messageNames = [...]string{
	MsgOpen:         "OPEN",
	MsgUpdate:       "UPDATE",
	MsgNotification: "NOTIFICATION",
	MsgKeepalive:    "KEEPALIVE",
	MsgRouteRefresh: "ROUTE-REFRESH",
	MsgOperational:  "OPERATIONAL",
}

// String is the RFC's name of the message, or "MESSAGE(77)".
func (t MessageType) String() string { return nameOf(messageNames[:], int(t), "MESSAGE") }

// NotificationCode is an error code of RFC 4271 §4.5 (IANA bgp-parameters-3).
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

// SubUnspecific is the subcode 0 of header, OPEN and UPDATE errors.
const SubUnspecific = 0

// Message header error subcodes (RFC 4271 §4.5).
const (
	SubConnectionNotSynchronized = 1
	SubBadMessageLength          = 2
	SubBadMessageType            = 3
)

// OPEN message error subcodes (RFC 4271 §4.5, RFC 5492, RFC 9234).
const (
	SubUnsupportedVersion    = 1
	SubBadPeerAS             = 2
	SubBadIdentifier         = 3
	SubUnsupportedParameter  = 4
	SubUnacceptableHoldTime  = 6
	SubUnsupportedCapability = 7
	SubRoleMismatch          = 11
)

// UPDATE message error subcodes (RFC 4271 §4.5).
const (
	SubMalformedAttributeList = 1
	SubUnrecognizedWellKnown  = 2
	SubMissingWellKnown       = 3
	SubAttributeFlags         = 4
	SubAttributeLength        = 5
	SubInvalidOrigin          = 6
	SubInvalidNextHop         = 8
	SubOptionalAttribute      = 9
	SubInvalidNetworkField    = 10
	SubMalformedASPath        = 11
)

// FSM error subcodes: a message that the state does not expect (RFC 6608).
const (
	SubUnexpectedInOpenSent    = 1
	SubUnexpectedInOpenConfirm = 2
	SubUnexpectedInEstablished = 3
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

// SubInvalidRefreshLength is the ROUTE-REFRESH message error of RFC 7313 §5.
const SubInvalidRefreshLength = 1

// codeTable is IANA's registry of error codes and subcodes; a subcode without a
// name is not registered, or reserved.
var codeTable = [...]struct {
	name string
	sub  []string
}{
	CodeHeader: {"Message Header Error", []string{
		SubUnspecific:                "Unspecific",
		SubConnectionNotSynchronized: "Connection Not Synchronized",
		SubBadMessageLength:          "Bad Message Length",
		SubBadMessageType:            "Bad Message Type",
	}},
	CodeOpen: {"OPEN Message Error", []string{
		SubUnspecific:            "Unspecific",
		SubUnsupportedVersion:    "Unsupported Version Number",
		SubBadPeerAS:             "Bad Peer AS",
		SubBadIdentifier:         "Bad BGP Identifier",
		SubUnsupportedParameter:  "Unsupported Optional Parameter",
		5:                        "Authentication Failure (deprecated)",
		SubUnacceptableHoldTime:  "Unacceptable Hold Time",
		SubUnsupportedCapability: "Unsupported Capability",
		SubRoleMismatch:          "Role Mismatch",
	}},
	CodeUpdate: {"UPDATE Message Error", []string{
		SubUnspecific:             "Unspecific",
		SubMalformedAttributeList: "Malformed Attribute List",
		SubUnrecognizedWellKnown:  "Unrecognized Well-known Attribute",
		SubMissingWellKnown:       "Missing Well-known Attribute",
		SubAttributeFlags:         "Attribute Flags Error",
		SubAttributeLength:        "Attribute Length Error",
		SubInvalidOrigin:          "Invalid ORIGIN Attribute",
		7:                         "AS Routing Loop (deprecated)",
		SubInvalidNextHop:         "Invalid NEXT_HOP Attribute",
		SubOptionalAttribute:      "Optional Attribute Error",
		SubInvalidNetworkField:    "Invalid Network Field",
		SubMalformedASPath:        "Malformed AS_PATH",
	}},
	CodeHoldTimer: {"Hold Timer Expired", []string{0: ""}},
	CodeFSM: {"Finite State Machine Error", []string{
		SubUnspecific:              "Unspecified Error",
		SubUnexpectedInOpenSent:    "Receive Unexpected Message in OpenSent State",
		SubUnexpectedInOpenConfirm: "Receive Unexpected Message in OpenConfirm State",
		SubUnexpectedInEstablished: "Receive Unexpected Message in Established State",
	}},
	CodeCease: {"Cease", []string{
		0:                   "",
		CeaseMaxPrefixes:    "Maximum Number of Prefixes Reached",
		CeaseShutdown:       "Administrative Shutdown",
		CeaseDeconfigured:   "Peer De-configured",
		CeaseReset:          "Administrative Reset",
		CeaseRejected:       "Connection Rejected",
		CeaseConfigChange:   "Other Configuration Change",
		CeaseCollision:      "Connection Collision Resolution",
		CeaseOutOfResources: "Out of Resources",
		CeaseHardReset:      "Hard Reset",
		CeaseBFDDown:        "BFD Down",
	}},
	CodeRouteRefresh: {"ROUTE-REFRESH Message Error", []string{
		0:                       "",
		SubInvalidRefreshLength: "Invalid Message Length",
	}},
	CodeSendHold: {"Send Hold Timer Expired", []string{0: ""}},
}

// String is IANA's name of the error code, or "CODE(77)".
func (c NotificationCode) String() string {
	if int(c) < len(codeTable) && codeTable[c].name != "" {
		return codeTable[c].name
	}
	return unknown("CODE", int(c))
}

// SubcodeName is IANA's name of a subcode: empty for a 0 that has none, and
// "SUBCODE(77)" for one that is not registered.
func SubcodeName(c NotificationCode, sub uint8) string {
	if int(c) < len(codeTable) {
		if s := codeTable[c].sub; int(sub) < len(s) && (s[sub] != "" || sub == 0) {
			return s[sub]
		}
	}
	if sub == 0 {
		return ""
	}
	return unknown("SUBCODE", int(sub))
}

// nameOf is names[i], or "KIND(i)" where there is none.
func nameOf(names []string, i int, kind string) string {
	if i < len(names) && names[i] != "" {
		return names[i]
	}
	return unknown(kind, i)
}

func unknown(kind string, i int) string { return kind + "(" + strconv.Itoa(i) + ")" }

// maxHex is how many octets of a value are shown.
const maxHex = 32

// appendHex appends at most maxHex octets of v, as "0x0001", and the length of
// what is longer.
func appendHex(b, v []byte) []byte {
	b = append(b, "0x"...)
	b = hex.AppendEncode(b, v[:min(len(v), maxHex)])
	if len(v) > maxHex {
		b = append(b, "... ("...)
		b = strconv.AppendInt(b, int64(len(v)), 10)
		b = append(b, " octets)"...)
	}
	return b
}
