package scenario

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/peerloom/peerloom/sim/world"
	"github.com/peerloom/peerloom/speaker/config"
)

// Parse reads the text of a scenario; name is the file's, for errors. The error
// is a [config.Errors] and lists all that is wrong; then there is no File.
func Parse(name string, text []byte) (*File, error) {
	p := &parser{name: name, file: &File{}, knobs: knobs(), steps: stepTable()}
	s := strings.ReplaceAll(string(text), "\r\n", "\n")
	p.lines = strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	p.header()
	for p.at < len(p.lines) {
		p.top()
	}
	p.references()
	if len(p.errs) > 0 {
		return nil, p.errs
	}
	return p.file, nil
}

type parser struct {
	name  string
	lines []string
	at    int // index of the next line
	file  *File
	errs  config.Errors
	where map[string]int // line of a block's head
	knobs []knob
	steps []stepRow
}

// fail notes what is wrong with a line (an index), at its first letter.
func (p *parser) fail(line int, what, instead string) {
	column := 1
	if line < len(p.lines) {
		column += len(p.lines[line]) - len(strings.TrimLeft(p.lines[line], " \t"))
	}
	p.errs = append(p.errs, &config.Error{
		File: p.name, Position: config.Position{Line: line + 1, Column: column}, What: what, Instead: instead,
	})
}

// header reads the version, the name and the comment below it.
func (p *parser) header() {
	p.where = map[string]int{}
	want := fmt.Sprintf("peerloom scenario %d", Version)
	if p.lines[0] != want {
		p.fail(0, "this is no scenario", "write "+want+" in the first line")
	}
	p.at = 1
	if p.at < len(p.lines) && strings.HasPrefix(p.lines[p.at], "name ") {
		p.file.Name = strings.TrimSpace(p.lines[p.at][5:])
		p.at++
	}
	if p.file.Name == "" {
		p.fail(min(1, len(p.lines)-1), "the scenario has no name", "write name and a word in the second line")
	}
	for p.at < len(p.lines) && strings.HasPrefix(p.lines[p.at], "#") {
		p.file.About = append(p.file.About, strings.TrimSpace(p.lines[p.at][1:]))
		p.at++
	}
}

// top reads a knob or a block.
func (p *parser) top() {
	line := strings.TrimSpace(p.lines[p.at])
	if line == "" || line[0] == '#' {
		p.at++
		return
	}
	words := strings.Fields(line)
	if words[len(words)-1] == "{" {
		p.block(words[:len(words)-1])
		return
	}
	for i := range p.knobs {
		k := &p.knobs[i]
		if k.name != words[0] {
			continue
		}
		if len(words) != 2 || !k.set(&p.file.Knobs, words[1]) {
			p.fail(p.at, k.name+" has a wrong value", "write "+k.what)
		}
		p.at++
		return
	}
	p.fail(p.at, "unknown line "+strconv.Quote(words[0]), "write a knob ("+knobNames()+") or a block (speaker, reload, peer, client, network, expect, view)")
	p.at++
}

func knobNames() string {
	var names []string
	for _, k := range knobs() {
		names = append(names, k.name)
	}
	return strings.Join(names, ", ")
}

// block reads from a head to the } in the first column.
func (p *parser) block(head []string) {
	first := p.at
	p.at++
	start := p.at
	for p.at < len(p.lines) && p.lines[p.at] != "}" {
		p.at++
	}
	body := p.lines[start:p.at]
	if p.at == len(p.lines) {
		p.fail(first, "the block has no end", "write } in the first column of a line")
	}
	p.at++
	kind := ""
	if len(head) > 0 {
		kind = head[0]
	}
	for _, b := range blocks() {
		if b.kind != kind {
			continue
		}
		names, ok := b.heads(head)
		if !ok {
			p.fail(first, "the head of the block is wrong", "write "+b.form)
			return
		}
		key := strings.Join(head, " ")
		if _, twice := p.where[key]; twice && !b.several {
			p.fail(first, key+" is there twice", "remove one, or name it otherwise")
		}
		p.where[key] = first
		b.read(p, names, body, start)
		return
	}
	p.fail(first, "unknown block "+strconv.Quote(kind), "write speaker, reload, peer, client, network, expect or view")
}

