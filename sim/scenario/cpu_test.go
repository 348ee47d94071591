//go:build unix

package scenario_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// userTime is the user CPU time of the process so far, garbage collection
// included. It does not depend on who else uses the machine.
func userTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano())
}
