package config

import "strings"

// EnvFile reads ExaBGP's exabgp.env: "[exabgp.tcp]" and then "port = 179". It
// gives the variables as [ParseEnv] takes them, to be put before those of the
// process, which win. Comments begin with # or ; on a line of their own. The
// error is an [Errors].
func EnvFile(name string, text []byte) ([]string, error) {
	r := &report{file: name, seen: make(map[Position]bool)}
	var out []string
	section := ""
	for i, raw := range strings.Split(string(text), "\n") {
		line := strings.TrimSpace(raw)
		at := Position{i + 1, strings.Index(raw, line) + 1}
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[':
			var ok bool
			if section, ok = strings.CutSuffix(line[1:], "]"); !ok {
				r.add(at, "a section that is not closed", "write it as [exabgp.tcp]")
			}
		default:
			key, value, ok := strings.Cut(line, "=")
			if !ok || section == "" {
				r.add(at, "this is no setting of a section", "write [exabgp.tcp] and below it port = 179")
				continue
			}
			full := section + "." + strings.TrimSpace(key)
			out = append(out, strings.ReplaceAll(full, ".", "_")+"="+strings.TrimSpace(value))
		}
	}
	if len(r.errs) > 0 {
		return nil, r.sorted()
	}
	return out, nil
}
