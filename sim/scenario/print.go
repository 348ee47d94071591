package scenario

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/peerloom/peerloom/sim/world"
)

// Print is the canonical text of a scenario: Parse gives the same File back.
func Print(f *File) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "peerloom scenario %d\nname %s\n", Version, f.Name)
	for _, l := range f.About {
		b.WriteString(strings.TrimRight("# "+l, " ") + "\n")
	}
	b.WriteString("\n")
	for _, k := range knobs() {
		if v := k.print(&f.Knobs); v != "" {
			fmt.Fprintf(&b, "%s %s\n", k.name, v)
		}
	}
	for _, s := range f.Speakers {
		block(&b, "speaker "+s.Name, func() {
			for _, l := range s.Text {
				b.WriteString(l + "\n")
			}
		})
	}
	for _, s := range f.Reloads {
		block(&b, "reload "+s.Name, func() {
			for _, l := range s.Text {
				b.WriteString(l + "\n")
			}
		})
	}
	for i := range f.Peers {
		p := &f.Peers[i]
		block(&b, "peer "+p.Name, func() { printPeer(&b, p) })
	}
	for _, c := range f.Clients {
		block(&b, "client "+c.Process+" of "+c.Speaker, func() { printSteps(&b, c.Script) })
	}
	if len(f.Network) > 0 {
		block(&b, "network", func() { printSteps(&b, f.Network) })
	}
	for _, e := range f.Expects {
		block(&b, "expect "+e.From+" to "+e.To, func() {
			for _, m := range e.Messages {
				b.WriteString("\t" + m.String() + "\n")
			}
		})
	}
	for _, v := range f.Views {
		block(&b, "view "+v.Peer, func() {
			for _, r := range v.Routes {
				b.WriteString("\t" + r + "\n")
			}
		})
	}
	return b.Bytes()
}

func block(b *bytes.Buffer, head string, body func()) {
	b.WriteString("\n" + head + " {\n")
	body()
	b.WriteString("}\n")
}

// String is the line in the file.
func (l Line) String() string {
	switch {
	case l.Hex == "":
		return l.Text
	case l.Text == "":
		return "= " + l.Hex
	}
	return l.Text + " = " + l.Hex
}

func printPeer(b *bytes.Buffer, p *world.Peer) {
	fmt.Fprintf(b, "\taddress %v\n", p.Address)
	if p.Port != 0 {
		fmt.Fprintf(b, "\tport %d\n", p.Port)
	}
	if p.Dial.IsValid() {
		fmt.Fprintf(b, "\tdial %v\n", p.Dial)
	}
	if p.ASN != 0 {
		fmt.Fprintf(b, "\tasn %d\n", p.ASN)
	}
	for _, c := range p.Without {
		fmt.Fprintf(b, "\twithout %s\n", capName(c))
	}
	b.WriteString(printOpen(p.Open))
	for _, msg := range p.Greet {
		fmt.Fprintf(b, "\tgreet %X\n", msg)
	}
	if p.Replay {
		b.WriteString("\treplay\n")
	}
	printSteps(b, p.Script)
}

func printSteps(b *bytes.Buffer, steps []world.Step) {
	for i := range steps {
		s := &steps[i]
		if s.Kind == world.Send && s.Together {
			b.WriteString("\tsend-together {\n")
			for _, l := range s.Lines {
				b.WriteString("\t\t" + l + "\n")
			}
			b.WriteString("\t}\n")
			continue
		}
		for _, d := range stepTable() {
			if d.kind == s.Kind && (d.is == nil || d.is(s)) {
				b.WriteString(strings.TrimRight("\t"+d.words+" "+d.print(s), " ") + "\n")
				break
			}
		}
	}
}
