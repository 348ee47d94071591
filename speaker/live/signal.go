package live

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// signals is what each signal that the daemon knows does.
var signals = map[os.Signal]struct {
	name string
	do   func(d *Daemon)
}{
	syscall.SIGTERM: {"SIGTERM", func(d *Daemon) { d.Stop("") }},
	syscall.SIGINT:  {"SIGINT", func(d *Daemon) { d.Stop("") }},
	syscall.SIGHUP:  {"SIGHUP", (*Daemon).Reload},
	syscall.SIGUSR1: {"SIGUSR1", (*Daemon).Reload},
}

// HandleSignals gives the process's signals to the daemon until ctx ends.
func (d *Daemon) HandleSignals(ctx context.Context) {
	arrived := make(chan os.Signal, 8)
	for s := range signals {
		signal.Notify(arrived, s)
	}
	go func() {
		defer signal.Stop(arrived)
		for {
			select {
			case s := <-arrived:
				row := signals[s]
				d.Signal(int(s.(syscall.Signal)), row.name)
				row.do(d)
			case <-ctx.Done():
				return
			case <-d.over:
				return
			}
		}
	}()
}
