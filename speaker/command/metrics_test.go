package command

import (
	"encoding/json"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/rib"
	"github.com/peerloom/peerloom/speaker"
)

func TestMetricsReply(t *testing.T) {
	m := &speaker.Metrics{
		Neighbors: []speaker.NeighborMetrics{{Peer: netip.MustParseAddr("2001:db8::1"), Up: 1}},
		Routes:    []rib.Count{{Queue: 3}, {Family: codec.IPv4Unicast, Want: 7, Told: 5, Queue: 2}},
		Flush:     speaker.Durations{Count: 2, Sum: 1500 * time.Millisecond},
		Clients:   []speaker.ClientMetrics{{Name: "a\"\x01b", Connected: 1, Replies: 9}},
	}
	m.Traffic[speaker.Sent][codec.MsgUpdate] = speaker.Volume{Messages: 2, Bytes: 90}
	text := string(AppendReply(nil, &speaker.Reply{OK: true, Value: m}))
	for _, line := range []string{
		`peerloom_sessions{state="established"} 0`,
		`peerloom_neighbor_up{neighbor="2001:db8::1"} 1`,
		`peerloom_messages_total{type="update",direction="send"} 2`,
		`peerloom_message_bytes_total{type="update",direction="send"} 90`,
		`peerloom_messages_total{type="unknown",direction="receive"} 0`,
		`peerloom_routes{table="told",family="ipv4 unicast"} 5`,
		`peerloom_routes{table="queue",family="other"} 3`,
		`peerloom_flush_duration_seconds_count 2`,
		`peerloom_flush_duration_seconds_sum 1.500000000`,
		`peerloom_client_reply_bytes{process="a\"\x01b"} 9`,
	} {
		require.Contains(t, text, line+"\n")
	}
	var values []struct {
		Name   string
		Labels map[string]string
		Value  float64
	}
	require.NoError(t, json.Unmarshal(appendMetrics(nil, m, true), &values))
	byName := map[string]float64{}
	for _, v := range values {
		byName[v.Name+v.Labels["process"]+v.Labels["table"]+v.Labels["family"]] = v.Value
	}
	require.Equal(t, 9.0, byName["peerloom_client_reply_bytesa\"\x01b"])
	require.Equal(t, 7.0, byName["peerloom_routeswantipv4 unicast"])
	require.Equal(t, 1.5, byName["peerloom_flush_duration_seconds_sum"])
}
