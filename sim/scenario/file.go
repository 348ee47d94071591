package scenario

import (
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/world"
	"github.com/peerloom/peerloom/speaker"
)

// Version is the number in the first line of a scenario file.
const Version = 1

// File is a scenario.
type File struct {
	Name     string
	About    []string // comment lines below the name, without "# "
	Knobs    world.Knobs
	Speakers []Speaker
	Reloads  []Speaker // configurations that a reload of the speaker of that name finds, in turns
	Peers    []world.Peer
	Clients  []world.Client
	Network  []world.Step // the script of what is nobody's own
	Expects  []Expect
	Views    []View
}

// Speaker is a speaker and the text of its configuration, in ExaBGP's syntax.
type Speaker struct {
	Name   string
	Text   []string // lines of the configuration
	config *speaker.Config
	// misread is where the configuration does not mean what Text says; nil: nowhere.
	misread *check.Violation
}

// Expect is the exact sequence of UPDATE and ROUTE-REFRESH messages that To
// receives from From in a paced run.
type Expect struct {
	From, To string
	Messages []Line
}

// Line is one expected message: its description, its bytes in hexadecimal, or
// both.
type Line struct {
	Text string
	Hex  string // capital letters
}

// View is what a peer has at the end, one route a line.
type View struct {
	Peer   string
	Routes []string
}
