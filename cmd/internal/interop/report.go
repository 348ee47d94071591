//go:build linux

package main

import (
	"errors"
	"fmt"
	"strings"
)

// cell is what one feature did with one peer.
type cell struct {
	verdict string // yes, no, not offered, not here: WHY
	note    string // what was seen, or why not
}

const (
	yes        = "yes"
	no         = "no"
	notOffered = "not offered"
	notHere    = "not here"
)

func cellOf(seen string, err error) cell {
	var lacks errNotOffered
	var here errNotHere
	switch {
	case err == nil:
		return cell{yes, seen}
	case errors.As(err, &lacks):
		return cell{notOffered, string(lacks)}
	case errors.As(err, &here):
		return cell{notHere + ": " + string(here), ""}
	}
	return cell{no, oneLine(err.Error())}
}

// column is one peer's run.
type column struct {
	name, version string
	cells         []cell // as features
}

// report is the whole document.
func report(columns []column, skipped []string) string {
	var b strings.Builder
	b.WriteString(`# peerloomd and other implementations of BGP

Written by ` + "`.ci/interop`" + `, which needs root, Linux and apt: it runs each peer as its distribution packages it, in a network
namespace of its own, against a peerloomd built from this tree. The wire between the two is the program itself, so what was said
is known from neither end's word; what a peer holds is asked from its own show commands. Nothing here is written by hand.

"not offered": the peer's OPEN lacks it, its own command did not do it, or, where the note names no OPEN and no command, its documentation
has none and nothing was tried. "no": it was tried and failed, with the reason below.

`)
	for _, c := range columns {
		fmt.Fprintf(&b, "* **%s**: %s\n", c.name, c.version)
	}
	for _, s := range skipped {
		fmt.Fprintf(&b, "* %s\n", s)
	}
	b.WriteString("\n| |")
	for _, c := range columns {
		b.WriteString(" " + c.name + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for i, f := range features() {
		b.WriteString("| " + f.name + " |")
		for _, c := range columns {
			b.WriteString(" " + c.cells[i].verdict + " |")
		}
		b.WriteString("\n")
	}
	for _, c := range columns {
		fmt.Fprintf(&b, "\n## %s: what was seen\n\n", c.name)
		for i, f := range features() {
			if note := c.cells[i].note; note != "" {
				fmt.Fprintf(&b, "* %s: **%s**; %s\n", f.name, c.cells[i].verdict, strings.ReplaceAll("`"+strings.ReplaceAll(note, "`", "'")+"`", "|", "\\|"))
			}
		}
		b.WriteString(remark(c.name))
	}
	return b.String()
}

// remark is what was found out, beyond the run, about a peer of that name whose
// verdict is not ours to change.
func remark(peer string) string {
	if peer != "OpenBGPD" {
		return ""
	}
	return "\nOpenBGPD 7.7 answers BIRD 2.0.12's ROUTE-REFRESH with the same line, \"AID IPv4 unicast not negotiated\", while `bgpctl show neighbor`\n" +
		"names the family and route refresh as negotiated, and whether or not its configuration has `announce IPv4 unicast`: it is not about our messages.\n"
}

// verdicts reads the table of an earlier report: peer, feature, verdict.
func verdicts(document string) map[[2]string]string {
	all := map[[2]string]string{}
	var names []string
	for line := range strings.Lines(document) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 3 || cells[0] != "" {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case cells[1] == "":
			names = cells[2 : len(cells)-1]
		case strings.HasPrefix(cells[1], "---"):
		default:
			for i, v := range cells[2 : len(cells)-1] {
				if i < len(names) {
					all[[2]string{names[i], cells[1]}] = v
				}
			}
		}
	}
	return all
}

// lost are the cells that were yes in the earlier document and are no more.
func lost(before string, columns []column) []string {
	was := verdicts(before)
	var l []string
	for _, c := range columns {
		for i, f := range features() {
			if i < len(c.cells) && was[[2]string{c.name, f.name}] == yes && c.cells[i].verdict != yes && c.cells[i].verdict != "" {
				l = append(l, fmt.Sprintf("%s, %s: was yes, is %s: %s", c.name, f.name, c.cells[i].verdict, c.cells[i].note))
			}
		}
	}
	return l
}
