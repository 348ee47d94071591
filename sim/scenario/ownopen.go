package scenario

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/malform"
	"github.com/peerloom/peerloom/sim/world"
	"github.com/peerloom/peerloom/speaker/command"
)

// ownOpen reads a line of a peer that says what its OPEN holds.
func (p *parser) ownOpen(o *world.Peer, line int, words []string) {
	if o.Open == nil {
		o.Open = &world.OwnOpen{HoldTime: -1}
	}
	if len(words) > 1 && openLine(o.Open, words[0], words[1:]) {
		return
	}
	p.fail(line, "what follows open is wrong", "write hold-time SECONDS, router-id ADDRESS, "+
		"capability NAME, capability multiprotocol FAMILY, capability CODE HEXADECIMAL or instead CASE")
}

func openLine(o *world.OwnOpen, what string, words []string) bool {
	switch what {
	case "hold-time":
		n, err := strconv.ParseUint(words[0], 10, 16)
		o.HoldTime = int(n)
		return err == nil && len(words) == 1
	case "router-id":
		a, err := netip.ParseAddr(words[0])
		o.RouterID = a
		return err == nil && a.Is4() && len(words) == 1
	case "capability":
		c, ok := parseCapability(words)
		o.Caps = append(o.Caps, c)
		return ok
	case "instead":
		o.Instead = append(o.Instead, words[0])
		return len(words) == 1 && malform.Known(words[0])
	}
	return false
}

// parseCapability reads the words of printCapability.
func parseCapability(words []string) (codec.Capability, bool) {
	if words[0] == "multiprotocol" && len(words) == 3 {
		f, ok := command.FamilyByName(words[1], words[2])
		return codec.MultiprotocolCap(f.Family), ok
	}
	for _, c := range capabilities() {
		if c.name == words[0] {
			words = append([]string{strconv.Itoa(int(c.code))}, words[1:]...)
		}
	}
	code, err := strconv.ParseUint(words[0], 10, 8)
	value, err2 := hex.DecodeString(strings.Join(words[1:], ""))
	return codec.Capability{Code: codec.CapCode(code), Value: value}, err == nil && err2 == nil && len(value) <= 255
}

func printOpen(o *world.OwnOpen) string {
	if o == nil {
		return ""
	}
	var b strings.Builder
	if o.HoldTime >= 0 {
		fmt.Fprintf(&b, "\topen hold-time %d\n", o.HoldTime)
	}
	if o.RouterID.IsValid() {
		fmt.Fprintf(&b, "\topen router-id %v\n", o.RouterID)
	}
	for _, c := range o.Caps {
		b.WriteString("\topen capability " + printCapability(c) + "\n")
	}
	for _, name := range o.Instead {
		b.WriteString("\topen instead " + name + "\n")
	}
	return b.String()
}

func printCapability(c codec.Capability) string {
	if f := codec.Family(0); c.Code == codec.CapMultiprotocol && len(c.Value) == 4 {
		f = codec.MakeFamily(codec.AFI(uint16(c.Value[0])<<8|uint16(c.Value[1])), codec.SAFI(c.Value[3]))
		if _, ok := command.FamilyByName(f.AFI().String(), f.SAFI().String()); ok && c.Value[2] == 0 {
			return "multiprotocol " + f.String()
		}
	}
	name := strconv.Itoa(int(c.Code))
	for _, x := range capabilities() {
		if x.code == c.Code {
			name = x.name
		}
	}
	return strings.TrimSpace(name + " " + strings.ToUpper(hex.EncodeToString(c.Value)))
}
