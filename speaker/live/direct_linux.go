package live

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// writeNow writes what a pipe takes without a wait and returns how much that was: a
// reply then costs its helper no change of threads. 0: w is no pipe, it is full, or
// writing fails; the child's writer finds out which.
func writeNow(w io.Writer, p []byte) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return 0
	}
	n := 0
	err = raw.Write(func(fd uintptr) bool {
		if flags, e := unix.FcntlInt(fd, unix.F_GETFL, 0); e == nil && flags&unix.O_NONBLOCK != 0 {
			n, _ = unix.Write(int(fd), p)
		}
		return true // never wait in the owner
	})
	if err != nil {
		return 0
	}
	return max(n, 0)
}
