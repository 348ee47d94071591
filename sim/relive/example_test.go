package relive_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"time"

	"github.com/peerloom/peerloom/sim/relive"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/config"
	"github.com/peerloom/peerloom/speaker/record"
)

// A run of two events is recorded, and run again under the oracles.
func Example() {
	c, err := config.Parse("peer.conf", []byte(`neighbor 192.0.2.1 {
		router-id 192.0.2.2; local-address 192.0.2.2; local-as 65001; peer-as 65000;
	}`), config.DefaultEnv())
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	m, err := record.NewMachine(*c, record.Options{Start: clock, Record: &file})
	if err != nil {
		log.Fatal(err)
	}
	m.Step(m.Time(clock.Add(time.Second)), speaker.Input{Kind: speaker.InStart}, nil)
	m.Close(m.Time(clock.Add(2 * time.Second)))

	run, err := relive.New("run.rec", &file, func(value any) string { return fmt.Sprint(value) })
	if err != nil {
		log.Fatal(err)
	}
	for {
		played, err := run.Next()
		if err == io.EOF {
			break
		}
		if err != nil || played.Differs {
			log.Fatal(played.Line, err)
		}
	}
	fmt.Println(run.Events, run.Violation == nil, run.Unjudged == "")
	// Output: 3 true true
}
