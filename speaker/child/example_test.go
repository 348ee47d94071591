package child_test

import (
	"fmt"
	"time"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/child"
)

func Example() {
	now := time.Unix(0, 0)
	c := child.New(child.Config{Name: "helper", Window: child.DefaultWindow})
	c.Read(now, []byte("announce route 192.0.2.0/24 next-hop self\nclear "))
	c.Read(now.Add(10*time.Microsecond), []byte("adj-rib out\n"))
	batch, ok := c.Batch(c.Deadline())
	fmt.Println(len(batch), ok)
	for range batch {
		c.Reply(&speaker.Reply{OK: true})
	}
	fmt.Printf("%s", c.Pending())
	// Output:
	// 2 true
	// done
	// done
}
