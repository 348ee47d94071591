package check

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// JudgeLine looks at one line, without its newline, that an API client gets.
// The error, a *[Violation], is for one that begins as an object of JSON and is
// none.
func JudgeLine(line []byte) error {
	if len(line) == 0 || line[0] != '{' || json.Valid(line) {
		return nil
	}
	return violated(InEvent, "valid JSON", string(line))
}

// Heard holds the UPDATEs that a client was told of, header included and one
// after another, against those that were received in the last Received, unless our
// OPEN was still to leave: what comes before it is read behind it. The error, a
// *[Violation], names the difference.
func (m *InModel) Heard(client string, updates []byte) error {
	if m.unsure || m.early || bytes.Equal(updates, m.heard) {
		return nil
	}
	return violated(InHeard, fmt.Sprintf("client %s hears of %x", client, m.heard), fmt.Sprintf("%x", updates))
}
