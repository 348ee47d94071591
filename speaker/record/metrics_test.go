package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/child"
	"github.com/peerloom/peerloom/speaker/config"
)

func TestMetricsOfClients(t *testing.T) {
	now := time.Unix(0, 0)
	c, err := config.Parse("metrics.conf", []byte("process a { run /bin/cat; }\nneighbor 192.0.2.1 { router-id 1.2.3.4; local-as 1; peer-as 1; passive; api { processes [ a ]; signal; } }"), config.DefaultEnv())
	require.NoError(t, err)
	m, err := NewMachine(*c, Options{Start: now})
	require.NoError(t, err)
	now = m.Time(now)
	up := func(id speaker.ClientID, name string) *Client {
		c := m.NewClient(child.Config{Client: id, Name: name, JSON: true, EventBound: 1000, ReplyBound: 10})
		m.Step(now, speaker.Input{Kind: speaker.InClientUp, Client: id, Text: name}, nil)
		return c
	}
	a := up(1, "a")
	up(2, "socket")
	up(3, "socket")
	for range 20 {
		m.Step(now, speaker.Input{Kind: speaker.InSignal, N: 10, Text: "SIGUSR1"}, nil)
	}
	a.Read(now, []byte("show metrics\nping\n"))
	_, ok := a.Batch(now, nil)
	require.True(t, ok)
	got := m.Metrics()
	require.Len(t, got.Clients, 2)
	require.Equal(t, 2, got.Clients[1].Connected)
	require.Equal(t, "a", got.Clients[0].Name)
	require.Greater(t, got.Clients[0].Replies, 500)
	require.Equal(t, 1, got.Clients[0].Blocked)
	require.Equal(t, uint64(20), got.EventsTotal)
	require.Positive(t, got.Clients[0].Events)
	require.Positive(t, got.DroppedTotal)
	require.Contains(t, string(a.Pending(now)), "peerloom_clients{process=\"socket\"} 2\n", "the reply has the clients' part")
	require.Equal(t, got.EventsTotal, m.Metrics().EventsTotal, "asking changes nothing")

	dropped := m.Metrics().DroppedTotal
	m.Step(now, speaker.Input{Kind: speaker.InClientDown, Client: 1}, nil)
	got = m.Metrics()
	require.Len(t, got.Clients, 1)
	require.Equal(t, dropped, got.DroppedTotal, "what a client lost stays counted when it goes")
}
