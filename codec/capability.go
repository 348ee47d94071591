package codec

import "encoding/binary"

// CapCode is a capability code (IANA capability-codes).
type CapCode uint8

// Capability codes.
const (
	CapMultiprotocol     CapCode = 1
	CapRouteRefresh      CapCode = 2
	CapORF               CapCode = 3
	CapMultipleRoutes    CapCode = 4 // deprecated
	CapExtendedNextHop   CapCode = 5
	CapExtendedMessage   CapCode = 6
	CapBGPsec            CapCode = 7
	CapMultipleLabels    CapCode = 8
	CapRole              CapCode = 9
	CapGracefulRestart   CapCode = 64
	CapAS4               CapCode = 65
	CapDynamicOld        CapCode = 66 // deprecated
	CapDynamic           CapCode = 67
	CapMultiSession      CapCode = 68
	CapAddPath           CapCode = 69
	CapEnhancedRefresh   CapCode = 70
	CapLLGR              CapCode = 71
	CapRoutingPolicy     CapCode = 72
	CapFQDN              CapCode = 73
	CapBFDStrict         CapCode = 74
	CapSoftwareVersion   CapCode = 75
	CapPathsLimit        CapCode = 76
	CapLinkLocalNextHop  CapCode = 77
	CapRouteRefreshCisco CapCode = 128
	CapRoutingPolicyOld  CapCode = 129
	CapORFCisco          CapCode = 130
	CapMultiSessionCisco CapCode = 131
	CapOperational       CapCode = 185
)

// Capability is one capability, known or not, as on the wire. Value has at most
// 255 octets.
type Capability struct {
	Code  CapCode
	Value []byte
}

// capInfo is what this package knows of one capability.
type capInfo struct {
	name  string // IANA's, in short
	short string // in the one-line form of an OPEN
	// The length must be min plus a multiple of unit, and min itself where
	// unit is 0; free means that any length will do.
	min, unit int
	free      bool
	// text appends what is in a value of a good length; nil: nothing to show.
	text func(b, v []byte) []byte
}

// capTable has one stanza a capability.
//
// RFC 4271 §6.2 gives 2/0 to an optional parameter that is recognised but
// malformed, and no RFC of a capability with a list in it says otherwise, so a
// length that can't hold such a list refuses the OPEN. Those that mean
// something by being there are taken at any length, and the texts, which
// change nothing in a session, are ignored where malformed.
var capTable = [...]capInfo{
	CapMultiprotocol:     {name: "Multiprotocol Extensions", short: "mp", min: 4, text: textMultiprotocol},
	CapRouteRefresh:      {name: "Route Refresh", short: "refresh", free: true},
	CapExtendedNextHop:   {name: "Extended Next Hop Encoding", short: "ext-nexthop", unit: 6, text: textExtendedNextHop},
	CapExtendedMessage:   {name: "Extended Message", short: "ext-message", free: true},
	CapRole:              {name: "BGP Role", short: "role", min: 1, text: textRole},
	CapGracefulRestart:   {name: "Graceful Restart", short: "gr", min: 2, unit: 4, text: textGracefulRestart},
	CapAS4:               {name: "4-octet AS number", short: "as4", min: 4, text: textAS4},
	CapAddPath:           {name: "ADD-PATH", short: "add-path", unit: 4, text: textAddPath},
	CapEnhancedRefresh:   {name: "Enhanced Route Refresh", short: "enhanced-refresh", free: true},
	CapLLGR:              {name: "Long-Lived Graceful Restart", short: "llgr", unit: 7, text: textLLGR},
	CapFQDN:              {name: "FQDN", short: "fqdn", free: true, text: textFQDN},
	CapSoftwareVersion:   {name: "Software Version", short: "software", free: true, text: textSoftwareVersion},
	CapORF:               {name: "Outbound Route Filtering", short: "orf", free: true, text: textORF},
	CapMultipleRoutes:    {name: "Multiple routes to a destination (deprecated)", short: "multiple-routes", free: true},
	CapBGPsec:            {name: "BGPsec", short: "bgpsec", free: true},
	CapMultipleLabels:    {name: "Multiple Labels", short: "multiple-labels", free: true, text: textMultipleLabels},
	CapDynamicOld:        {name: "Dynamic Capability (deprecated)", short: "dynamic-old", free: true},
	CapDynamic:           {name: "Dynamic Capability", short: "dynamic", free: true},
	CapMultiSession:      {name: "Multisession BGP", short: "multisession", free: true},
	CapRoutingPolicy:     {name: "Routing Policy Distribution", short: "routing-policy", free: true},
	CapBFDStrict:         {name: "BFD strict mode", short: "bfd-strict", free: true},
	CapPathsLimit:        {name: "Paths Limit", short: "paths-limit", free: true, text: textPathsLimit},
	CapLinkLocalNextHop:  {name: "Link-Local Next Hop", short: "link-local-nexthop", free: true},
	CapRoutingPolicyOld:  {name: "Routing Policy Distribution (prestandard)", short: "routing-policy-old", free: true},
	CapORFCisco:          {name: "Outbound Route Filtering (prestandard)", short: "orf-cisco", free: true, text: textORF},
	CapMultiSessionCisco: {name: "Multisession BGP (prestandard)", short: "multisession-cisco", free: true},
	CapOperational:       {name: "Operational", short: "operational", free: true},
	CapRouteRefreshCisco: {name: "Route Refresh (prestandard)", short: "refresh-cisco", free: true},
}

