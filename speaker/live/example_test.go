package live_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"

	"github.com/benbjohnson/clock"

	"github.com/peerloom/peerloom/speaker/child"
	"github.com/peerloom/peerloom/speaker/config"
	"github.com/peerloom/peerloom/speaker/live"
)

func ExampleDaemon() {
	peer, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	text := fmt.Sprintf(`neighbor 127.0.0.1 {
		router-id 192.0.2.1; local-address 127.0.0.1; local-as 65001; peer-as 65000;
		connect %d;
	}`, peer.Addr().(*net.TCPAddr).Port)
	c, err := config.Parse("peer.conf", []byte(text), config.DefaultEnv())
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := live.New(live.Config{
		Speaker: *c,
		Clock:   clock.New(),
		Network: live.TCP{},
		Spawn:   live.Exec{}.Start,
		Child:   child.Config{APIVersion: 4, Window: child.DefaultWindow},
		Log:     slog.New(slog.DiscardHandler),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error)
	go func() { ended <- d.Run(ctx) }()

	conn, err := peer.Accept()
	if err != nil {
		fmt.Println(err)
		return
	}
	header := make([]byte, 19)
	_, err = io.ReadFull(conn, header)
	fmt.Println("the peer hears type", header[18], err)
	stop()
	io.Copy(io.Discard, conn)
	conn.Close()
	fmt.Println("the daemon ends:", <-ended)
	// Output:
	// the peer hears type 1 <nil>
	// the daemon ends: <nil>
}
