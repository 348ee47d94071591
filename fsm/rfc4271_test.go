package fsm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// §8.2.2 Connect, event 18: "If the DelayOpenTimer is not running ... changes its state to Idle."
func TestConnectEvent18(t *testing.T) {
	s := in(config(), Connect, 9)
	s.Step(t0, Input{Event: TCPConnectionFails}, nil)
	require.Equal(t, Idle, s.State(), "a failed dial without DelayOpen ends in Idle")
	c := config()
	c.DelayOpen = time.Second
	s = in(c, Connect, 9)
	s.Step(t0, Input{Event: TCPCRAcked}, nil)
	s.Step(t0, Input{Event: TCPConnectionFails}, nil)
	require.Equal(t, Active, s.State(), "a connection lost while DelayOpenTimer runs is waited for")
}

// RFC 9687 §4: a negotiated hold time of 0 turns the Send Hold Timer off.
func TestSendHoldTimerIsOffAtHoldTimeZero(t *testing.T) {
	s := in(config(), Established, 0)
	s.Pending(t0, true)
	require.True(t, s.Deadline().IsZero())
}
