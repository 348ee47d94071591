package check

import (
	"fmt"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// Point is a rare situation that a sweep must have reached. Its number is for
// the running program alone; its name never changes its meaning.
type Point uint16

// Points of the Adj-RIB-Out.
const (
	FlushReset Point = iota
	FlushRefresh
	FlushFlush
	FlushClear
	FlushAnnounce
	FlushWithdraw
	FlushEndOfRIB
	QueueWithdrawOvertakes
	QueueAnnounceOvertakes
	QueueAnnounceAgain
	QueueClear
	QueueReset
	QueueLong
	QueueBound
	QueueTooLong
	RefreshIdle
	RefreshSecond
	RefreshEarly
	RefreshPlain
	RefreshForeign
	RefreshMany

	// Points of clients.
	BatchSeveral
	BatchSwing
	BatchAnnounceClear
	BatchFlushClear
	BatchDown
	BatchTwoClients
	ClientError
	ClientSyncWaits

	// Points of connections and sessions.
	ConnRefused
	ConnTimeout
	ConnReset
	ConnEnded
	ConnOldAlive
	ConnOldBytes
	ConnHalfMessage
	ConnSecondRefused
	SessionAgain
	SessionHoldZero
	SessionNotified
	SessionShort
	SessionTwoAtOnce
	CollideAcceptConnect
	CollideAcceptOpenSent
	CollideAcceptOpenConfirm
	CollideAcceptEstablished
	CollideOpenConnect
	CollideOpenOpenSent
	CollideOpenOpenConfirm
	CollideOpenEstablished
	CollideThis
	CollideOther
	CollideEstablished

	// Points of timers.
	TimerHold
	TimerHoldInput
	TimerHoldQueue
	TimerSendHold
	TimerRetryDialing
	TimerTogether
	TimerLate

	// Points of the wire.
	WireCutHeader
	WireCutBody
	WireSeveral
	WireBehind
	WireAfterNotification
	WirePartly
	WireFull
	WireExtended
	WireNotBeforeKeepalive

	// Points of what RFC 7606 does with a malformed UPDATE.
	TreatedDiscard
	TreatedWithdraw
	TreatedDisable
	TreatedReset

	nNamed
)

// Generated points: NOTIFICATIONs that leave, faults, cells of the FSM.
const (
	firstNote  = nNamed
	firstFault = firstNote + Point(len(noteCodes))
	firstCell  = firstFault + Point(len(faultNames))
	nPoints    = firstCell + nCells
	nCells     = (Point(fsm.Established) + 1) * Point(fsm.SendHoldTimerExpires)
)

// PointDoc is one row of the registry.
type PointDoc struct {
	Point Point
	Doc   string // one line: the situation
	// Unreachable, where not empty, is why no run gets there.
	Unreachable string
}

type namedPoint struct{ name, doc string }

var named = [nNamed]namedPoint{
	FlushReset:             {"flush/reset", "A connection ends between two UPDATEs of one flush or refresh."},
	FlushRefresh:           {"flush/refresh", "The peer asks for a refresh in the middle of a flush or refresh."},
	FlushFlush:             {"flush/flush", "A client flushes in the middle of a flush or refresh."},
	FlushClear:             {"flush/clear", "A client clears in the middle of a flush or refresh."},
	FlushAnnounce:          {"flush/announce", "A client announces in the middle of a flush or refresh."},
	FlushWithdraw:          {"flush/withdraw", "A client withdraws in the middle of a flush or refresh."},
	FlushEndOfRIB:          {"flush/end-of-rib", "A client asks for an End-of-RIB in the middle of a flush or refresh."},
	QueueWithdrawOvertakes: {"queue/withdraw-overtakes", "A route is withdrawn while its announcement waits in the queue."},
	QueueAnnounceOvertakes: {"queue/announce-overtakes", "A route is announced while its withdrawal waits in the queue."},
	QueueAnnounceAgain:     {"queue/announce-again", "A route is announced while an announcement of it waits in the queue."},
	QueueClear:             {"queue/clear", "A client clears while something waits in the queue."},
	QueueReset:             {"queue/reset", "A session ends while something waits in the queue."},
	QueueLong:              {"queue/long", "A hundred messages wait in a queue."},
	QueueBound:             {"queue/bound", "A queue is at its bound."},
	QueueTooLong:           {"queue/too-long", "A route does not fit into a message."},
	RefreshIdle:            {"refresh/idle", "The peer asks for a refresh while nothing waits in the queue."},
	RefreshSecond:          {"refresh/second", "The peer asks for a second refresh before the EoRR of the first."},
	RefreshEarly:           {"refresh/early", "The peer asks for a refresh before the family's End-of-RIB has left."},
	RefreshPlain:           {"refresh/plain", "A refresh is asked for where enhanced refresh was not negotiated."},
	RefreshForeign:         {"refresh/foreign", "A refresh is asked for of a family that was not negotiated."},
	RefreshMany:            {"refresh/many", "More refreshes of a family are asked for than are kept apart."},

	BatchSeveral:       {"batch/several", "A batch has several commands."},
	BatchSwing:         {"batch/swing", "A batch announces and withdraws one route."},
	BatchAnnounceClear: {"batch/announce-clear", "A batch announces and clears."},
	BatchFlushClear:    {"batch/flush-clear", "A batch flushes and clears."},
	BatchDown:          {"batch/down", "A batch comes while a session is down."},
	BatchTwoClients:    {"batch/two-clients", "Two clients' batches come at one instant."},
	ClientError:        {"client/error", "A command is answered with an error."},
	ClientSyncWaits:    {"client/sync-waits", "A reply waits for the wire."},

	ConnRefused:              {"conn/refused", "A dial is refused."},
	ConnTimeout:              {"conn/timeout", "A dial gets no answer."},
	ConnReset:                {"conn/reset", "A connection is reset."},
	ConnEnded:                {"conn/ended", "The other end closes a connection."},
	ConnOldAlive:             {"conn/old-alive", "A connection comes up while an older one with that neighbor is not gone."},
	ConnOldBytes:             {"conn/old-bytes", "A connection comes up while bytes of an older one are in flight."},
	ConnHalfMessage:          {"conn/half-message", "A connection ends in the middle of a message."},
	ConnSecondRefused:        {"conn/second-refused", "A connection is refused since another one is being dealt with."},
	SessionAgain:             {"session/again", "A session comes up that had been up before."},
	SessionHoldZero:          {"session/hold-zero", "A session comes up with hold time 0."},
	SessionNotified:          {"session/notified", "A NOTIFICATION ends an Established session."},
	SessionShort:             {"session/short", "A session ends before its End-of-RIB has left."},
	SessionTwoAtOnce:         {"session/two-at-once", "Two sessions of a speaker come up at one instant."},
	CollideAcceptConnect:     {"collision/accept-connect", "A connection is accepted while a dial to that neighbor is under way."},
	CollideAcceptOpenSent:    {"collision/accept-opensent", "A connection comes up while another one is in OpenSent."},
	CollideAcceptOpenConfirm: {"collision/accept-openconfirm", "A connection comes up while another one is in OpenConfirm."},
	CollideAcceptEstablished: {"collision/accept-established", "A connection comes up while another one is in Established."},
	CollideOpenConnect:       {"collision/open-connect", "An OPEN is received while a dial to that neighbor is under way."},
	CollideOpenOpenSent:      {"collision/open-opensent", "An OPEN is received while another connection is in OpenSent."},
	CollideOpenOpenConfirm:   {"collision/open-openconfirm", "An OPEN is received while another connection is in OpenConfirm."},
	CollideOpenEstablished:   {"collision/open-established", "An OPEN is received while another connection is in Established."},
	CollideThis:              {"collision/this", "A collision closes the connection on which the OPEN came."},
	CollideOther:             {"collision/other", "A collision closes the connection that was there before."},
	CollideEstablished:       {"collision/established", "A collision closes an Established session."},

	TimerHold:         {"timer/hold", "A hold timer expires."},
	TimerHoldInput:    {"timer/hold-input", "A hold timer expires while input that nobody has read waits."},
	TimerHoldQueue:    {"timer/hold-queue", "A hold timer expires while something waits in the queue."},
	TimerSendHold:     {"timer/send-hold", "A Send Hold Timer expires (RFC 9687)."},
	TimerRetryDialing: {"timer/retry-dialing", "ConnectRetryTimer expires while a dial is under way."},
	TimerTogether:     {"timer/together", "Two sessions' timers are due at one instant."},
	TimerLate:         {"timer/late", "A timer is served later than it was due."},

	WireCutHeader:          {"wire/cut-header", "A read ends inside the header of a message."},
	WireCutBody:            {"wire/cut-body", "A read ends inside the body of a message."},
	WireSeveral:            {"wire/several", "A read has several messages."},
	WireBehind:             {"wire/behind", "A NOTIFICATION is read behind other messages."},
	WireAfterNotification:  {"wire/after-notification", "Messages are read behind a NOTIFICATION."},
	WirePartly:             {"wire/partly", "TCP takes a part of a message."},
	WireFull:               {"wire/full", "A queue waits for a full window."},
	WireExtended:           {"wire/extended", "A message of more than 4,096 octets leaves (RFC 8654)."},
	WireNotBeforeKeepalive: {"wire/not-before-keepalive", "A message that is none of OPEN, KEEPALIVE and NOTIFICATION comes before Established."},

	TreatedDiscard:  {"malformed/attribute-discard", "A malformed attribute is discarded (RFC 7606 §2)."},
	TreatedWithdraw: {"malformed/treat-as-withdraw", "A malformed UPDATE is treated as a withdrawal (RFC 7606 §2)."},
	TreatedDisable:  {"malformed/disable-family", "A malformed UPDATE asks for the family to be disabled (RFC 7606 §2)."},
	TreatedReset:    {"malformed/reset", "A malformed UPDATE resets the session (RFC 7606 §2)."},
}

// noteCodes are the NOTIFICATIONs that a speaker may send.
var noteCodes = [...][2]uint8{
	{1, 1}, {1, 2}, {1, 3},
	{2, 0}, {2, 1}, {2, 2}, {2, 3}, {2, 4}, {2, 6}, {2, 7},
	{3, 1}, {3, 2}, {3, 3}, {3, 4}, {3, 5}, {3, 6}, {3, 8}, {3, 9}, {3, 10}, {3, 11},
	{4, 0}, {5, 0}, {5, 1}, {5, 2}, {5, 3},
	{6, 0}, {6, 1}, {6, 2}, {6, 3}, {6, 4}, {6, 5}, {6, 6}, {6, 7}, {6, 8}, {6, 9},
	{7, 1}, {8, 0},
}

// NotePoint is that a NOTIFICATION of this code leaves; false: it has no point.
func NotePoint(code codec.NotificationCode, sub uint8) (Point, bool) {
	for i, c := range noteCodes {
		if c == [2]uint8{uint8(code), sub} {
			return firstNote + Point(i), true
		}
	}
	return 0, false
}

// faultNames are the kinds of faults, by the names of their knobs.
var faultNames = [...]string{
	"reset", "stall", "isolate", "close", "half-open", "deaf", "ghost", "flip", "clog", "partition", "one-way", "swizzle", "unlisten",
	"crash", "kill", "pause", "clock-step", "reload", "client-die", "client-half", "client-mute", "client-flood",
	"over-limit",
}

// FaultPoint is that a fault of this kind strikes; false: it has no point.
func FaultPoint(name string) (Point, bool) {
	for i, n := range faultNames {
		if n == name {
			return firstFault + Point(i), true
		}
	}
	return 0, false
}

// CellPoint is that an event meets a state of a session.
func CellPoint(s fsm.State, e fsm.Event) Point {
	return firstCell + Point(s)*Point(fsm.SendHoldTimerExpires) + Point(e) - 1
}

// cell is the converse of CellPoint.
func (p Point) cell() (fsm.State, fsm.Event) {
	i := p - firstCell
	return fsm.State(i / Point(fsm.SendHoldTimerExpires)), fsm.Event(i%Point(fsm.SendHoldTimerExpires) + 1)
}

// String is the point's name: "flush/reset", "fsm/OpenSent/HoldTimer_Expires".
func (p Point) String() string { return p.row().name }

func (p Point) row() namedPoint {
	switch {
	case p < nNamed:
		return named[p]
	case p < firstFault:
		c := noteCodes[p-firstNote]
		return namedPoint{fmt.Sprintf("sent/%d-%d", c[0], c[1]), fmt.Sprintf("NOTIFICATION %d/%d leaves.", c[0], c[1])}
	case p < firstCell:
		n := faultNames[p-firstFault]
		return namedPoint{"fault/" + n, "The fault " + n + " strikes."}
	}
	s, e := p.cell()
	return namedPoint{fmt.Sprintf("fsm/%s/%d", s, e), fmt.Sprintf("%s in %s.", e, s)}
}

// Points is the registry of all situations, in the order of docs/INVARIANTS.md.
func Points() []PointDoc {
	l := make([]PointDoc, nPoints)
	for p := range nPoints {
		l[p] = PointDoc{Point: p, Doc: p.row().doc}
		if p >= firstCell {
			l[p].Unreachable = unreachableCell(p.cell())
		}
	}
	return l
}

// PointByName finds a point by its name.
func PointByName(name string) (Point, bool) {
	for p := range nPoints {
		if p.String() == name {
			return p, true
		}
	}
	return 0, false
}
