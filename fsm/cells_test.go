package fsm

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// want is what one event leaves behind.
type want struct {
	to      State
	note    string // NOTIFICATION code/subcode; "" for none
	retries int    // the ConnectRetryCounter; it was 3
	acts    string // actions in order
	timers  string // that run afterwards, with what is left of them
}

// sentence is one paragraph of §8.2.2 for one state.
type sentence struct {
	on   []Event
	says string
	want want
}

// situation is a state, reached a second ago: timers that the event does not
// restart have run for that second.
type situation struct {
	name      string
	tune      func(*Config)
	path      []Event
	sentences []sentence
}

// Endings that many paragraphs share. An IdleHoldTimer of 10 s is a damped one.
var (
	felled    = want{Idle, "", 4, "close down", "IdleHold 10s"}
	forgiven  = want{Idle, "", 3, "close down", "IdleHold 5s"}
	stopped   = want{Idle, "", 0, "close down", ""}
	starts    = []Event{1, 3, 4, 5, 6, 7}
	notDelay  = func(*Config) {}
	delaying  = func(c *Config) { c.DelayOpen = 2 * time.Second }
	mayNotify = func(c *Config) { c.DelayOpen, c.NotifyInOpenSent = 2*time.Second, true }
)

func noted(note string) want { return want{Idle, note, 4, "note close down", "IdleHold 10s"} }

