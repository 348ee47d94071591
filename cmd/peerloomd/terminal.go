package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/peerloom/peerloom/speaker/command"
)

// completions are what a shell reads to complete the words of ctl.
var completions = map[string]string{
	"bash": bashCompletion,
	"zsh":  "autoload -Uz bashcompinit && bashcompinit\n" + bashCompletion,
}

const bashCompletion = `_peerloomd() {
	COMPREPLY=()
	local IFS=$' \t\n'
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=( $(compgen -W "ctl decode healthcheck" -- "${COMP_WORDS[1]}") $(compgen -f -- "${COMP_WORDS[1]}") )
	elif [ "${COMP_WORDS[1]}" = ctl ]; then
		set -f
		COMPREPLY=( $("${COMP_WORDS[0]}" ctl --complete -- "${COMP_WORDS[@]:2:COMP_CWORD-1}" 2>/dev/null) )
		set +f
	else
		COMPREPLY=( $(compgen -f -- "${COMP_WORDS[COMP_CWORD]}") )
	fi
}
complete -F _peerloomd peerloomd
`

// completeWords prints what the last word may become, one a line.
func (c *controller) completeWords(words []string) int {
	var neighbors []string
	if d, err := c.dial(); err == nil { // without a daemon there are only words
		defer d.Close()
		neighbors = neighborsOf(d)
	}
	for _, w := range command.Complete(words, neighbors) {
		fmt.Fprintln(c.stdout, w)
	}
	return exitOK
}

// neighborsOf lists the addresses of a daemon's neighbors; none where it does
// not say.
func neighborsOf(d *dialogue) (l []string) {
	a, err := d.ask("show neighbor json")
	if err != nil || !a.ok || len(a.lines) == 0 {
		return nil
	}
	var neighbors []struct {
		Address string `json:"peer-address"`
	}
	if json.Unmarshal([]byte(a.lines[0]), &neighbors) != nil {
		return nil
	}
	for _, n := range neighbors {
		l = append(l, n.Address)
	}
	return l
}

// interactive prompts for commands at a terminal.
func (c *controller) interactive(d *dialogue, tty *os.File) int {
	before, err := term.MakeRaw(int(tty.Fd()))
	if err != nil {
		return c.failed(err)
	}
	defer func() { _ = term.Restore(int(tty.Fd()), before) }()
	return c.prompt(d, struct {
		io.Reader
		io.Writer
	}{tty, c.stdout})
}

// prompt reads commands from a terminal in raw mode until its end, or until exit
// or quit.
func (c *controller) prompt(d *dialogue, raw io.ReadWriter) int {
	t := term.NewTerminal(raw, "peerloomd> ")
	t.AutoCompleteCallback = func(line string, pos int, key rune) (string, int, bool) {
		if key != '\t' {
			return "", 0, false
		}
		return tab(t, line, pos, neighborsOf(d))
	}
	for {
		line, err := t.ReadLine()
		line = strings.TrimSpace(line)
		switch {
		case err != nil, line == "exit", line == "quit":
			return exitOK
		case line == "":
			continue
		}
		if err := askable(line); err != nil {
			fmt.Fprintln(t, err)
			continue
		}
		a, err := d.ask(line)
		if err != nil {
			fmt.Fprintln(t, err)
			return exitFailed
		}
		c.print(t, &a)
	}
}

// tab completes the word before the cursor: as far as all that it may become are
// the same; where that is no further, they are listed on w.
func tab(w io.Writer, line string, pos int, neighbors []string) (string, int, bool) {
	words := strings.Fields(line[:pos])
	if len(words) == 0 || strings.HasSuffix(line[:pos], " ") {
		words = append(words, "")
	}
	begun := words[len(words)-1]
	could := command.Complete(words, neighbors)
	if len(could) == 0 {
		return line, pos, true
	}
	same := could[0]
	for _, s := range could {
		for !strings.HasPrefix(s, same) {
			same = same[:len(same)-1]
		}
	}
	if len(could) == 1 {
		same += " "
	} else if same == begun {
		fmt.Fprintln(w, strings.Join(could, "  "))
	}
	return line[:pos] + same[len(begun):] + line[pos:], pos + len(same) - len(begun), true
}