// info is the stanza of c, nil when the capability is unknown.
func (c CapCode) info() *capInfo {
	if int(c) < len(capTable) && capTable[c].name != "" {
		return &capTable[c]
	}
	return nil
}

// String is the name of the capability, or "CAPABILITY(77)".
func (c CapCode) String() string {
	if i := c.info(); i != nil {
		return i.name
	}
	return unknown("CAPABILITY", int(c))
}

// fits reports whether n octets can be a value of the capability.
func (i *capInfo) fits(n int) bool {
	switch {
	case i.free:
		return true
	case i.unit == 0:
		return n == i.min
	}
	return n >= i.min && (n-i.min)%i.unit == 0
}

// wellFormed is the value of c when its length is good.
func (c Capability) wellFormed() ([]byte, bool) {
	i := c.Code.info()
	return c.Value, i != nil && i.fits(len(c.Value))
}

// decodeCaps adds the capabilities of one optional parameter to o. They alias p.
func (o *Open) decodeCaps(p []byte) *Error {
	for len(p) > 0 {
		if len(p) < 2 {
			return openError(SubUnspecific, "one octet is no capability")
		}
		c, n := CapCode(p[0]), int(p[1])
		if n > len(p)-2 {
			return openError(SubUnspecific, "capability %s of %d octets in %d", c, n, len(p)-2)
		}
		o.Caps = append(o.Caps, Capability{Code: c, Value: p[2 : 2+n : 2+n]})
		p = p[2+n:]
	}
	return nil
}

// checkCaps refuses what an RFC says must be refused whatever we are configured
// to do.
func (o *Open) checkCaps() *Error {
	role := -1
	for _, c := range o.Caps {
		i := c.Code.info()
		if i == nil {
			continue
		}
		if !i.fits(len(c.Value)) {
			return openError(SubUnspecific, "capability %s of %d octets", c.Code, len(c.Value))
		}
		switch c.Code {
		case CapAS4:
			if binary.BigEndian.Uint32(c.Value) == 0 {
				return openError(SubBadPeerAS, "AS 0 in capability %s (RFC 7607)", c.Code)
			}
		case CapRole:
			// "If multiple BGP Role Capabilities are received and not all of
			// them have the same value": RFC 9234 §4.2.
			if role >= 0 && role != int(c.Value[0]) {
				return openError(SubRoleMismatch, "roles %s and %s in one OPEN", roleName(uint8(role)), roleName(c.Value[0]))
			}
			role = int(c.Value[0])
		}
	}
	return nil
}
