package live

import "time"

// Alarm is a timer for times so short that the clock's is too coarse: where
// nothing else is to be run, the network poller of Go's runtime rounds a wait up
// to a whole millisecond, four times the window of a batch.
type Alarm interface {
	// Set has it go off once, d from now on; what was set before is forgotten.
	Set(d time.Duration) error
	// Wait returns nil when it has gone off, or an error once it is closed.
	Wait() error
	Close() error
}

// coarse is what the clock's timers are exact to.
const coarse = time.Millisecond

// watchAlarm wakes the owner whenever the alarm goes off.
func (d *Daemon) watchAlarm() {
	for d.conf.Alarm.Wait() == nil && d.post(func() {}) {
	}
}

// alarmed sets the alarm for a short wait; false: the clock's timer must do.
func (d *Daemon) alarmed(wait time.Duration) bool {
	return d.conf.Alarm != nil && wait < coarse && d.conf.Alarm.Set(wait) == nil
}
