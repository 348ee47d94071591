package archtest

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// Limits of size, in lines.
const (
	maxFile = 500
	maxFunc = 70
)

// Finding is one line that breaks a rule.
type Finding struct {
	Pos  token.Position
	Rule string
	Text string
}

// String is "file:line: rule: text".
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.Pos.Filename, f.Pos.Line, f.Rule, f.Text)
}

// Rule is one rule of the house.
type Rule struct {
	Name  string
	Why   string // what goes wrong where it is broken
	Core  bool   // asked of the pure packages only
	check func(p *Package, report report)
}

// report notes a finding at a place of the package.
type report func(pos token.Pos, format string, args ...any)

// Rules is every rule, in the order in which they are checked.
var Rules = []Rule{
	{"imports", "imports point down; a cycle of ideas starts with one arrow up", false, checkImports},
	{"purity", "what reaches for the outside cannot be replayed", true, checkPureImports},
	{"clock", "time is an argument: a run must not depend on when it runs", true, checkClock},
	{"random", "choices come from a Source or from the driver, or the seed says nothing", true, checkRandom},
	{"goroutine", "one thread, one order: the Go scheduler is not a Source", true, checkConcurrency},
	{"maprange", "map order differs in every run; say //order: and why it cannot matter", true, checkMapRange},
	{"float", "rounding differs between machines; a decision uses integers (//float: for a wire value)", true, checkFloat},
	{"global", "package-level state outlives the run that made it", true, checkGlobals},
	{"init", "what happens at import cannot be tested or left out", false, checkInit},
	{"model", "a model that shares code with what it checks shares its bugs", false, checkModel},
	{"filelen", "a file is one concern", false, checkFileLength},
	{"funclen", "a function is one thought", false, checkFuncLength},
	{"doc", "a package says what it is", false, checkDoc},
	{"example", "a package shows how it is used, and the example is run", false, checkExample},
	{"unfinished", "a body that only panics is a promise, not code", false, checkUnfinished},
}

// Check applies the rules to a package and returns what breaks them, in the
// order of the files.
func Check(p *Package, rules []Rule) []Finding {
	var found []Finding
	for _, r := range rules {
		if r.Core && !isCore(p.Path) {
			continue
		}
		r.check(p, func(pos token.Pos, format string, args ...any) {
			found = append(found, Finding{p.Fset.Position(pos), r.Name, fmt.Sprintf(format, args...)})
		})
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		if c := strings.Compare(a.Pos.Filename, b.Pos.Filename); c != 0 {
			return c
		}
		return a.Pos.Line - b.Pos.Line
	})
	return found
}

// corePackages are pure; a name that ends in /... covers what lies below it.
var corePackages = []string{
	"codec", "fsm", "rib", "speaker",
	"speaker/config", "speaker/command", "speaker/event", "speaker/child", "speaker/record",
	"sim", "sim/...", "netsim",
}

// impurePackages are the exceptions below a /... of corePackages.
var impurePackages = map[string]string{
	"sim/simtest":  "runs simulations from within go test: flags, environment, files",
	"sim/simclock": "lends virtual time to code that uses a clock.Clock, with its channels",
}

func isCore(path string) bool {
	if _, ok := impurePackages[path]; ok {
		return false
	}
	return slices.ContainsFunc(corePackages, func(c string) bool {
		below, tree := strings.CutSuffix(c, "...")
		return path == c || tree && strings.HasPrefix(path, below)
	})
}
