package check_test

import (
	"testing"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
)

// A session of which TCP takes nothing has an end, however much is queued for it
// meanwhile; what TCP takes puts it off.
func TestSendHold(t *testing.T) {
	c := check.NewConns([]check.ConnsNeighbor{{Name: "peer", Hold: 9 * time.Second, SendHold: 30 * time.Second}})
	k := &talk{t, c, time.Unix(1000, 0)}
	c.Start(k.now, 0)
	k.opened(1, true)
	keepalive := codec.AppendKeepalive(nil)
	k.fine(c.Sent(k.now, 1, keepalive))
	later := func(octets int, taken bool) *check.Violation {
		c.Received(k.now, 1, keepalive)
		c.Waits(k.now, 1, octets, taken)
		v := c.Settled(k.now, k.now.Add(3*time.Second), false)
		k.now = k.now.Add(3 * time.Second)
		return v
	}
	for i := range 10 {
		k.fine(later(19*i+19, false))
	}
	k.breaks(check.TimerSendHeld, later(209, false))
	k.fine(later(190, true))
}