// blockRow is one kind of block: "KIND A LINK B {", "KIND A {" where the link
// is empty, or "KIND {" where it is "-".
type blockRow struct {
	kind, link, form string
	several          bool // of one head
	read             func(p *parser, names []string, body []string, at int)
}

func blocks() []blockRow {
	return []blockRow{
		{"speaker", "", "speaker NAME {", false, (*parser).speaker},
		{"reload", "", "reload SPEAKER {", true, (*parser).reload},
		{"peer", "", "peer NAME {", false, (*parser).peer},
		{"client", "of", "client PROCESS of SPEAKER {", false, (*parser).client},
		{"network", "-", "network {", false, (*parser).network},
		{"expect", "to", "expect SPEAKER to PEER {", false, (*parser).expect},
		{"view", "", "view PEER {", false, (*parser).view},
	}
}

func (b *blockRow) heads(head []string) ([]string, bool) {
	switch b.link {
	case "":
		return head[1:], len(head) == 2
	case "-":
		return nil, len(head) == 1
	}
	if len(head) != 4 || head[2] != b.link {
		return nil, false
	}
	return []string{head[1], head[3]}, true
}

func (p *parser) speaker(names, body []string, at int) {
	p.file.Speakers = append(p.file.Speakers, p.configuration(names, body, at))
}

func (p *parser) reload(names, body []string, at int) {
	p.file.Reloads = append(p.file.Reloads, p.configuration(names, body, at))
}

func (p *parser) network(_, body []string, at int) {
	p.file.Network = p.script(body, at, ofNetwork, nil)
}

// configuration reads the text of a speaker's configuration.
func (p *parser) configuration(names, body []string, at int) Speaker {
	s := Speaker{Name: names[0], Text: body}
	text := strings.Join(append(slices.Clip(body), ""), "\n") // each line ends
	c, err := config.Parse(p.name, []byte(text), config.DefaultEnv())
	var list config.Errors
	if errors.As(err, &list) {
		for _, e := range list {
			e.Line += at
			p.errs = append(p.errs, e)
		}
	}
	if s.config = c; err == nil {
		s.misread = judgeWords(body, c)
	}
	return s
}

func (p *parser) peer(names, body []string, at int) {
	o := world.Peer{Name: names[0]}
	o.Script = p.script(body, at, ofPeer, func(line int, words []string) bool { return p.peerLine(&o, line, words) })
	if !o.Address.IsValid() {
		p.fail(at-1, "the peer has no address", "write address and an IP address")
	}
	p.file.Peers = append(p.file.Peers, o)
}

// peerLine reads what a peer is, as opposed to what it does.
func (p *parser) peerLine(o *world.Peer, line int, words []string) bool {
	switch {
	case words[0] == "open":
		p.ownOpen(o, line, words[1:])
		return true
	case len(words) == 1 && words[0] == "replay":
		o.Replay = true
		return true
	}
	if len(words) != 2 {
		return false
	}
	switch words[0] {
	case "address":
		a, err := netip.ParseAddr(words[1])
		if err != nil || a.Zone() != "" {
			p.fail(line, strconv.Quote(words[1])+" is no address", "write an IPv4 or IPv6 address")
			a = netip.IPv4Unspecified()
		}
		o.Address = a.Unmap()
	case "port":
		n, err := strconv.ParseUint(words[1], 10, 16)
		if err != nil || n == 0 {
			p.fail(line, strconv.Quote(words[1])+" is no port", "write a number from 1 to 65535")
		}
		o.Port = uint16(n)
	case "asn":
		n, err := strconv.ParseUint(words[1], 10, 32)
		if err != nil || n == 0 {
			p.fail(line, strconv.Quote(words[1])+" is no AS number", "write a number from 1 to 4294967295")
		}
		o.ASN = uint32(n)
	case "greet":
		b, err := hex.DecodeString(words[1])
		if err != nil {
			p.fail(line, strconv.Quote(words[1])+" is no message", "write its octets in hexadecimal")
		}
		o.Greet = append(o.Greet, b)
	case "dial":
		a, err := netip.ParseAddrPort(words[1])
		if err != nil {
			p.fail(line, strconv.Quote(words[1])+" is no address with a port", "write ADDRESS:PORT")
		}
		o.Dial = a
	case "without":
		for _, c := range capabilities() {
			if c.name == words[1] {
				o.Without = append(o.Without, c.code)
				return true
			}
		}
		p.fail(line, "unknown capability "+strconv.Quote(words[1]), "write one of "+capNames())
	default:
		return false
	}
	return true
}

