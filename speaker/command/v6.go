package command

import (
	"strconv"
	"strings"

	"github.com/peerloom/peerloom/speaker"
)

// forms says how version 6 of the API writes what version 4 writes otherwise.
// Either is taken whatever the version; "peer SELECTOR …" is read where
// "neighbor SELECTOR …" is.
var forms = [...]struct{ v6, v4 string }{
	{"rib flush out", "flush adj-rib out"},
	{"rib clear out", "clear adj-rib out"},
	{"rib clear in", "clear adj-rib in"},
	{"rib show out", "show adj-rib out"},
	{"rib show in", "show adj-rib in"},
	{"daemon shutdown", "shutdown"},
	{"daemon reload", "reload"},
	{"daemon restart", "restart"},
	{"daemon status", "status"},
	{"session ping", "ping"},
	{"session reset", "reset"},
	{"session bye", "bye"},
	{"session ack enable", "enable-ack"},
	{"session ack disable", "disable-ack"},
	{"session ack silence", "silence-ack"},
	{"session sync enable", "enable-sync"},
	{"session sync disable", "disable-sync"},
	{"system version", "version"},
	{"system help", "help"},
	{"system queue-status", "queue-status"},
	{"system api version", "api version"},
	{"peer show", "show neighbor"},
	{"peer list", "show neighbor summary"},
	{"peer create", "create neighbor"},
	{"peer delete", "delete neighbor"},
	{"routes add", "announce route"},
	{"routes remove index", "withdraw index"},
	{"routes remove", "withdraw route"},
}

// versionFour is ws in the words of version 4.
func versionFour(ws []word) []word {
	if n := len(ws) - 1; n > 0 && ws[0].text == "routes" && ws[n].text == "list" {
		out := []word{{"show", ws[0].off}, {"adj-rib", ws[0].off}, {"out", ws[0].off}, {"json", ws[0].off}, {"index", ws[0].off}}
		return append(out, ws[1:n]...) // families
	}
	for _, f := range forms {
		if !begins(f.v6, ws) {
			continue
		}
		var out []word
		for _, w := range strings.Fields(f.v4) {
			out = append(out, word{w, ws[0].off})
		}
		return append(out, ws[strings.Count(f.v6, " ")+1:]...)
	}
	return ws
}

// takeID takes the request id off the end: the last two words "id TOKEN".
func (l *request) takeID() {
	n := len(l.words) - 2
	if n < 1 || l.words[n].text != "id" || l.line[l.words[n].off] == '"' {
		return
	}
	l.cmd.ID = l.words[n+1].text
	l.line = l.line[:l.words[n].off]
	l.words = l.words[:n]
}

// apiVersion changes the version for the lines and events after it.
func apiVersion(l *request, args []word) *Problem {
	if len(args) == 0 {
		l.cmd.Kind = speaker.CmdVersion
		return nil
	}
	if len(args) != 1 || args[0].text != "4" && args[0].text != "6" {
		return problem(0, "no version of the API", "write api version 4 or api version 6")
	}
	l.parser.Version = int(args[0].text[0] - '0')
	return nil
}

// group reads "group COMMAND ; COMMAND …": announcements and withdrawals that
// are sent together.
func group(l *request, args []word) *Problem {
	l.cmd.Kind = speaker.CmdGroup
	if len(args) == 0 {
		return problem(0, "an empty group", "write group COMMAND ; COMMAND, or group start")
	}
	for i, part := range strings.Split(rest(l.line, args, 0), ";") {
		sub := speaker.Command{Peers: l.cmd.Peers}
		inner := &request{parser: l.parser, line: part, words: split(part), cmd: &sub, nested: l.nested}
		if len(inner.words) == 0 {
			continue
		}
		if prob := l.nested(inner); prob != nil {
			return problem(0, "command "+strconv.Itoa(i+1)+" of the group: "+prob.What, prob.Instead)
		}
		if sub.Kind != speaker.CmdAnnounce && sub.Kind != speaker.CmdWithdraw {
			return problem(0, inner.verb.phrase+" in a group", "write announcements and withdrawals only")
		}
		l.cmd.Group = append(l.cmd.Group, sub)
	}
	return nil
}
