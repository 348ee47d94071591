package suite

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/world"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/config"
)

// ErrUnfit is the error of a case that the simulator cannot play.
var ErrUnfit = errors.New("this case does not fit into the simulator")

// Case is one functional case.
type Case struct {
	Name   string
	Groups []Group
	// Sleep is the shortest sleep of its scripts; 0: there is none.
	Sleep   time.Duration
	configs []*speaker.Config // what the speaker starts with, and reads on reloads
	peer    world.Peer
	clients []world.Client
	network []world.Step
}

// Group is messages that must come one after the other, in any order.
type Group struct {
	Label    string
	Messages [][]byte
}

// rule is one line of a case's file.
type rule struct {
	letter byte
	number int
	kind   string // raw, notification, signal
	raw    []byte
	text   string
}

// reader reads one case.
type reader struct {
	folder   fs.FS
	dir      string
	c        *Case
	env      config.Env
	rules    []rule
	defaultR bool // it announces a default route
}

// Load reads the case NAME.ci, and what it names, of a folder. The error says
// which file and line cannot be; it is ErrUnfit where only a real daemon and a
// real peer will do.
func Load(folder fs.FS, file string) (*Case, error) {
	r := &reader{
		folder: folder, dir: path.Dir(file), env: config.DefaultEnv(),
		c: &Case{Name: strings.TrimSuffix(path.Base(file), ".ci"), peer: world.Peer{Name: peerName, Replay: true}},
	}
	r.env.Connections, r.env.SoftwareVersion = 1, "5.0.0-0+test"
	text, err := fs.ReadFile(folder, file)
	if err != nil {
		return nil, err
	}
	var confs []string
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.Contains(line, "#") { // anywhere: the line is a comment
			continue
		}
		conf, err := r.line(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
		if conf != "" {
			confs = append(confs, conf)
		}
	}
	for _, conf := range confs { // behind the options, which change how they are read
		if err := r.configuration(conf); err != nil {
			return nil, err
		}
	}
	return r.c, r.play()
}

// line reads a line; conf is the configuration file that it names, if any.
func (r *reader) line(line string) (conf string, err error) {
	if option, ok := strings.CutPrefix(line, "option:"); ok {
		name, value, _ := strings.Cut(option, ":")
		if name == "file" {
			return value, nil
		}
		return "", r.option(name, value)
	}
	f := strings.SplitN(line, ":", 3)
	if len(f) != 3 {
		return "", fmt.Errorf("%q is no rule: write [LETTER]NUMBER:KIND:TEXT", line)
	}
	u := rule{letter: 'A', kind: strings.ToLower(strings.TrimSpace(f[1])), text: f[2]}
	number := strings.TrimSpace(f[0])
	if number != "" && (number[0] < '0' || number[0] > '9') {
		u.letter, number = strings.ToUpper(number)[0], number[1:]
	}
	if u.number, err = strconv.Atoi(number); err != nil {
		return "", fmt.Errorf("%q is no number of a group", f[0])
	}
	switch u.kind {
	case "cmd", "json", "jsv4", "jsv6": // not for the wire
		return "", nil
	case "raw":
		if u.raw, err = message(u.text); err != nil {
			return "", err
		}
	case "signal":
		if strings.TrimSpace(u.text) != "SIGUSR1" {
			return "", fmt.Errorf("signal %s: %w", u.text, ErrUnfit)
		}
	case "notification":
		u.text = strings.ToLower(u.text[strings.LastIndex(u.text, ":")+1:])
	default:
		return "", fmt.Errorf("%q is no kind of rule: write raw, notification or signal", u.kind)
	}
	r.rules = append(r.rules, u)
	return "", nil
}

// message is a message in hexadecimal, with its marker or without.
func message(text string) ([]byte, error) {
	b, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "", "\t", "").Replace(text))
	if err != nil {
		return nil, err
	}
	if marker := codec.AppendKeepalive(nil)[:markerLen]; len(b) < codec.HeaderLen || !slices.Equal(b[:markerLen], marker) {
		b = append(slices.Clone(marker), b...)
	}
	if len(b) < codec.HeaderLen {
		return nil, fmt.Errorf("a message of %d octets: write its header too", len(b))
	}
	return b, nil
}

const markerLen = 16

func (r *reader) option(name, value string) error {
	switch name + ":" + value {
	case "update:send-default-route":
		r.defaultR = true
		return nil
	case "bind:ipv6": // the configuration has the address
		return nil
	}
	n, err := strconv.ParseUint(value, 10, 16)
	switch name {
	case "asn":
		r.c.peer.ASN = uint32(n)
	case "tcp_connections":
		r.env.Connections = int(n)
	case "timeout": // of a real clock, and a fraction
		return nil
	default:
		return fmt.Errorf("option %s: %w", name, ErrUnfit)
	}
	return err
}

// configuration reads a configuration file, and the scripts of its processes
// where it is the first.
func (r *reader) configuration(file string) error {
	name := path.Join(r.dir, file)
	text, err := fs.ReadFile(r.folder, name)
	if err != nil {
		return err
	}
	c, err := config.Parse(name, text, r.env)
	if err != nil {
		return err
	}
	c.ExaBGP = true
	r.c.configs = append(r.c.configs, c)
	if len(r.c.configs) > 1 {
		return nil
	}
	for _, p := range c.Processes {
		if err := r.client(p); err != nil {
			return err
		}
	}
	return nil
}

// client reads the script of a process: run ./run/NAME.run has NAME.script.
func (r *reader) client(p speaker.Process) error {
	file := path.Join(r.dir, strings.TrimSuffix(path.Base(p.Run[0]), ".run")+".script")
	text, err := fs.ReadFile(r.folder, file)
	if err != nil {
		return fmt.Errorf("process %s: %w", p.Name, err)
	}
	steps, err := script(string(text))
	if err != nil {
		return fmt.Errorf("%s:%w", file, err)
	}
	for _, s := range steps {
		if s.Kind == world.Sleep && (r.c.Sleep == 0 || s.For < r.c.Sleep) {
			r.c.Sleep = s.For
		}
	}
	r.c.clients = append(r.c.clients, world.Client{Process: p.Name, Speaker: speakerName, Script: steps})
	return nil
}
