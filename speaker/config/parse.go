package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/peerloom/peerloom/speaker"
)

// Parse reads the text of one configuration file; name is the file's, for
// errors. The error is an [Errors] and lists all that is wrong; then there is
// no Config.
func Parse(name string, text []byte, env Env) (*speaker.Config, error) {
	r := &reader{
		report: &report{file: name, seen: make(map[Position]bool)},
		env:    env,
		config: &speaker.Config{Bind: env.bind(), Port: env.TCPPort, Sessions: env.Connections, SoftwareVersion: env.SoftwareVersion},
	}
	run(r, rootTable(), r.config, "the configuration", tree(text, r.report))
	r.finish()
	if len(r.errs) > 0 {
		return nil, r.sorted()
	}
	return r.config, nil
}

// reader gives the tree its meaning.
type reader struct {
	*report
	env       Env
	config    *speaker.Config
	templates []*node
	pending   []apiNames
}

// apiNames is an api section whose process names await the whole file, since
// processes may be defined after the neighbors.
type apiNames struct {
	neighbor, api int
	names         []token
	match         bool
}

// directive is one statement of a section. T is what the section fills in.
type directive[T any] struct {
	name  string
	block form
	do    func(r *reader, t *T, n *node)
}

// form says how a directive is written.
type form uint8

const (
	leaf    form = iota // name words;
	section             // name words { … }
	either              // both
)

// unsupported refuses what ExaBGP has and this speaker has not.
func unsupported[T any](r *reader, _ *T, n *node) {
	r.add(n.at(), n.name()+" is not supported yet", "remove it")
}

// run applies the statements of one section.
func run[T any](r *reader, table []directive[T], t *T, where string, nodes []*node) {
	for _, n := range nodes {
		if len(n.words) == 0 {
			continue // the parser has said so
		}
		i := slices.IndexFunc(table, func(d directive[T]) bool { return d.name == n.name() })
		switch {
		case i < 0:
			var names []string
			for _, d := range table {
				names = append(names, d.name)
			}
			r.add(n.at(), fmt.Sprintf("unknown %.60q in %s", n.name(), where), "write one of "+strings.Join(names, ", "))
		case table[i].block == leaf && n.braces:
			r.add(n.at(), n.name()+" has no block", "end it with ;")
		case table[i].block == section && !n.braces:
			r.add(n.at(), n.name()+" needs a block", "write "+n.name()+" { … }")
		default:
			table[i].do(r, t, n)
		}
	}
}

func rootTable() []directive[speaker.Config] {
	return []directive[speaker.Config]{
		{"process", section, process},
		{"neighbor", section, neighbor},
		{"template", section, template},
		{"group", section, unsupported[speaker.Config]},
	}
}

func processTable() []directive[speaker.Process] {
	return []directive[speaker.Process]{
		{"run", leaf, func(r *reader, p *speaker.Process, n *node) { p.Run = commandLine(r, n) }},
		{"encoder", leaf, encoder},
		{"respawn", leaf, flag(true, func(p *speaker.Process) *bool { return &p.Respawn })},
	}
}

func process(r *reader, c *speaker.Config, n *node) {
	p := speaker.Process{Respawn: true}
	if len(n.words) != 2 {
		r.add(n.at(), "process needs one name", "write process NAME { … }")
		return
	}
	p.Name = n.words[1].text
	run(r, processTable(), &p, "process", n.block)
	if slices.ContainsFunc(c.Processes, func(q speaker.Process) bool { return q.Name == p.Name }) {
		r.add(n.words[1].at, "process "+p.Name+" is defined twice", "give each its own name")
	}
	if len(p.Run) == 0 {
		r.add(n.at(), "process "+p.Name+" runs nothing", "write run PROGRAM ARGUMENTS;")
	}
	c.Processes = append(c.Processes, p)
}

// commandLine is the words of `run`: brackets and commas belong to the words
// that they touch.
func commandLine(r *reader, n *node) []string {
	var out []string
	for i, t := range n.args(1) {
		if i > 0 && t.glued {
			out[len(out)-1] += t.text
			continue
		}
		out = append(out, t.text)
	}
	if len(out) == 0 {
		r.add(n.at(), "run without a program", "write run PROGRAM ARGUMENTS;")
	}
	return out
}

func encoder(r *reader, p *speaker.Process, n *node) {
	v := one(r, n, "text or json")
	if v.text != "text" && v.text != "json" {
		r.add(v.at, fmt.Sprintf("unknown encoder %.40q", v.text), "write text or json")
	}
	p.JSON = v.text == "json"
}

// template keeps the neighbor blocks in it for inherit, and reads each once
// so that its errors are found although nobody inherits it.
func template(r *reader, _ *speaker.Config, n *node) {
	table := []directive[reader]{{"neighbor", section, func(r *reader, _ *reader, n *node) {
		if len(n.words) != 2 {
			r.add(n.at(), "a template's neighbor needs one name", "write neighbor NAME { … }")
			return
		}
		r.templates = append(r.templates, n)
		scratch := newDraft(r, n)
		run(r, neighborTable(), scratch, "neighbor", n.block)
	}}}
	run(r, table, r, "template", n.block)
}

// finish resolves what needs the whole file.
func (r *reader) finish() {
	for _, p := range r.pending {
		for _, t := range p.names {
			r.resolve(p, t)
		}
	}
}

func (r *reader) resolve(p apiNames, t token) {
	match := func(name string) bool { return name == t.text }
	if p.match {
		re, err := regexp.Compile("^(?:" + t.text + ")")
		if err != nil {
			r.add(t.at, fmt.Sprintf("%.60q is not a regular expression", t.text), "write one, such as \"watch-.*\"")
			return
		}
		match = re.MatchString
	}
	found := false
	for _, q := range r.config.Processes {
		if !match(q.Name) {
			continue
		}
		found = true
		to := &r.config.Neighbors[p.neighbor].API[p.api].Processes
		if !slices.Contains(*to, q.Name) {
			*to = append(*to, q.Name)
		}
	}
	if !found && !p.match {
		r.add(t.at, fmt.Sprintf("process %.60s is not defined", t.text), "define it with process NAME { … }")
	}
}
