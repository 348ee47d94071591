package check_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/check"
)

func TestQueueBound(t *testing.T) {
	start := func(bound int) *check.OutModel {
		m := check.NewOutModel(check.OutConfig{QueueBound: bound})
		m.Up(session(true))
		require.NoError(t, m.Observe(eor()))
		return m
	}
	see := func(m *check.OutModel, wire ...[]byte) {
		t.Helper()
		for _, msg := range wire {
			require.NoError(t, m.Observe(msg))
		}
		require.NoError(t, m.Quiet())
	}
	m := start(3)
	for hop := byte(1); hop <= 5; hop++ {
		m.Apply(b(announce(1, hop)))
	}
	see(m, reach(3, 1), reach(4, 1), reach(5, 1))

	m = start(4)
	for _, o := range b(announce(1, 1), announce(2, 2), withdraw(1), announce(2, 3), announce(1, 4)) {
		m.Apply(b(o))
	}
	see(m, reach(2, 2), unreach(1), reach(3, 2), reach(4, 1))

	// In a block the newer value takes the older one's place; a withdrawal
	// cannot, and stays behind the block.
	m = start(5)
	m.Apply(b(announce(1, 1), announce(2, 2)))
	see(m, reach(1, 1), reach(2, 2))
	m.Apply(b(flush))
	m.Apply(b(announce(1, 3)))
	m.Apply(b(withdraw(2)))
	see(m, borr(), reach(3, 1), reach(2, 2), eorr(), unreach(2))
	m.Apply(b(flush))
	m.Apply(b(announce(3, 3), announce(1, 4)))
	m.Apply(b(withdraw(1)))
	see(m, borr(), reach(4, 1), eorr(), reach(3, 3), unreach(1))
}
