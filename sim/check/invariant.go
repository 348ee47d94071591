package check

import "fmt"

// ID names an invariant: "OUT-03". It never changes its meaning.
type ID string

// Invariants of the Adj-RIB-Out contract, found by [OutModel].
const (
	OutConverged  ID = "OUT-01"
	OutComplete   ID = "OUT-02"
	OutOrder      ID = "OUT-03"
	OutDuplicate  ID = "OUT-04"
	OutAttributes ID = "OUT-05"
	OutLeak       ID = "OUT-06"
	OutWithdraw   ID = "OUT-07"
	OutBracket    ID = "OUT-08"
	OutEndOfRIB   ID = "OUT-09"
	OutRaw        ID = "OUT-10"
	OutSessionEnd ID = "OUT-11"
	OutMalformed  ID = "OUT-12"
)

// Invariants of one connection seen from one end, found by [WireChecker].
const (
	WireFormat         ID = "WIRE-01"
	WireOpenFirst      ID = "WIRE-02"
	WireEstablished    ID = "WIRE-03"
	WireNotifyLast     ID = "WIRE-04"
	WireNotifyAnswered ID = "WIRE-05"
	WireLength         ID = "WIRE-06"
	WireFamily         ID = "WIRE-07"
	WireEndOfRIB       ID = "WIRE-08"
	WireBracket        ID = "WIRE-09"
	WireBracketEarly   ID = "WIRE-10"
	WireSwept          ID = "WIRE-11"
	WireWithdraw       ID = "WIRE-12"
	WireKeepaliveLate  ID = "WIRE-13"
	WireKeepaliveFlood ID = "WIRE-14"
)

// Invariants of what a speaker makes of what it receives, found by [InModel]
// and [Hearing].
const (
	InTable  ID = "IN-01"
	InNotify ID = "IN-02"
	InEvent  ID = "IN-03"
	InHeard  ID = "IN-04"
	InTold   ID = "IN-05"
)

// Invariants of what a speaker makes of words, found by [JudgeCommand] and
// [JudgeConfiguration].
const (
	SaidCommand       ID = "SAID-01"
	SaidConfiguration ID = "SAID-02"
)

// Invariants of each session's state machine, found by [FSMOracle].
const (
	FSMState   ID = "FSM-01"
	FSMActions ID = "FSM-02"
	FSMCounter ID = "FSM-03"
	FSMEvents  ID = "FSM-04"
	FSMSent    ID = "FSM-05"
	TimerRuns  ID = "TIMER-01"
)

// Invariants of all connections of one speaker, seen by its driver, found by
// [Conns], [Cease] and who runs the world.
const (
	TimerOffer      ID = "TIMER-02"
	TimerHoldEarly  ID = "TIMER-03"
	TimerHoldLate   ID = "TIMER-04"
	TimerPassive    ID = "TIMER-05"
	TimerStopped    ID = "TIMER-06"
	TimerOneDial    ID = "TIMER-07"
	TimerProgress   ID = "TIMER-08"
	CollideLoser    ID = "COLL-01"
	CollideAgree    ID = "COLL-02"
	CollideOne      ID = "COLL-03"
	DeadConn        ID = "DEAD-01"
	DeadAlive       ID = "DEAD-02"
	DeadClient      ID = "DEAD-03"
	WireSilentClose ID = "WIRE-15"
	WireTooLong     ID = "WIRE-16"
	WireCease       ID = "WIRE-17"
	WireTrans       ID = "WIRE-18"
	WireAsk         ID = "WIRE-19"
	WireOffer       ID = "WIRE-20"
	WireText        ID = "WIRE-21"
	WirePace        ID = "WIRE-22"
	TimerSendHeld   ID = "TIMER-09"
)

// Invariants of a whole run.
const (
	LiveQuiet   ID = "LIVE-01"
	LiveSilence ID = "LIVE-02"
	LiveRetry   ID = "LIVE-03"
	LiveCycle   ID = "LIVE-04"
	RunReply    ID = "RUN-01"
	RunSequence ID = "RUN-02"
	RunView     ID = "RUN-03"
	RunPanic    ID = "RUN-04"
	RunSync     ID = "RUN-05"
	RunEnds     ID = "RUN-06"
	RunShow     ID = "RUN-07"
	RunBatch    ID = "RUN-08"
	RunBacklog  ID = "RUN-09"
)

// Invariant is one promise that a run is held to.
type Invariant struct {
	ID  ID
	Doc string // one line: what always holds
}

// Invariants is the table of all promises, in the order of docs/INVARIANTS.md.
// It is a function so that nobody can write to it.
func Invariants() []Invariant { return append(outInvariants(), otherInvariants()...) }

