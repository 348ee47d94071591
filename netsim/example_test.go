package netsim_test

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
)

// program is a host that prints what happens to it and echoes what it reads.
type program struct {
	net  *netsim.Network
	name string
	echo bool
}

func (p *program) HandleNet(e netsim.Event) {
	fmt.Printf("%4v %s: %v\n", p.net.Loop().Elapsed(), p.name, e)
	if e.Kind == netsim.Readable {
		b := make([]byte, e.N)
		p.net.Read(e.Conn, b)
		if p.echo {
			p.net.Write(e.Conn, b)
		}
	}
	if e.Kind == netsim.Connected {
		p.net.Write(e.Conn, []byte("hello"))
		p.net.CloseWrite(e.Conn)
	}
}

// A client says hello to an echo server over a link of 10 ms.
func Example() {
	loop := sim.NewLoop(sim.Dull{}, nil)
	net := netsim.New(loop, netsim.Options{Link: netsim.Link{Delay: 10 * time.Millisecond}})
	client, server := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	net.AddHost(client, &program{net: net, name: "client"})
	net.AddHost(server, &program{net: net, name: "server", echo: true})
	at := netip.AddrPortFrom(server, 179)
	if err := net.Listen(at); err != nil {
		panic(err)
	}
	if _, err := net.Dial(netip.AddrPortFrom(client, 0), at); err != nil {
		panic(err)
	}
	loop.RunUntil(sim.Epoch().Add(time.Second), 1000)
	// Output:
	// 20ms client: 1a connected 10.0.0.1:49152 < 10.0.0.2:179
	// 30ms server: 1b accepted 10.0.0.2:179 < 10.0.0.1:49152
	// 30ms server: 1b readable 5
	// 30ms server: 1b ended 0
	// 40ms client: 1a readable 5
}
