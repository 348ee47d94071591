package codec

import (
	"fmt"
	"strconv"
	"strings"
)

// Bits of a flow operator (RFC 8955 §4.2.1).
const (
	flowEnd = 0x80 // the last one of its component
	flowAnd = 0x40
	flowLT  = 0x04
	flowGT  = 0x02
	flowEQ  = 0x01
	flowNot = 0x02 // of a bitmask
	flowHit = 0x01 // of a bitmask: all bits match

	flowLabel = 13 // the type of RFC 8956 §3.7
)

// flowComponent is one component type.
type flowComponent struct {
	// names are its words for IPv4 and IPv6; "" where a family has none.
	names [2]string
	alias string // another word that is read
	// prefix components are addresses; bitmask ones have bitmask operators.
	prefix, bitmask bool
	max             uint64      // highest value that is written
	values          []flowValue // words of values
	say             bool        // print these words, too
}

type flowValue struct {
	value uint64
	name  string
}

// flowComponents are the types of RFC 8955 §4.2.2 and RFC 8956 §3.
var flowComponents = [...]flowComponent{
	1:         {names: [2]string{"destination-ipv4", "destination-ipv6"}, alias: "destination", prefix: true},
	2:         {names: [2]string{"source-ipv4", "source-ipv6"}, alias: "source", prefix: true},
	3:         {names: [2]string{"protocol", "next-header"}, max: 0xff, values: protocolNames[:], say: true},
	4:         {names: [2]string{"port", "port"}, max: 0xffff, values: portNames[:]},
	5:         {names: [2]string{"destination-port", "destination-port"}, max: 0xffff, values: portNames[:]},
	6:         {names: [2]string{"source-port", "source-port"}, max: 0xffff, values: portNames[:]},
	7:         {names: [2]string{"icmp-type", "icmp-type"}, max: 0xff, values: icmpTypes[:], say: true},
	8:         {names: [2]string{"icmp-code", "icmp-code"}, max: 0xff, values: icmpCodes[:]},
	9:         {names: [2]string{"tcp-flags", "tcp-flags"}, bitmask: true, max: 0xffff, values: tcpFlags[:], say: true},
	10:        {names: [2]string{"packet-length", "packet-length"}, max: 0xffff},
	11:        {names: [2]string{"dscp", "traffic-class"}, max: 0xff},
	12:        {names: [2]string{"fragment", "fragment"}, bitmask: true, max: 0xff, values: fragments[:], say: true},
	flowLabel: {names: [2]string{"", "flow-label"}, max: 0xfffff},
}

var protocolNames = [...]flowValue{
	{1, "icmp"}, {2, "igmp"}, {6, "tcp"}, {8, "egp"}, {17, "udp"},
	{46, "rsvp"}, {47, "gre"}, {50, "esp"}, {51, "ah"}, {58, "icmpv6"},
	{89, "ospf"}, {94, "ipip"}, {103, "pim"}, {132, "sctp"},
}

var portNames = [...]flowValue{
	{20, "ftp-data"}, {21, "ftp"}, {22, "ssh"}, {23, "telnet"}, {25, "smtp"},
	{53, "domain"}, {69, "tftp"}, {80, "http"}, {110, "pop3"}, {123, "ntp"},
	{143, "imap2"}, {161, "snmp"}, {179, "bgp"}, {389, "ldap"}, {443, "https"},
	{514, "syslog"}, {853, "domain-s"}, {1900, "ssdp"}, {11211, "memcached"},
}

// icmpTypes and icmpCodes have ExaBGP's words for the numbers of RFC 792 and
// its successors.
var icmpTypes = [...]flowValue{
	{0, "echo-reply"}, {3, "unreachable"}, {4, "source-quench"}, {5, "redirect"}, {8, "echo-request"},
	{9, "router-advertisement"}, {10, "router-solicit"}, {11, "time-exceeded"},
	{12, "parameter-problem"}, {13, "timestamp"}, {14, "timestamp-reply"},
	{40, "photuris"}, {41, "experimental-mobility"}, {42, "extended-echo-request"},
	{43, "extended-echo-reply"}, {253, "experimental-one"}, {254, "experimental-two"},
}

