package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/peerloom/peerloom/codec"
)

// text is a line of the text encoding. What is no event is an answer.
func (h *Hearing) text(line string) *Violation {
	if line == "shutdown" {
		return h.one(line, func(t *Told) bool { return t.Kind == "shutdown" })
	}
	words := strings.Fields(line)
	if len(words) == 3 && words[0] == "dropped" && words[2] == "events" {
		n, _ := strconv.Atoi(words[1])
		return h.drop(n, true, line)
	}
	if len(h.block) > 0 && strings.HasPrefix(line, " header ") {
		h.block = append(h.block, line)
		return nil
	}
	if len(words) < 3 || words[0] != "neighbor" {
		return nil
	}
	who := func(t *Told) bool { return t.Peer.String() == words[1] }
	switch words[2] {
	case "connected", "up", "down":
		return h.one(line, func(t *Told) bool {
			want := t.State
			if t.Reason != "" {
				want += " - " + oneLine(t.Reason)
			}
			return t.Kind == "state" && who(t) && strings.Join(words[2:], " ") == strings.Join(strings.Fields(want), " ")
		})
	case "receive", "send":
	default:
		return nil
	}
	if len(words) > 3 && words[3] == "update" {
		h.block = append(h.block, line)
		if words[len(words)-1] != "end" {
			return nil
		}
		lines := h.block
		h.block = nil
		return h.one(strings.Join(lines, "\n"), func(t *Told) bool {
			return who(t) && t.direction() == words[2] && t.Kind == "message" && kindOf(t.Message) == codec.MsgUpdate && h.updateAsText(t, lines)
		})
	}
	return h.one(line, func(t *Told) bool {
		return who(t) && t.direction() == words[2] && t.Kind == "message" && messageAsText(t, line, words[3:])
	})
}

// one takes the next event and has it compared with what was heard.
func (h *Hearing) one(heard string, is func(*Told) bool) *Violation {
	t, v := h.next(true, heard)
	if v == nil && !is(t) {
		v = h.wrong(t.String(), heard)
	}
	return v
}

// oneLine is a text without what would end its line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

func octetsAsText(t *Told) string {
	return fmt.Sprintf(" header 0x%X body 0x%X", t.Message[:19], t.Message[19:])
}

// messageAsText reports whether words, behind the direction, are the event's.
func messageAsText(t *Told, line string, words []string) bool {
	kind, b := kindOf(t.Message), t.Message[19:]
	if t.Packet {
		if !strings.HasSuffix(line, octetsAsText(t)) {
			return false
		}
		if !t.Parsed {
			return words[0] == fmt.Sprint(uint8(kind))
		}
	}
	text := strings.Join(words, " ")
	switch kind {
	case codec.MsgOpen:
		s, ok := openSaid(t.Message)
		return !ok || strings.HasPrefix(text, fmt.Sprintf("open version %d asn %d hold_time %d router_id %s ", s.Version, s.ASN, s.HoldTime, s.RouterID))
	case codec.MsgNotification:
		return len(b) < 2 || strings.HasPrefix(text, fmt.Sprintf("notification code %d subcode %d data 0x%X", b[0], b[1], b[2:]))
	case codec.MsgKeepalive:
		return words[0] == "keepalive"
	case codec.MsgRouteRefresh:
		return len(b) != 4 || b[2] > 2 || strings.HasPrefix(text, "route-refresh afi ") && strings.Contains(text, " "+[...]string{"query", "begin", "end"}[b[2]])
	}
	return true
}

// updateAsText reports whether lines, from "update start" to "update end", are the
// routes of the event's UPDATE.
func (h *Hearing) updateAsText(t *Told, lines []string) bool {
	r := &h.reader
	if t.Options == nil {
		return true
	}
	if t.Packet && t.Parsed != (lines[len(lines)-2] == octetsAsText(t)) {
		return false
	}
	if r.update(t.Message, t.Options); r.why != "" || r.end != 0 || t.strange(r) {
		return true
	}
	routes := func(word string, list []codec.NLRI) bool {
		n := 0
		for _, l := range lines {
			if strings.Contains(l, " update "+word+" ") {
				n++
			}
		}
		for _, x := range list {
			if _, plain := plainFamilies[x.Family]; plain && !strings.Contains(strings.Join(lines, "\n")+"\n", " "+word+" "+prefixOf(x).String()) {
				return false
			}
		}
		return n == len(list) || n < len(list) && slices.ContainsFunc(list, mayBeDropped)
	}
	return routes("announced", r.announced) && routes("withdrawn", r.withdrawn)
}
