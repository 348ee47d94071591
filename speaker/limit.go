package speaker

import (
	"encoding/binary"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// limit ends p's session for good where the peer has announced more routes of a
// family than it may; reached reports it. The session comes back by a command,
// or by a reload that changes the neighbor: by itself it would only get the same
// routes again.
func (s *Speaker) limit(now time.Time, p *peer, out []Action) (reached bool, _ []Action) {
	for _, l := range p.cfg.PrefixLimits {
		if uint32(p.in.Count(l.Family)) <= l.Max {
			continue
		}
		out = s.log(p, LevelError, out, "more than %d routes of %v: the session ends until a restart or a teardown by command, or a reload with another prefix-limit",
			l.Max, l.Family)
		// RFC 4486 §4: AFI, SAFI and the upper bound.
		data := binary.BigEndian.AppendUint16(nil, uint16(l.Family.AFI()))
		data = binary.BigEndian.AppendUint32(append(data, byte(l.Family.SAFI())), l.Max)
		p.limited = true
		return true, s.stopPeer(now, p, codec.Notification{Code: codec.CodeCease, Subcode: codec.CeaseMaxPrefixes, Data: data}, out)
	}
	return false, out
}
