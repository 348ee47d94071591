package check

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Shutdown communications (RFC 9003 §2).
const (
	maxShutdownText = 255
	maxRune         = 4 // octets of a character in UTF-8
)

// saidForNothing is the text of a teardown without one, by its subcode.
var saidForNothing = map[uint8]string{2: "Administrative Shutdown", 4: "Administrative Reset"}

// JudgeShutdownText judges the data of a Cease of subcode 2 or 4, which leaves
// because of commands with these texts: one of them, or the subcode's name if one
// is empty, cut at a character's end where it is longer than fits, behind its length.
// Any other subcode has no text.
func JudgeShutdownText(sub uint8, data []byte, texts []string) *Violation {
	if sub != 2 && sub != 4 || len(texts) == 0 {
		return nil
	}
	got := fmt.Sprintf("6/%d with % x", sub, data)
	said := ""
	if len(data) > 0 {
		said = string(data[1:])
		if int(data[0]) != len(said) || !utf8.ValidString(said) {
			return violated(WireText, "the length of a text, and so many octets of UTF-8", got)
		}
	}
	for _, t := range texts {
		if t == "" {
			t = saidForNothing[sub]
		}
		if said == t || strings.HasPrefix(t, said) && len(t) > maxShutdownText && len(said) > maxShutdownText-maxRune {
			return nil
		}
	}
	return violated(WireText, fmt.Sprintf("%.40q", texts[0]), got)
}
