package world

import (
	"net/netip"

	"github.com/peerloom/peerloom/codec"
)

// OwnOpen is what of a peer's OPEN is not as in the one that it answers.
type OwnOpen struct {
	HoldTime int // seconds; -1: as mirrored
	RouterID netip.Addr
	// Caps take the place of all capabilities; nil: as mirrored.
	Caps []codec.Capability
	// Instead are the names of cases of the table of malformations that take the
	// place of the whole OPEN, one a connection.
	Instead []string
}

func (o *OwnOpen) change(mine *codec.Open) {
	if o == nil {
		return
	}
	if o.HoldTime >= 0 {
		mine.HoldTime = uint16(o.HoldTime)
	}
	if o.RouterID.IsValid() {
		mine.ID = o.RouterID
	}
	if o.Caps != nil {
		mine.Caps = append([]codec.Capability{}, o.Caps...)
	}
}
