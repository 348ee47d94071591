package foreign_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/netsim/netconn"
	"github.com/peerloom/peerloom/sim"
)

const url = "http://10.0.0.2:80/"

var clientAddr, serverAddr = netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")

// page is more than a window.
var page = strings.Repeat("peerloom ", 200)

// serve runs f with a web server and a client, half a second apart, on a network
// that the seed decides.
func serve(t *testing.T, seed uint64, f func(t *testing.T, p *netconn.Pump, c *http.Client)) {
	synctest.Test(t, func(t *testing.T) {
		n := netsim.New(sim.NewLoop(sim.NewSeed(seed), nil), netsim.Options{Link: netsim.Link{
			Delay: 500 * time.Millisecond, Jitter: 80 * time.Millisecond, Window: 1000,
		}})
		n.SetFaults(netsim.Faults{Split: sim.Ratio{Num: 1, Den: 2}})
		p := netconn.NewPump(n)
		defer p.Close()
		client, server := p.Host(clientAddr), p.Host(serverAddr)

		l, err := server.Listen("tcp", "10.0.0.2:80")
		if err != nil {
			t.Fatal(err)
		}
		web := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, page) })}
		served := make(chan error, 1)
		go func() { served <- web.Serve(l) }()

		transport := &http.Transport{DialContext: client.Dial}
		f(t, p, &http.Client{Transport: transport, Timeout: 20 * time.Second})
		transport.CloseIdleConnections()
		web.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("the server ended with %v", err)
		}
	})
}

func get(c *http.Client) (string, error) {
	r, err := c.Get(url)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	return string(b), err
}

// The page arrives whole under every seed, after as long as its windows take;
// and as long under the same seed.
func TestPageArrives(t *testing.T) {
	took := func(seed uint64) (d time.Duration) {
		serve(t, seed, func(t *testing.T, _ *netconn.Pump, c *http.Client) {
			begun := time.Now()
			got, err := get(c)
			if err != nil || got != page {
				t.Errorf("seed %d: %d bytes, %v", seed, len(got), err)
			}
			d = time.Since(begun)
		})
		return d
	}
	for seed := range uint64(20) {
		first := took(seed)
		if first < 3*time.Second || first > 20*time.Second {
			t.Errorf("seed %d: a handshake, a request and two windows took %v", seed, first)
		}
		if again := took(seed); again != first {
			t.Errorf("seed %d: the network does not replay: %v, then %v", seed, first, again)
		}
	}
}

// A network that is cut for ten seconds is only slow; one that is cut for good
// is the client's timeout.
func TestPartition(t *testing.T) {
	serve(t, 1, func(t *testing.T, p *netconn.Pump, c *http.Client) {
		p.Do(func(n *netsim.Network) { n.Partition(clientAddr, serverAddr) })
		time.AfterFunc(10*time.Second, func() { p.Do((*netsim.Network).Heal) })
		begun := time.Now()
		if got, err := get(c); err != nil || got != page {
			t.Errorf("after the cut: %d bytes, %v", len(got), err)
		}
		if d := time.Since(begun); d < 10*time.Second {
			t.Errorf("it came after %v, through a cut of 10 s", d)
		}
		p.Do(func(n *netsim.Network) { n.Partition(clientAddr, serverAddr) })
		_, err := get(c)
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("a cut for good: %v", err)
		}
		p.Do((*netsim.Network).Heal)
	})
}
