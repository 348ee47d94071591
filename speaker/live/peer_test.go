package live

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/benbjohnson/clock"
	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker/child"
	"github.com/peerloom/peerloom/speaker/config"
)

// peer is the other end of a session: it answers the OPEN with its mirror image
// (the identifier one higher) and a KEEPALIVE, each later message with a
// KEEPALIVE, and hands on what it hears.
type peer struct {
	nc     net.Conn
	silent bool        // says nothing but the answer to the OPEN
	heard  chan string // type and body, as "2 00000000"; closed at the end
}

func (p *peer) serve() {
	defer close(p.heard)
	for {
		msg := make([]byte, 19)
		if _, err := io.ReadFull(p.nc, msg); err != nil {
			return
		}
		body := make([]byte, int(binary.BigEndian.Uint16(msg[16:]))-19)
		if _, err := io.ReadFull(p.nc, body); err != nil {
			return
		}
		answer := codec.AppendKeepalive(nil)
		if msg[18] == byte(codec.MsgOpen) {
			body[8]++ // the identifier's last octet
			answer = append(append(msg, body...), answer...)
		} else {
			p.heard <- fmt.Sprintf("%d %s", msg[18], strings.ToUpper(hex.EncodeToString(body)))
			if p.silent {
				continue
			}
		}
		if _, err := p.nc.Write(answer); err != nil {
			return
		}
	}
}

// next is the next message that is no KEEPALIVE.
func (p *peer) next(t *testing.T) string {
	t.Helper()
	for m := range p.heard {
		if !strings.HasPrefix(m, "4 ") {
			return m
		}
	}
	return "closed"
}

func newPeer(nc net.Conn) *peer {
	p := &peer{nc: nc, heard: make(chan string, 1000)}
	go p.serve()
	return p
}

// Messages of the stories.
const endOfRIB = "2 00000000"

func announced(n int) string {
	return fmt.Sprintf("2 00000015400101004002004003040A0000%02X4005040000006420C0A800%02X", n, n)
}

func withdrawn(n int) string { return fmt.Sprintf("2 000520C0A800%02X0000", n) }

// ribStory is what must leave for the commands of ribScript, End-of-RIB first.
func ribStory() []string {
	return []string{
		endOfRIB,
		announced(1), withdrawn(1),
		announced(2), announced(3),
		announced(2), announced(3),
		announced(4),
		announced(2), announced(3), announced(4),
		withdrawn(2), withdrawn(3), withdrawn(4),
		announced(5),
	}
}

// ribCommands is the story, a write each; a reply to each line is awaited.
func ribCommands() []string {
	route := func(n int) string { return fmt.Sprintf("announce route 192.168.0.%d/32 next-hop 10.0.0.%d\n", n, n) }
	return []string{
		route(0) + "clear adj-rib out\n",
		route(1),
		"clear adj-rib out\n",
		route(2), route(3),
		"flush adj-rib out\n",
		route(4),
		"flush adj-rib out\n",
		"clear adj-rib out\n",
		route(5),
	}
}

// settings is a Daemon's configuration from text.
func settings(t *testing.T, text string) Config {
	t.Helper()
	env := config.DefaultEnv()
	env.Connections = 1
	c, err := config.Parse("test.conf", []byte(text), env)
	require.NoError(t, err)
	return Config{
		Speaker: *c, Clock: clock.New(), Network: TCP{},
		Spawn: Exec{}.Start,
		Child: child.Config{APIVersion: 4, Window: child.DefaultWindow},
		Log:   slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

// started runs a daemon; the channel gets its error when it has ended.
func started(t *testing.T, ctx context.Context, c Config) (*Daemon, chan error) {
	t.Helper()
	d, err := New(c)
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	return d, ended
}

// neighbor is a neighbor's section with the peer at this address.
func neighbor(at netip.AddrPort, local string, more string) string {
	return fmt.Sprintf(`neighbor %s {
		router-id 1.2.3.4;
		local-address %s;
		local-as 1;
		peer-as 1;
		connect %d;
		group-updates false;
		family { ipv4 unicast; }
		%s
	}`, at.Addr(), local, at.Port(), more)
}