func outInvariants() []Invariant {
	return []Invariant{
		{OutConverged, "With the queue drained, the peer's view, built only from received bytes, equals export(want)."},
		{OutComplete, "With the queue drained, every message that the batches and session events ask for has been received."},
		{OutOrder, "Batches leave in order; within one: refresh blocks, withdrawals, announcements by attribute set; one message per NLRI."},
		{OutDuplicate, "A route that the peer has been told is not announced again without a flush, a refresh or a withdrawal by name."},
		{OutAttributes, "An announcement carries the attributes that this session exports for the route, and a withdrawal those of its family's rule."},
		{OutLeak, "A route that want does not hold, and that no earlier batch still owes the peer, is never announced."},
		{OutWithdraw, "A withdrawal leaves once, and only for a route that was told or that a command withdraws by name."},
		{OutBracket, "BoRR and EoRR (RFC 7313) stand exactly around a flush or refresh, never interleave, and answer each request once."},
		{OutEndOfRIB, "The automatic End-of-RIB leaves once per family, directly after the initial table; each announce eor sends one more."},
		{OutRaw, "A message that a command gives as bytes leaves unchanged, at its place in the batch."},
		{OutSessionEnd, "Nothing of a session that ended is received, and no session receives what it has not negotiated."},
		{OutMalformed, "Every message decodes without an error, holds one kind of change and is not longer than negotiated."},
	}
}

