package simtest

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/peerloom/peerloom/sim/scenario"
)

// setting is one flag and its twin in the environment.
type setting struct {
	name  string // of the flag, behind "sim."
	value string // unless given
	usage string
}

func settings() []setting {
	return []setting{
		{"seed", "1", "the first seed"},
		{"runs", "100", "how many seeds"},
		{"strategy", "uniform", "who decides: " + strings.Join(scenario.Strategies(), ", ")},
		{"file", "", "run only this file, as a failure wrote it"},
		{"trace", "", "print every event of a run that fails"},
	}
}

func (s setting) flag() string { return "sim." + s.name }
func (s setting) env() string  { return "SIM_" + strings.ToUpper(s.name) }

// Main adds the flags and runs the tests. Call it from TestMain.
func Main(m *testing.M) {
	for _, s := range settings() {
		if s.name == "trace" {
			flag.Bool(s.flag(), false, s.usage)
		} else {
			flag.String(s.flag(), s.value, s.usage)
		}
	}
	os.Exit(m.Run())
}

// config is what the flags and the environment say.
type config struct {
	seed     uint64
	runs     uint64
	strategy string
	file     string
	trace    bool
	flags    bool // Main was called
}

// look reads the settings: a flag that was given, else the environment, else
// the flag's default.
func look() (config, error) {
	given := map[string]string{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = f.Value.String() })
	values := map[string]string{}
	for _, s := range settings() {
		v, ok := given[s.flag()]
		if !ok {
			v = os.Getenv(s.env())
		}
		if v == "" {
			v = s.value
		}
		values[s.name] = v
	}
	c := config{strategy: values["strategy"], file: values["file"], flags: flag.Lookup("sim.seed") != nil}
	var err1, err2 error
	c.seed, err1 = strconv.ParseUint(values["seed"], 10, 64)
	c.runs, err2 = strconv.ParseUint(values["runs"], 10, 64)
	switch {
	case err1 != nil:
		return c, fmt.Errorf("-sim.seed or SIM_SEED is %q: write a number", values["seed"])
	case err2 != nil || c.runs == 0:
		return c, fmt.Errorf("-sim.runs or SIM_RUNS is %q: write a number from 1 on", values["runs"])
	case !scenario.IsStrategy(c.strategy):
		return c, fmt.Errorf("-sim.strategy or SIM_STRATEGY is %q: write one of %s", c.strategy, strings.Join(scenario.Strategies(), ", "))
	}
	c.trace, _ = strconv.ParseBool(values["trace"])
	return c, nil
}

func itoa(n uint64) string { return strconv.FormatUint(n, 10) }