var icmpCodes = [...]flowValue{
	{0, "network-unreachable"}, {1, "host-unreachable"}, {2, "protocol-unreachable"},
	{3, "port-unreachable"}, {4, "fragmentation-needed"}, {5, "source-route-failed"},
	{6, "destination-network-unknown"}, {7, "destination-host-unknown"},
	{8, "source-host-isolated"}, {9, "destination-network-prohibited"},
	{10, "destination-host-prohibited"}, {11, "network-unreachable-for-tos"},
	{12, "host-unreachable-for-tos"}, {13, "communication-prohibited-by-filtering"},
	{14, "host-precedence-violation"}, {15, "precedence-cutoff-in-effect"},
	{0, "redirect-for-network"}, {1, "redirect-for-host"},
	{2, "redirect-for-tos-and-net"}, {3, "redirect-for-tos-and-host"},
	{0, "ttl-eq-zero-during-transit"}, {1, "ttl-eq-zero-during-reassembly"},
	{1, "required-option-missing"}, {2, "ip-header-bad"},
}

var tcpFlags = [...]flowValue{
	{0x01, "fin"}, {0x02, "syn"}, {0x04, "rst"}, {0x08, "push"}, {0x10, "ack"},
	{0x20, "urgent"}, {0x40, "ece"}, {0x80, "cwr"}, {0x100, "ns"},
	{0x08, "psh"}, {0x20, "urg"},
}

var fragments = [...]flowValue{
	{0, "not-a-fragment"}, {1, "dont-fragment"}, {2, "is-fragment"},
	{4, "first-fragment"}, {8, "last-fragment"},
}

// words are the names of component t in a flow of k. The words of a field that both
// families have, under two names, are read in both: a match on the "dscp" of IPv6
// is one on its traffic class.
func (k flowKind) words(t int) []string {
	c := &flowComponents[t] //table: a row, only read
	own := c.names[0]
	if k.v6 {
		own = c.names[1]
	}
	if c.prefix || own == "" {
		return []string{own, c.alias}
	}
	return c.names[:]
}

// flowByName finds a component by a word of either family.
func flowByName(name string) (*flowComponent, bool) {
	for t := range flowComponents {
		c := &flowComponents[t] //table: a row, only read
		if name != "" && (c.names[0] == name || c.names[1] == name || c.alias == name) {
			return c, true
		}
	}
	return nil, false
}

// appendValue appends a value in words where it has some.
func (c *flowComponent) appendValue(b []byte, v uint64) []byte {
	if !c.say {
		return strconv.AppendUint(b, v, 10)
	}
	for _, x := range c.values {
		if x.value == v {
			return append(b, x.name...)
		}
	}
	if !c.bitmask || v == 0 {
		return strconv.AppendUint(b, v, 10)
	}
	start, rest := len(b), v
	for _, x := range c.values {
		if x.value != 0 && rest&x.value == x.value {
			rest &^= x.value
			if len(b) > start {
				b = append(b, '+')
			}
			b = append(b, x.name...)
		}
	}
	if rest != 0 {
		return strconv.AppendUint(append(b[:start], "0x"...), v, 16)
	}
	return b
}

// parseValue reads a number, a word, or words of bits joined by +.
func (c *flowComponent) parseValue(s string) (uint64, error) {
	if n, err := parseUint(s, 32); err == nil {
		if n > c.max {
			return 0, fmt.Errorf("%d is too large: write at most %d", n, c.max)
		}
		return n, nil
	}
	parts := []string{s}
	if c.bitmask {
		parts = strings.Split(s, "+")
	}
	v := uint64(0)
next:
	for _, p := range parts {
		for _, x := range c.values {
			if strings.EqualFold(x.name, p) {
				v |= x.value
				continue next
			}
		}
		return 0, fmt.Errorf("%q is not a value of it: write a number%s", p, c.vocabulary())
	}
	return v, nil
}

// vocabulary lists the words of values.
func (c *flowComponent) vocabulary() string {
	if len(c.values) == 0 {
		return ""
	}
	var names []string
	for _, x := range c.values {
		names = append(names, x.name)
	}
	return " or one of " + strings.Join(names, ", ")
}