func otherInvariants() []Invariant {
	return []Invariant{
		{WireFormat, "Every message that leaves is framed and decodes without an error."},
		{WireOpenFirst, "The first message is the OPEN, and there is one OPEN per connection (RFC 4271 §4.2)."},
		{WireEstablished, "UPDATE, ROUTE-REFRESH and other data leave only after a KEEPALIVE in both directions (RFC 4271 §8.2.2)."},
		{WireNotifyLast, "At most one NOTIFICATION leaves per connection, and nothing after it (RFC 4271 §6)."},
		{WireNotifyAnswered, "A NOTIFICATION is never answered with a NOTIFICATION (RFC 4271 §6.4)."},
		{WireLength, "No message is longer than the negotiated maximum; OPEN and KEEPALIVE never above 4,096 (RFC 8654 §4)."},
		{WireFamily, "No message is about a family that both ends have not advertised (RFC 4760 §8)."},
		{WireEndOfRIB, "End-of-RIB leaves exactly once per negotiated family and connection, but for those that commands ask for (RFC 4724 §2)."},
		{WireBracket, "BoRR and EoRR pair up, never nest or interleave, and need both ends' capability (RFC 7313 §4)."},
		{WireBracketEarly, "No BoRR before its family's End-of-RIB (RFC 7313 §4)."},
		{WireSwept, "A route that an EoRR let the peer drop is withdrawn next: nothing that the peer must keep was missing (RFC 7313 §4)."},
		{WireWithdraw, "Nothing is withdrawn that this connection never announced, except by an explicit command."},
		{WireKeepaliveLate, "Two KEEPALIVE or UPDATE messages are at most a third of the hold time apart (RFC 4271 §4.4)."},
		{WireKeepaliveFlood, "With hold time 0 there are no periodic KEEPALIVEs, and never two within a second (RFC 4271 §4.4)."},
		{InTable, "The Adj-RIB-In holds exactly the routes that the received bytes leave, by RFC 7606, 7911, 7313 and the session's end."},
		{InNotify, "A NOTIFICATION about an error leaves where the received bytes ask for one, with their code, subcode and data, and nowhere else."},
		{InEvent, "Each line of JSON that an API client gets is valid."},
		{InHeard, "A client that asked for messages hears each of those kinds that was received or sent once, in order, and of each session that came and went."},
		{InTold, "Each event is told once, in order, in lines that say what it is about: neighbor, direction, octets, routes and attributes."},
		{SaidCommand, "A command means what its words say: its neighbors, routes, attributes and numbers."},
		{SaidConfiguration, "A configuration means what its words say: of each neighbor what its session needs, and its routes."},
		{WireSilentClose, "A connection on which our OPEN left is closed with a NOTIFICATION, unless one came, TCP failed (RFC 4271 §6) or the peer came back on another (RFC 4724 §4.2)."},
		{WireTooLong, "No data leaves after a message that is longer than this end takes: it ends the session (RFC 8654 §4)."},
		{WireTrans, "To a speaker of 2-octet AS numbers AS_PATH has AS_TRANS where AS4_PATH has a number of four octets (RFC 6793 §4.2.2)."},
		{WireAsk, "ROUTE-REFRESH asks only a peer that offered the capability for it (RFC 2918 §4)."},
		{WireCease, "The subcode of a Cease says why the session ends (RFC 4486 §4)."},
		{WireOffer, "An OPEN says what is configured: AS number, identifier, and each capability that the neighbor is to be offered, no other (RFC 4271 §4.2, RFC 5492 §3)."},
		{WireText, "A teardown says its text, or the subcode's name if it has none, behind its length, in UTF-8, cut at 255 octets (RFC 9003 §2)."},
		{WirePace, "The messages of a neighbor's queue leave evenly, at most as many in a second as its rate-limit says."},
		{FSMState, "After every event a session is in the state that RFC 4271 §8.2.2 gives it, or docs/FSM.md says why not."},
		{FSMActions, "A session asks for what §8.2.2 asks for, in that order: NOTIFICATION, close, dial, listen, OPEN, KEEPALIVE."},
		{FSMCounter, "The ConnectRetryCounter is what §8.2.2 makes of it."},
		{FSMEvents, "Each message that a session which is up receives is one event of its state machine, and of its kind (§8.1.5)."},
		{FSMSent, "A session is told that a message was sent when TCP has taken the last octet of it, once, and not before (§8.2.2, RFC 9687 §4.3)."},
		{TimerRuns, "Exactly the timers that §8.2.2 and RFC 9687 start are running, for their time less §10's jitter."},
		{TimerOffer, "An OPEN offers the configured hold time, which is 0 or at least 3 s (RFC 4271 §4.2)."},
		{TimerHoldEarly, "Hold Timer Expired leaves only after the negotiated hold time, or 4 minutes before there is one, of silence (§6.5, §8.2.2)."},
		{TimerHoldLate, "While an OPEN of ours waits for signs of life, the speaker asks to be woken before the hold time is over (§8.2.2)."},
		{TimerPassive, "A passive neighbor is never dialled."},
		{TimerStopped, "A neighbor that was stopped, or whose speaker was, is not dialled again (§8.2.2, ManualStop)."},
		{TimerOneDial, "One dial to a neighbor is under way at a time."},
		{TimerProgress, "A speaker whose timers have been served has none that is due."},
		{TimerSendHeld, "A session of which TCP takes nothing for the Send Hold Time ends (RFC 9687 §4.3)."},
		{CollideLoser, "Cease/7 closes the connection that the end with the lower identifier opened, and another one stays (§6.8, RFC 6286 §2.3)."},
		{CollideAgree, "Both ends of a collision keep the same connection."},
		{CollideOne, "Both OPENs went on one connection with a neighbor at most: a second one ends a collision at once (§6.8)."},
		{DeadConn, "No message, close or pull is about a connection that is over or closed already."},
		{DeadAlive, "In a world at rest every connection is that of a session that is up, and no timer is left of one that is not."},
		{DeadClient, "Nothing is told to an API client that is gone."},
		{LiveQuiet, "When faults stop, every session comes up again and the world comes to rest."},
		{LiveSilence, "A connection on which neither end says anything comes to an end."},
		{LiveRetry, "A neighbor that is not passive and has no connection is dialled again in time."},
		{LiveCycle, "When faults stop, no exchange that ends a session repeats for ever; the text has the cycle."},
		{RunReply, "Every command is answered once, in order, and as the scenario expects."},
		{RunSequence, "A paced run sends exactly the UPDATE and ROUTE-REFRESH messages that the scenario lists, to the byte."},
		{RunView, "At the end a peer has exactly the routes that the scenario lists."},
		{RunPanic, "Nothing panics, whatever peers and clients send."},
		{RunSync, "The answer to a sync command comes when TCP has taken the last message that the command caused (contract 10)."},
		{RunEnds, "A teardown, restart or deletion ends the sessions that it selects, and no others."},
		{RunShow, "show adj-rib out has the routes of each selected neighbor, as the commands before it leave them, and no others."},
		{RunBatch, "Every line of a client is in one batch, which closes when the window that began with its first line is over."},
		{RunBacklog, "A client that has taken all that was for it is owed nothing but the replies to commands that wait."},
	}
}

// Doc is what the invariant says; empty for an unknown one.
func (id ID) Doc() string {
	for _, inv := range Invariants() {
		if inv.ID == id {
			return inv.Doc
		}
	}
	return ""
}

// Violation is a broken invariant. It is an error.
type Violation struct {
	ID   ID
	Doc  string // the invariant's line
	Want string // what the contract asks for here
	Got  string // what was seen
	Node string // where: a speaker or client, or FROM→TO for a session; "" for the whole run
}

// Error tells the story in four short lines.
func (v *Violation) Error() string {
	at := ""
	if v.Node != "" {
		at = " at " + v.Node
	}
	return fmt.Sprintf("invariant %s%s: %s\n  want: %s\n  got:  %s", v.ID, at, v.Doc, v.Want, v.Got)
}

// NewViolation is a broken invariant found by who runs a whole world.
func NewViolation(id ID, want, got string) *Violation { return violated(id, want, got) }

// At says where it was broken, unless that is known already.
func (v *Violation) At(node string) *Violation {
	if v.Node == "" {
		v.Node = node
	}
	return v
}

func violated(id ID, want, got string) *Violation {
	return &Violation{ID: id, Doc: id.Doc(), Want: want, Got: got}
}