var situations = []situation{
	{"Idle", notDelay, nil, []sentence{
		{[]Event{1, 3, 6}, "sets ConnectRetryCounter to zero, starts the ConnectRetryTimer, initiates a TCP connection, listens, changes its state to Connect",
			want{Connect, "", 0, "dial listen", "ConnectRetry 1m0s"}},
		{[]Event{4, 5, 7}, "with PassiveTcpEstablishment: counter to zero, starts the ConnectRetryTimer, listens, changes its state to Active",
			want{Active, "", 0, "listen", "ConnectRetry 1m0s"}},
		{[]Event{2, 8}, "ManualStop and AutomaticStop are ignored in the Idle state", want{Idle, "", 3, "", ""}},
		{[]Event{13}, "IdleHoldTimer_Expires is the automatic start; the counter goes on", want{Connect, "", 3, "dial listen", "ConnectRetry 1m0s"}},
		{[]Event{14, 16, 17}, "refuses all incoming BGP connections for this peer", want{Idle, "", 3, "close", ""}},
		{[]Event{9, 10, 11, 12, 15, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29}, "any other event does not cause change in the state", want{Idle, "", 3, "", ""}},
	}},
	{"Connect", notDelay, []Event{1}, []sentence{
		{starts, "the start events are ignored", want{Connect, "", 3, "", "ConnectRetry 59s"}},
		{[]Event{2}, "drops the TCP connection, releases all BGP resources, counter to zero, stops the ConnectRetryTimer, Idle", stopped},
		{[]Event{9}, "drops the TCP connection, restarts the ConnectRetryTimer, initiates a TCP connection, listens, stays",
			want{Connect, "", 3, "close dial listen", "ConnectRetry 1m0s"}},
		{[]Event{12}, "no OPEN without a connection", want{Connect, "", 3, "", "ConnectRetry 59s"}},
		{[]Event{14, 15}, "the connection is processed, or rejected, and remains in the Connect state", want{Connect, "", 3, "", "ConnectRetry 59s"}},
		{[]Event{16, 17}, "DelayOpen FALSE: stops the ConnectRetryTimer, sends an OPEN, HoldTimer to a large value, OpenSent", want{OpenSent, "", 3, "open", "Hold 4m0s"}},
		{[]Event{18}, "DelayOpenTimer not running: stops the ConnectRetryTimer, drops the TCP connection, Idle", want{Idle, "", 3, "down", "IdleHold 5s"}},
		{[]Event{21, 22, 24}, "no SendNOTIFICATIONwithoutOPEN, no DelayOpenTimer: counter + 1, damping, Idle", felled},
		{[]Event{8, 10, 11, 13, 19, 20, 23, 25, 26, 27, 28, 29}, "any other event: drops the TCP connection, counter + 1, damping, Idle", felled},
	}},
	{"Connect with DelayOpenTimer running", delaying, []Event{1, 16}, []sentence{
		{starts, "the start events are ignored", want{Connect, "", 3, "", "DelayOpen 1s"}},
		{[]Event{2}, "ManualStop: no NOTIFICATION, counter to zero, Idle", stopped},
		{[]Event{9}, "stops the DelayOpenTimer and resets the timer to zero", want{Connect, "", 3, "close dial listen", "ConnectRetry 1m0s"}},
		{[]Event{12}, "sends an OPEN message, sets the HoldTimer to a large value, OpenSent", want{OpenSent, "", 3, "open", "Hold 4m0s"}},
		{[]Event{14, 15}, "remains in the Connect state", want{Connect, "", 3, "", "DelayOpen 1s"}},
		{[]Event{16, 17}, "DelayOpen TRUE: sets the DelayOpenTimer to the initial value, stays", want{Connect, "", 3, "", "DelayOpen 2s"}},
		{[]Event{18}, "DelayOpenTimer running: restarts the ConnectRetryTimer, stops the DelayOpenTimer, listens, Active",
			want{Active, "", 3, "close listen", "ConnectRetry 1m0s"}},
		{[]Event{19, 20}, "sends an OPEN, sends a KEEPALIVE, KeepaliveTimer, HoldTimer to the negotiated value, OpenConfirm",
			want{OpenConfirm, "", 3, "open keepalive", "Hold 30s Keepalive 10s"}},
		{[]Event{24}, "DelayOpenTimer running: stops it, drops the TCP connection, Idle", forgiven},
		{[]Event{21, 22}, "no SendNOTIFICATIONwithoutOPEN: counter + 1, damping, Idle", felled},
		{[]Event{8, 10, 11, 13, 23, 25, 26, 27, 28, 29}, "any other event: counter + 1, damping, Idle", felled},
	}},
	{"Active", notDelay, []Event{4}, []sentence{
		{starts, "the start events are ignored", want{Active, "", 3, "", "ConnectRetry 59s"}},
		{[]Event{2}, "ManualStop: counter to zero, stops the ConnectRetryTimer, Idle", want{Idle, "", 0, "down", ""}},
		{[]Event{9}, "restarts the ConnectRetryTimer, initiates a TCP connection, listens, Connect", want{Connect, "", 3, "dial listen", "ConnectRetry 1m0s"}},
		{[]Event{12}, "no OPEN without a connection", want{Active, "", 3, "", "ConnectRetry 59s"}},
		{[]Event{14, 15}, "processes the TCP connection flags, or rejects the connection, and stays", want{Active, "", 3, "", "ConnectRetry 59s"}},
		{[]Event{16, 17}, "DelayOpen FALSE: ConnectRetryTimer to zero, sends the OPEN, HoldTimer to a large value, OpenSent", want{OpenSent, "", 3, "open", "Hold 4m0s"}},
		{[]Event{18}, "counter + 1, damping, Idle", want{Idle, "", 4, "down", "IdleHold 10s"}},
		{[]Event{21, 22, 24}, "no SendNOTIFICATIONwithoutOPEN, no DelayOpenTimer: counter + 1, damping, Idle", want{Idle, "", 4, "down", "IdleHold 10s"}},
		{[]Event{8, 10, 11, 13, 19, 20, 23, 25, 26, 27, 28, 29}, "any other event: counter + 1, damping, Idle", want{Idle, "", 4, "down", "IdleHold 10s"}},
	}},
	{"Active with DelayOpenTimer running", delaying, []Event{4, 17}, []sentence{
		{starts, "the start events are ignored", want{Active, "", 3, "", "DelayOpen 1s"}},
		{[]Event{2}, "no SendNOTIFICATIONwithoutOPEN: no Cease; counter to zero, Idle", stopped},
		{[]Event{9}, "restarts the ConnectRetryTimer, initiates a TCP connection, Connect", want{Connect, "", 3, "close dial listen", "ConnectRetry 1m0s"}},
		{[]Event{12}, "stops and clears the DelayOpenTimer, sends the OPEN, HoldTimer to a large value, OpenSent", want{OpenSent, "", 3, "open", "Hold 4m0s"}},
		{[]Event{14, 15}, "stays in the Active state", want{Active, "", 3, "", "DelayOpen 1s"}},
		{[]Event{16, 17}, "DelayOpen TRUE: sets the DelayOpenTimer to the initial value, stays", want{Active, "", 3, "", "DelayOpen 2s"}},
		{[]Event{18}, "stops and clears the DelayOpenTimer, counter + 1, damping, Idle", felled},
		{[]Event{19, 20}, "sends an OPEN, sends a KEEPALIVE, KeepaliveTimer, HoldTimer to the negotiated value, OpenConfirm",
			want{OpenConfirm, "", 3, "open keepalive", "Hold 30s Keepalive 10s"}},
		{[]Event{24}, "DelayOpenTimer running: stops it, drops the TCP connection, Idle", forgiven},
		{[]Event{21, 22}, "no SendNOTIFICATIONwithoutOPEN: counter + 1, damping, Idle", felled},
		{[]Event{8, 10, 11, 13, 23, 25, 26, 27, 28, 29}, "any other event: counter + 1, damping, Idle", felled},
	}},
	{"Connect with SendNOTIFICATIONwithoutOPEN", mayNotify, []Event{1, 16}, []sentence{
		{[]Event{2}, "ManualStop: drops the TCP connection, counter to zero, Idle", stopped},
		{[]Event{21}, "first sends a NOTIFICATION message with the appropriate error code", noted("1/0")},
		{[]Event{22}, "first sends a NOTIFICATION message with the appropriate error code", noted("2/0")},
	}},
	{"Active with SendNOTIFICATIONwithoutOPEN", mayNotify, []Event{4, 17}, []sentence{
		{[]Event{2}, "DelayOpenTimer running: the local system sends a NOTIFICATION with a Cease", want{Idle, "6/2", 0, "note close down", ""}},
		{[]Event{21}, "sends a NOTIFICATION message with the appropriate error code", noted("1/0")},
		{[]Event{22}, "sends a NOTIFICATION message with the appropriate error code", noted("2/0")},
	}},
	{"Active with SendNOTIFICATIONwithoutOPEN and no connection", mayNotify, []Event{4}, []sentence{
		{[]Event{2}, "DelayOpenTimer not running: no NOTIFICATION", want{Idle, "", 0, "down", ""}},
		{[]Event{21, 22}, "there is nobody to send a NOTIFICATION to", want{Idle, "", 4, "down", "IdleHold 10s"}},
	}},
	{"OpenSent", notDelay, []Event{1, 16}, []sentence{
		{starts, "the start events are ignored", want{OpenSent, "", 3, "", "Hold 3m59s"}},
		{[]Event{2}, "sends the NOTIFICATION with a Cease, counter to zero, Idle", want{Idle, "6/2", 0, "note close down", ""}},
		{[]Event{8}, "sends the NOTIFICATION with a Cease, counter + 1, damping, Idle", noted("6/0")},
		{[]Event{10}, "NOTIFICATION with the error code Hold Timer Expired, counter + 1, damping, Idle", noted("4/0")},
		{[]Event{14, 16, 17}, "a second TCP connection is tracked", want{OpenSent, "", 3, "", "Hold 3m59s"}},
		{[]Event{15}, "is ignored", want{OpenSent, "", 3, "", "Hold 3m59s"}},
		{[]Event{18}, "closes the BGP connection, restarts the ConnectRetryTimer, listens, Active", want{Active, "", 3, "close listen", "ConnectRetry 1m0s"}},
		{[]Event{19, 20}, "sends a KEEPALIVE, sets a KeepaliveTimer, HoldTimer to the negotiated value, OpenConfirm",
			want{OpenConfirm, "", 3, "keepalive", "Hold 30s Keepalive 10s"}},
		{[]Event{21}, "NOTIFICATION with the appropriate error code, counter + 1, damping, Idle", noted("1/0")},
		{[]Event{22}, "NOTIFICATION with the appropriate error code, counter + 1, damping, Idle", noted("2/0")},
		{[]Event{23}, "NOTIFICATION with a Cease, counter + 1, damping, Idle", want{Idle, "6/7", 4, "note close down", ""}},
		{[]Event{24}, "ConnectRetryTimer to zero, drops the TCP connection, Idle", forgiven},
		{[]Event{25}, "§6.4: no NOTIFICATION; counter + 1, damping, Idle", felled},
		{[]Event{9, 11, 12, 13, 26, 27, 28, 29}, "NOTIFICATION with Finite State Machine Error, counter + 1, damping, Idle", noted("5/1")},
	}},
	{"OpenConfirm", notDelay, []Event{1, 16, 19}, []sentence{
		{starts, "any start event is ignored", want{OpenConfirm, "", 3, "", "Hold 29s Keepalive 9s"}},
		{[]Event{2}, "sends the NOTIFICATION with a Cease, counter to zero, Idle", want{Idle, "6/2", 0, "note close down", ""}},
		{[]Event{8}, "sends the NOTIFICATION with a Cease, counter + 1, damping, Idle", noted("6/0")},
		{[]Event{10}, "NOTIFICATION with the Error Code Hold Timer Expired, counter + 1, damping, Idle", noted("4/0")},
		{[]Event{11}, "sends a KEEPALIVE, restarts the KeepaliveTimer, remains", want{OpenConfirm, "", 3, "keepalive", "Hold 29s Keepalive 10s"}},
		{[]Event{14, 16, 17}, "needs to track the second connection", want{OpenConfirm, "", 3, "", "Hold 29s Keepalive 9s"}},
		{[]Event{15}, "will ignore the second connection attempt", want{OpenConfirm, "", 3, "", "Hold 29s Keepalive 9s"}},
		{[]Event{18, 25}, "counter + 1, damping, Idle", felled},
		{[]Event{21}, "NOTIFICATION with the appropriate error code, counter + 1, damping, Idle", noted("1/0")},
		{[]Event{22}, "NOTIFICATION with the appropriate error code, counter + 1, damping, Idle", noted("2/0")},
		{[]Event{23}, "NOTIFICATION with a Cease, counter + 1, damping, Idle", want{Idle, "6/7", 4, "note close down", ""}},
		{[]Event{24}, "ConnectRetryTimer to zero, drops the TCP connection, Idle", forgiven},
		{[]Event{26}, "restarts the HoldTimer and changes its state to Established", want{Established, "", 3, "established", "Hold 30s Keepalive 9s"}},
		{[]Event{9, 12, 13, 19, 20, 27, 28, 29}, "NOTIFICATION with Finite State Machine Error, counter + 1, damping, Idle", noted("5/2")},
	}},
	{"Established", notDelay, []Event{1, 16, 19, 26}, []sentence{
		{starts, "any Start event is ignored", want{Established, "", 3, "", "Hold 29s Keepalive 9s"}},
		{[]Event{2}, "sends the NOTIFICATION with a Cease, counter to zero, Idle", want{Idle, "6/2", 0, "note close down", ""}},
		{[]Event{8}, "sends a NOTIFICATION with a Cease, counter + 1, damping, Idle", noted("6/0")},
		{[]Event{10}, "NOTIFICATION with the Error Code Hold Timer Expired, counter + 1, damping, Idle", noted("4/0")},
		{[]Event{11}, "sends a KEEPALIVE, restarts its KeepaliveTimer", want{Established, "", 3, "keepalive", "Hold 29s Keepalive 10s"}},
		{[]Event{14, 16, 17}, "the second connection SHALL be tracked", want{Established, "", 3, "", "Hold 29s Keepalive 9s"}},
		{[]Event{15}, "will be ignored", want{Established, "", 3, "", "Hold 29s Keepalive 9s"}},
		{[]Event{18, 24, 25}, "drops the TCP connection, counter + 1, Idle", felled},
		{[]Event{21}, "§6.1: Message Header Error; counter + 1, damping, Idle", noted("1/0")},
		{[]Event{23}, "NOTIFICATION with a Cease, counter + 1, damping, Idle", want{Idle, "6/7", 4, "note close down", ""}},
		{[]Event{26, 27}, "restarts its HoldTimer and remains in the Established state", want{Established, "", 3, "", "Hold 30s Keepalive 9s"}},
		{[]Event{28}, "NOTIFICATION with an Update error, counter + 1, damping, Idle", noted("3/0")},
		{[]Event{29}, "RFC 9687 §4.3: NOTIFICATION Send Hold Timer Expired, counter + 1, damping, Idle", noted("8/0")},
		{[]Event{9, 12, 13, 19, 20, 22}, "NOTIFICATION with Finite State Machine Error, counter + 1, damping, Idle", noted("5/3")},
	}},
}

