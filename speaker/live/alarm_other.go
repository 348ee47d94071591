//go:build !linux

package live

// NewAlarm has none for this system: the clock's timers do.
func NewAlarm() (Alarm, error) { return nil, nil }
