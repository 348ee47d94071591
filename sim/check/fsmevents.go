package check

import (
	"fmt"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// JudgeEvents holds the events that whole messages of one read were to the state
// machine of a session that is up behind them against the messages: each is one
// event (RFC 4271 §8.1.5), whatever is wrong about it that does not end the session,
// and restarts the timers that go with it.
func JudgeEvents(msgs [][]byte, events []fsm.Event) *Violation {
	for i, msg := range msgs {
		want := fsm.UpdateMsg // what §8 knows of no other message
		switch kindOf(msg) {
		case codec.MsgOpen:
			continue // with what it means for another connection
		case codec.MsgKeepalive:
			want = fsm.KeepAliveMsg
		}
		for len(events) > 0 && (events[0] < fsm.KeepAliveMsg || events[0] > fsm.UpdateMsgErr) {
			events = events[1:]
		}
		got := "no event"
		if len(events) > 0 {
			got = events[0].String()
		}
		if len(events) == 0 || events[0] != want {
			return violated(FSMEvents, fmt.Sprintf("%v for message %d of %d", want, i+1, len(msgs)), got)
		}
		events = events[1:]
	}
	return nil
}
