package command

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// indexHead is AFI, SAFI and path identifier, which an index begins with; the
// octets of the NLRI follow.
const indexHead = 2 + 1 + 4

// AppendIndex appends the name of a route that `routes list` gives it and `routes
// remove index` takes, in hexadecimal.
func AppendIndex(b []byte, n codec.NLRI) []byte {
	raw := binary.BigEndian.AppendUint16(nil, uint16(n.Family.AFI()))
	raw = binary.BigEndian.AppendUint32(append(raw, byte(n.Family.SAFI())), n.PathID)
	return hex.AppendEncode(b, append(raw, n.Wire...))
}

// ParseIndex reads what AppendIndex wrote.
func ParseIndex(s string) (codec.NLRI, error) {
	bad := fmt.Errorf("%.40q is not the index of a route", s)
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) <= indexHead {
		return codec.NLRI{}, bad
	}
	f := codec.MakeFamily(codec.AFI(binary.BigEndian.Uint16(raw)), codec.SAFI(raw[2]))
	if !AllFamilies().Has(f) {
		return codec.NLRI{}, bad
	}
	var out []codec.NLRI
	for n, err := range codec.NLRIs(f, raw[indexHead-4:], true) {
		if err != nil {
			return codec.NLRI{}, bad
		}
		out = append(out, n.NLRI())
	}
	if len(out) != 1 {
		return codec.NLRI{}, bad
	}
	return out[0], nil
}

// withdrawIndex withdraws the route of an index; its attributes are those that it
// was announced with.
func withdrawIndex(l *request, args []word) *Problem {
	l.cmd.Kind = speaker.CmdWithdraw
	if len(args) == 0 {
		return problem(0, "no index", "write the index that routes list shows")
	}
	n, err := ParseIndex(args[0].text)
	if err != nil {
		return problem(0, err.Error(), "write the index that routes list shows")
	}
	l.cmd.Routes = []speaker.Route{{NLRI: n}}
	return noMore(args, 1)
}
