package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// readHealthConfig sets the flags that a file names and the command line does
// not: a long option a line, `name = haproxy` or `debug`, as with ExaBGP.
func readHealthConfig(file string, f *pflag.FlagSet) error {
	r, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("--config: %w", err)
	}
	defer r.Close()
	given := map[string]bool{}
	f.Visit(func(x *pflag.Flag) { given[x.Name] = true }) // by their first names
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, assigned := strings.Cut(line, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		x := f.Lookup(name)
		switch {
		case x == nil || name == "config" || name == "help":
			return fmt.Errorf("%s:%d: %q is no option: write a long option of healthcheck, such as interval = 10", file, n, name)
		case given[x.Name]:
			continue // the command line wins
		case !assigned && x.NoOptDefVal == "":
			return fmt.Errorf("%s:%d: %s has no value: write %s = VALUE", file, n, name, name)
		case !assigned:
			value = x.NoOptDefVal
		}
		if err := f.Set(name, value); err != nil {
			return fmt.Errorf("%s:%d: %w", file, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// exabgpWords are the arguments as pflag takes them: -sF is one letter too many, and
// an option with or without a value takes it behind a "=".
func exabgpWords(args []string) []string {
	out := make([]string, 0, len(args))
	for _, a := range args {
		switch last := len(out) - 1; {
		case a == "-sF":
			out = append(out, "--syslog-facility")
		case last >= 0 && out[last] == "--syslog-facility" && slices.Contains(facilities[:], a):
			out[last] += "=" + a
		default:
			out = append(out, a)
		}
	}
	return out
}
