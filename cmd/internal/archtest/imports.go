package archtest

import (
	"go/types"
	"slices"
	"strings"
)

// modulePath is this module; packages are named below it.
const modulePath = "github.com/peerloom/peerloom"

// allowed says, for each package, which others of the module and which foreign
// modules its code (not its tests) may import, and why. A package that is not
// here imports nothing but the standard library; cmd and fuzz import anything.
var allowed = map[string]map[string]string{
	"codec": {},
	"sim": {
		"pgregory.net/rapid": "a Source that rapid draws and shrinks",
	},
	"fsm": {
		"codec": "OPEN, NOTIFICATION and what they negotiate",
	},
	"rib": {
		"codec": "NLRI, attributes and the messages that Pull makes",
	},
	"netsim": {
		"sim": "the loop and its choices",
	},
	"netsim/netconn": {
		"netsim": "the streams that it dresses as net.Conn",
		"sim":    "the loop that its pump runs",
	},
	"sim/simclock": {
		"sim":                          "the loop's time",
		"github.com/benbjohnson/clock": "the interface that it serves",
	},
	"speaker": {
		"codec": "messages", "fsm": "one machine a connection", "rib": "one Adj-RIB-In and -Out a peer",
	},
	"speaker/config": {
		"speaker": "the Config that it makes", "codec": "values in text form",
		"speaker/command": "one grammar of routes for configuration and commands",
	},
	"speaker/command": {
		"speaker": "the Command that it makes and the Reply that it prints", "codec": "values in text form",
		"speaker/config": "one grammar of routes for configuration and commands", "rib": "routes in show replies",
		"fsm": "states in show replies",
	},
	"speaker/event": {
		"speaker": "the Event that it prints", "codec": "messages in events", "fsm": "what was negotiated",
		"speaker/command": "one text form of routes and attributes",
	},
	"speaker/child": {
		"speaker": "commands, replies and events", "speaker/command": "lines in, replies out", "speaker/event": "lines out",
	},
	"speaker/record": {
		"speaker": "what it drives", "speaker/child": "the protocol of its clients", "speaker/config": "configurations as text",
		"codec": "messages in words", "fsm": "who observes a replay",
	},
	"speaker/live": {
		"speaker": "what it drives", "speaker/record": "the speaker and its clients as one value", "speaker/child": "the protocol of its child processes",
		"speaker/config": "reload, and the environment", "speaker/command": "replies", "speaker/event": "lines",
		"codec": "message sizes", "fsm": "states in logs",
		"github.com/benbjohnson/clock": "time as a seam",
		"golang.org/x/sys/unix":        "socket options that syscall has not: TTL security, TCP MD5 signatures",
	},
	"sim/simtest": {
		"sim": "sources and stories", "sim/scenario": "scenario files",
		"pgregory.net/rapid": "a Source that rapid draws",
	},
	"sim/world": {
		"sim": "the loop", "netsim": "the network", "speaker": "what lives there", "codec": "what scripted peers say",
		"fsm": "states in traces", "rib": "tables in checks", "sim/check": "the oracles that watch a run",
		"speaker/config": "configurations as text", "speaker/command": "commands as text",
		"speaker/event": "events as lines", "speaker/child": "API clients",
		"sim/malform": "malformed messages", "sim/canon": "its state in octets",
	},
	"sim/check": {
		"codec": "types and names of values; never what reads or writes them", "sim": "how a verdict is reported",
		"fsm": "the names of states and events; never its table",
	},
	"sim/relive": {
		"speaker/record": "what it runs again", "speaker": "commands and configurations", "sim/check": "the oracles", "fsm": "who observes",
		"codec": "messages", "sim/world": "attributes as a session exports them",
	},
	"sim/explore": {
		"sim": "the search", "sim/check": "the contract", "speaker": "what is explored", "codec": "what its peer says",
		"speaker/command": "commands as text", "sim/world": "attributes as a session exports them",
	},
	"sim/generate": {"sim": "the seed's choices", "sim/scenario": "the file that it draws", "sim/malform": "the names of its cases"},
	"sim/suite": {
		"sim": "sources", "sim/world": "the world of a case", "sim/check": "verdicts", "netsim": "splits by name",
		"codec": "what must come", "speaker": "processes", "speaker/config": "configurations as text",
	},
	"sim/scenario": {
		"sim/explore": "the story of a file",
		"sim":         "sources", "sim/malform": "names of cases", "sim/world": "the world that a file describes", "sim/check": "verdicts", "codec": "messages in words",
		"netsim": "faults by name", "speaker": "configurations and commands", "speaker/config": "configurations as text",
		"speaker/command": "commands as text", "speaker/event": "events as text", "fsm": "states in words",
	},
}

// unrestricted packages are the top of the house: nothing imports them.
var unrestricted = []string{"cmd/", "fuzz", "examples"}

func checkImports(p *Package, report report) {
	if slices.ContainsFunc(unrestricted, func(top string) bool { return strings.HasPrefix(p.Path, top) }) {
		return
	}
	for _, f := range p.Files {
		for _, spec := range f.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			inside, ours := strings.CutPrefix(path, modulePath+"/")
			foreign := strings.Contains(strings.SplitN(path, "/", 2)[0], ".")
			if !ours && !foreign {
				continue
			}
			if _, ok := allowed[p.Path][inside]; !ok {
				report(spec.Pos(), "%s may not import %s", p.Path, inside)
			}
		}
	}
}

// impure standard packages; those below a name (os/exec) are meant too.
var impureImports = []string{
	"os", "net", "sync", "context", "log", "syscall", "unsafe", "testing",
	"crypto/rand", "math/rand", "runtime", "path/filepath", "embed", "plugin",
}

// pureImports are the exceptions: values, or a choice that needs a seed.
var pureImports = []string{"net/netip", "math/rand/v2"}

func checkPureImports(p *Package, report report) {
	for _, f := range p.Files {
		for _, spec := range f.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if slices.Contains(pureImports, path) {
				continue
			}
			for _, bad := range impureImports {
				if path == bad || strings.HasPrefix(path, bad+"/") {
					report(spec.Pos(), "a pure package may not import %s", path)
				}
			}
		}
	}
}

// modelMay are the functions and methods of codec that a model may use: those of
// containers and names, which know nothing of any octet on the wire. NLRI.AppendText
// is for the words of a verdict.
var modelMay = []string{
	"Family.AFI", "Family.SAFI", "FamilySet.Has", "Options.Max",
	"Attrs.Get", "Attrs.With", "Attrs.Without", "Attrs.Clone",
	"MessageType.String", "NLRI.AppendText",
}

// checkModel: sim/check has the types and names of codec, and reads and writes
// octets by itself.
func checkModel(p *Package, report report) {
	if p.Path != "sim/check" {
		return
	}
	for id, obj := range p.Info.Uses { //order: findings are sorted by place
		if obj.Pkg() == nil || obj.Pkg().Path() != modulePath+"/codec" {
			continue
		}
		switch obj := obj.(type) {
		case *types.Func:
			name := obj.Name()
			if recv := obj.Signature().Recv(); recv != nil {
				t := recv.Type()
				if ptr, ok := t.(*types.Pointer); ok {
					t = ptr.Elem()
				}
				name = t.(*types.Named).Obj().Name() + "." + name
			}
			if !slices.Contains(modelMay, name) {
				report(id.Pos(), "a model may not share codec's %s: it would share its bugs", name)
			}
		case *types.TypeName:
			if obj.Name() == "Decoder" || obj.Name() == "Framer" {
				report(id.Pos(), "a model may not read with codec.%s", obj.Name())
			}
		}
	}
}
