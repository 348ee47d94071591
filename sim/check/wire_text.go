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

// JudgeShutdownText judges the data of a Cease of subcode 2 or 4, which leaves
// because of commands with these texts: one of them, cut at a character's end where
// it is longer than fits, behind its length; nothing only if one of them is empty.
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
		if said == t || strings.HasPrefix(t, said) && len(t) > maxShutdownText && len(said) > maxShutdownText-maxRune {
			return nil
		}
	}
	return violated(WireText, fmt.Sprintf("%.40q", texts[0]), got)
}
