package codec

import "encoding/binary"

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
	Restarting   bool   // R
	Notification bool   // N
	Time         uint16 // seconds, 12 bits
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

// Values of the BGP Role capability: what the sender is to its peer (RFC 9234 §4.1).
const (
	RoleProvider uint8 = iota
	RoleRS
	RoleRSClient
	RoleCustomer
	RolePeer
)

// Bits and widths of the restart capabilities (RFC 4724 §3, RFC 8538 §2, RFC 9494 §3.1).
const (
	restartBit      = 0x8000
	notificationBit = 0x4000
	maxRestartTime  = 0x0fff
	forwardingBit   = 0x80
	maxStaleTime    = 0xffffff
)

// MultiprotocolCap is capability 1 for one family (RFC 4760 §8).
func MultiprotocolCap(f Family) Capability {
	v := binary.BigEndian.AppendUint16(make([]byte, 0, 4), uint16(f.AFI()))
	return Capability{CapMultiprotocol, append(v, 0, byte(f.SAFI()))}
}

// RouteRefreshCap is capability 2 (RFC 2918 §2).
func RouteRefreshCap() Capability { return Capability{Code: CapRouteRefresh} }

// RouteRefreshCiscoCap is capability 128, which says the same as 2 to speakers
// older than RFC 2918.
func RouteRefreshCiscoCap() Capability { return Capability{Code: CapRouteRefreshCisco} }

// EnhancedRefreshCap is capability 70 (RFC 7313 §3.1).
func EnhancedRefreshCap() Capability { return Capability{Code: CapEnhancedRefresh} }

// ExtendedMessageCap is capability 6 (RFC 8654 §3).
func ExtendedMessageCap() Capability { return Capability{Code: CapExtendedMessage} }

// AS4Cap is capability 65 (RFC 6793 §3).
func AS4Cap(as uint32) Capability {
	return Capability{CapAS4, binary.BigEndian.AppendUint32(nil, as)}
}

// AddPathCap is capability 69 (RFC 7911 §4), the families in the order given.
func AddPathCap(fams ...AddPathFamily) Capability {
	v := make([]byte, 0, 4*len(fams))
	for _, f := range fams {
		v = append(appendAFISAFI(v, f.Family), byte(f.Mode))
	}
	return Capability{CapAddPath, v}
}

// ExtendedNextHopCap is capability 5 (RFC 8950 §4), the entries in the order given.
func ExtendedNextHopCap(e ...NextHopFamily) Capability {
	v := make([]byte, 0, 6*len(e))
	for _, n := range e {
		v = binary.BigEndian.AppendUint16(v, uint16(n.Family.AFI()))
		v = append(v, 0, byte(n.Family.SAFI()))
		v = binary.BigEndian.AppendUint16(v, uint16(n.NextHop))
	}
	return Capability{CapExtendedNextHop, v}
}

// GracefulRestartCap is capability 64 (RFC 4724 §3). A longer time than its 12
// bits hold becomes 4095.
func GracefulRestartCap(g GracefulRestart) Capability {
	head := min(g.Time, maxRestartTime)
	if g.Restarting {
		head |= restartBit
	}
	if g.Notification {
		head |= notificationBit
	}
	v := binary.BigEndian.AppendUint16(make([]byte, 0, 2+4*len(g.Families)), head)
	for _, f := range g.Families {
		v = append(appendAFISAFI(v, f.Family), forwardingFlag(f.Forwarding))
	}
	return Capability{CapGracefulRestart, v}
}

// LLGRCap is capability 71 (RFC 9494 §3.1). A longer time than its 24 bits hold
// becomes 16777215.
func LLGRCap(f ...LLGRFamily) Capability {
	v := make([]byte, 0, 7*len(f))
	for _, l := range f {
		v = append(appendAFISAFI(v, l.Family), forwardingFlag(l.Forwarding))
		t := min(l.StaleTime, maxStaleTime)
		v = append(v, byte(t>>16), byte(t>>8), byte(t))
	}
	return Capability{CapLLGR, v}
}

// maxNameLen leaves room for both names of an FQDN capability in 255 octets.
const maxNameLen = 126

// FQDNCap is capability 73 (draft-walton-bgp-hostname-capability). Each name is
// cut to 126 octets at a character's end.
func FQDNCap(host, domain string) Capability {
	host, domain = cutText(host, maxNameLen), cutText(domain, maxNameLen)
	v := append([]byte{byte(len(host))}, host...)
	v = append(v, byte(len(domain)))
	return Capability{CapFQDN, append(v, domain...)}
}

// maxSoftwareVersion is the length that draft-ietf-idr-bgp-software-version
// asks senders to keep to.
const maxSoftwareVersion = 64

// SoftwareVersionCap is capability 75 (draft-ietf-idr-bgp-software-version). The
// text is cut to 64 octets at a character's end.
func SoftwareVersionCap(v string) Capability {
	v = cutText(v, maxSoftwareVersion)
	return Capability{CapSoftwareVersion, append([]byte{byte(len(v))}, v...)}
}

// RoleCap is capability 9 (RFC 9234 §4.1).
func RoleCap(role uint8) Capability { return Capability{CapRole, []byte{role}} }

// appendAFISAFI appends the three octets of the newer capabilities.
func appendAFISAFI(b []byte, f Family) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(f.AFI()))
	return append(b, byte(f.SAFI()))
}

func forwardingFlag(f bool) byte {
	if f {
		return forwardingBit
	}
	return 0
}
