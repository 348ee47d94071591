package live

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// timerFD is an Alarm of the kernel: a read of it ends when its time has come.
type timerFD struct {
	fd   int // what file.Fd would give, which makes it a blocking one
	file *os.File
}

// NewAlarm makes an [Alarm] that is exact to some microseconds.
func NewAlarm() (Alarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("timerfd_create", err)
	}
	return &timerFD{fd, os.NewFile(uintptr(fd), "timerfd")}, nil
}

func (t *timerFD) Set(d time.Duration) error {
	return unix.TimerfdSettime(t.fd, 0, &unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}, nil)
}

func (t *timerFD) Wait() error {
	var expirations [8]byte
	_, err := t.file.Read(expirations[:])
	return err
}

func (t *timerFD) Close() error { return t.file.Close() }