func capNames() string {
	var names []string
	for _, c := range capabilities() {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
}

func (p *parser) client(names, body []string, at int) {
	c := world.Client{Process: names[0], Speaker: names[1]}
	c.Script = p.script(body, at, ofClient, nil)
	p.file.Clients = append(p.file.Clients, c)
}

// script reads steps; more reads other lines of the block.
func (p *parser) script(body []string, at int, whose scripts, more func(line int, words []string) bool) []world.Step {
	var steps []world.Step
	for i := 0; i < len(body); i++ {
		line := strings.TrimSpace(body[i])
		if line == "" || line[0] == '#' {
			continue
		}
		if line == "send-together {" && whose == ofClient {
			first := i
			s := world.Step{Kind: world.Send, Together: true}
			for i++; i < len(body) && strings.TrimSpace(body[i]) != "}"; i++ {
				if l := strings.TrimSpace(body[i]); l != "" {
					s.Lines = append(s.Lines, l)
				}
			}
			if i == len(body) || len(s.Lines) == 0 {
				p.fail(at+first, "send-together without commands or without an end", "write one command a line, and } behind them")
			}
			steps = append(steps, s)
			continue
		}
		if more != nil && more(at+i, strings.Fields(line)) {
			continue
		}
		if s, ok := p.step(line, at+i, whose); ok {
			steps = append(steps, s)
		}
	}
	return steps
}

func (p *parser) step(line string, at int, whose scripts) (world.Step, bool) {
	for i := range p.steps {
		d := &p.steps[i]
		rest, ok := strings.CutPrefix(line, d.words)
		if d.scripts&whose == 0 || !ok || rest != "" && rest[0] != ' ' {
			continue
		}
		s := world.Step{Kind: d.kind}
		if !d.parse(&s, strings.TrimSpace(rest)) {
			p.fail(at, "what follows "+d.words+" is wrong", "write "+d.what)
			return s, false
		}
		return s, true
	}
	var allowed []string
	for i := range p.steps {
		if d := &p.steps[i]; d.scripts&whose != 0 {
			allowed = append(allowed, d.words)
		}
	}
	p.fail(at, "unknown step "+strconv.Quote(line), "write one of "+strings.Join(allowed, ", "))
	return world.Step{}, false
}

func (p *parser) expect(names, body []string, at int) {
	e := Expect{From: names[0], To: names[1]}
	for i, raw := range body {
		line := strings.TrimSpace(raw)
		if line == "" || line[0] == '#' {
			continue
		}
		text, hex, both := strings.Cut(line, "= ")
		l := Line{Text: strings.TrimSpace(text), Hex: strings.ToUpper(strings.ReplaceAll(hex, ":", ""))}
		if both && (len(l.Hex)%2 != 0 || strings.Trim(l.Hex, "0123456789ABCDEF") != "" || l.Hex == "") {
			p.fail(at+i, "what follows = is no message in hexadecimal", "write pairs of hexadecimal digits")
		}
		e.Messages = append(e.Messages, l)
	}
	p.file.Expects = append(p.file.Expects, e)
}

func (p *parser) view(names, body []string, _ int) {
	v := View{Peer: names[0]}
	for _, raw := range body {
		if line := strings.TrimSpace(raw); line != "" && line[0] != '#' {
			v.Routes = append(v.Routes, line)
		}
	}
	p.file.Views = append(p.file.Views, v)
}