// §8.2.2, every state and every event: next state, NOTIFICATION, counter,
// actions and timers. A cell that no sentence names fails.
func TestSection8_2_2(t *testing.T) {
	var tested [nStates][nEvents]bool
	for _, at := range situations {
		for _, x := range at.sentences {
			for _, e := range x.on {
				s := reach(at)
				tested[s.state][e] = true
				out := s.Step(t0.Add(time.Second), Input{Event: e, Open: peerOpen(30)}, nil)
				got := want{s.state, "", s.Retries(), "", running(s, t0.Add(time.Second))}
				got.acts, got.note = spell(out)
				require.Equal(t, x.want, got, "§8.2.2 %s, event %d %s: %s", at.name, e, e, x.says)
			}
		}
	}
	for st := range nStates {
		for e := ManualStart; e < nEvents; e++ {
			require.True(t, tested[st][e], "no sentence for event %d, %s, in %s", e, e, st)
		}
	}
}

func reach(at situation) *Session {
	c := config()
	c.Damp, c.IdleHoldMax, c.TrackTCP = true, time.Minute, true
	at.tune(&c)
	s := New(c)
	for _, e := range at.path {
		s.Step(t0, Input{Event: e, Open: peerOpen(30)}, nil)
	}
	s.retries, s.idleHold = 3, 5*time.Second
	return s
}

func spell(out []Action) (acts, note string) {
	names := [...]string{ActDial: "dial", ActListen: "listen", ActClose: "close", ActSendOpen: "open", ActSendKeepalive: "keepalive",
		ActSendNotification: "note", ActEstablished: "established", ActDown: "down"}
	var words []string
	for _, a := range out {
		words = append(words, names[a.Kind])
		if a.Kind == ActSendNotification {
			note = fmt.Sprintf("%d/%d", a.Notification.Code, a.Notification.Subcode)
		}
	}
	return strings.Join(words, " "), note
}

func running(s *Session, now time.Time) string {
	var words []string
	for t, at := range s.timers {
		if !at.IsZero() {
			words = append(words, timers[t].name+" "+at.Sub(now).String())
		}
	}
	return strings.Join(words, " ")
}
