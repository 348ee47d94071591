package main

import (
	"os"
	"time"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/config"
	"github.com/peerloom/peerloom/speaker/record"
)

// recordDaemon writes a recording for the scripts: a daemon whose first dial fails
// and that dials again. It is made anew with each run, so no hash is kept here.
func recordDaemon(file string) error {
	c, err := config.Parse("peer.conf", []byte(`neighbor 192.0.2.1 {
		router-id 192.0.2.2; local-address 192.0.2.2; local-as 65001; peer-as 65000; md5-password hunter2;
	}`), config.DefaultEnv())
	if err != nil {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	m, err := record.NewMachine(*c, record.Options{Start: start, Record: f, Version: "1.2.3"})
	if err != nil {
		return err
	}
	m.Step(m.Time(start), speaker.Input{Kind: speaker.InStart}, nil)
	m.Step(m.Time(start.Add(time.Second)), speaker.Input{Kind: speaker.InDialFailed, Conn: 1, Text: "connection refused"}, nil)
	m.Advance(m.Deadline(), nil)
	m.Close(m.Time(m.Deadline().Add(time.Minute)))
	return f.Close()
}
