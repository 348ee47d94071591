package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// daemonize starts the same program again in a session of its own, without a
// terminal, and leaves it to itself: exabgp_daemon_daemonize. A Go program can't
// fork, so what was read so far is read again there.
func daemonize(stdout, stderr io.Writer) int {
	program, err := os.Executable()
	if err != nil {
		fmt.Fprintf(stderr, "peerloomd: exabgp_daemon_daemonize: %v\n", err)
		return exitFailed
	}
	c := exec.Command(program)
	c.Args = os.Args
	// The dotted spelling wins over any other, and the last of two.
	c.Env = append(os.Environ(), "exabgp.daemon.daemonize=false")
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := c.Start(); err != nil {
		fmt.Fprintf(stderr, "peerloomd: exabgp_daemon_daemonize: %v\n", err)
		return exitFailed
	}
	fmt.Fprintf(stdout, "peerloomd: process %d goes on in the background\n", c.Process.Pid)
	return exitOK
}
