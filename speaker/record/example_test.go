package record_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"strings"
	"time"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/config"
	"github.com/peerloom/peerloom/speaker/record"
)

// A run of two events is recorded and played again.
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

	r, err := record.NewReader("run.rec", &file)
	if err != nil {
		log.Fatal(err)
	}
	p := record.NewPlayer(r)
	for {
		e, err := r.Next()
		if err == io.EOF {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		played, err := p.Play(e)
		if err != nil {
			log.Fatal(err)
		}
		words, _, _ := strings.Cut(strings.TrimSpace(played.Line), " @ ")
		fmt.Println(!played.Differs, words)
	}
	// Output:
	// true 0.000000000s the configuration; neighbors: 1
	// true 1.000000000s the daemon starts; dials as connection 1 192.0.2.1:179
	// true 2.000000000s the daemon has ended
}
