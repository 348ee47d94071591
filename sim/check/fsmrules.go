package check

import "github.com/peerloom/peerloom/fsm"

// Conditions of the text.
func fsmPassive(o *FSMOracle) bool   { return o.cfg.Passive }
func fsmIncoming(o *FSMOracle) bool  { return o.incoming }
func fsmManual(o *FSMOracle) bool    { return o.manual }
func fsmTracks(o *FSMOracle) bool    { return o.cfg.TrackTCP }
func fsmDelays(o *FSMOracle) bool    { return o.cfg.DelayOpen > 0 }
func fsmDelaying(o *FSMOracle) bool  { return !o.timers[fsmDelayOpen].IsZero() }
func fsmIdleHeld(o *FSMOracle) bool  { return !o.timers[fsmIdleHold].IsZero() }
func fsmNoConn(o *FSMOracle) bool    { return o.tcp != fsmUp }
func fsmMayNotify(o *FSMOracle) bool { return o.cfg.NotifyInOpenSent && o.tcp == fsmUp }
func fsmStopNote(o *FSMOracle) bool  { return o.cfg.NotifyInOpenSent && fsmDelaying(o) }
func fsmHoldZero(o *FSMOracle) bool  { return o.hold == 0 }

// Events of the text.
var (
	fsmStarts  = []fsm.Event{1, 3, 4, 5, 6, 7}
	fsmSuccess = []fsm.Event{16, 17}
)

var (
	fsmRetryTimer = []fsmTimer{fsmConnectRetry}
	fsmBoth       = []fsmTimer{fsmConnectRetry, fsmDelayOpen}
	fsmSession    = []fsmTimer{fsmHold, fsmKeepalive}
)

// fsmFall is how most paragraphs end: "releases all BGP resources, drops the TCP
// connection, increments the ConnectRetryCounter by 1, (optionally) performs
// peer oscillation damping ..., and changes its state to Idle".
func fsmFall(n fsmNote) fsmEffect {
	return fsmEffect{next: fsm.Idle, note: n, drop: true, counter: fsmAdd, damp: true}
}

// fsmStop is ManualStop: "sets the ConnectRetryCounter to zero".
func fsmStop(n fsmNote) fsmEffect {
	return fsmEffect{next: fsm.Idle, note: n, drop: true, counter: fsmZero, manual: true}
}

var (
	fsmDumped  = fsmEffect{next: fsm.Idle, note: fsmCease, drop: true, counter: fsmAdd, damp: true, manual: true}
	fsmDropped = fsmEffect{next: fsm.Idle, drop: true}
)

// fsmRules are the paragraphs of §8.2.2, state by state.
var fsmRules = [...][]fsmRule{
	fsm.Idle:        fsmIdleRules,
	fsm.Connect:     fsmConnectRules,
	fsm.Active:      fsmActiveRules,
	fsm.OpenSent:    fsmOpenSentRules,
	fsm.OpenConfirm: fsmOpenConfirmRules,
	fsm.Established: fsmEstablishedRules,
}

var (
	fsmToConnect = fsmEffect{next: fsm.Connect, counter: fsmZero, start: fsmRetryTimer, dial: true, listen: true}
	fsmToActive  = fsmEffect{next: fsm.Active, counter: fsmZero, start: fsmRetryTimer, listen: true}
)

var fsmIdleRules = []fsmRule{
	{on: []fsm.Event{6, 7}, when: fsmIdleHeld, text: "§8.2.2 Idle: uses these events to prevent peer oscillations", do: fsmEffect{next: fsm.Idle}},
	{on: []fsm.Event{1, 3, 6}, when: fsmPassive, deviates: true, text: "as event 4", do: fsmToActive},
	{on: []fsm.Event{1, 3, 6}, text: "§8.2.2 Idle: ManualStart or AutomaticStart: counter zero, ConnectRetryTimer, initiates a TCP connection, listens, Connect", do: fsmToConnect},
	{on: []fsm.Event{4, 5, 7}, text: "§8.2.2 Idle: PassiveTcpEstablishment: counter zero, ConnectRetryTimer, listens, Active", do: fsmToActive},
	{on: []fsm.Event{2}, deviates: true, text: "ManualStop calls off the restart", do: fsmEffect{next: fsm.Idle, manual: true, stop: []fsmTimer{fsmIdleHold}}},
	{on: []fsm.Event{13}, when: fsmManual, text: "an automatic start is not allowed after a ManualStop", do: fsmEffect{next: fsm.Idle}},
	{on: []fsm.Event{13}, when: fsmPassive, deviates: true, text: "starts again, passive", do: fsmEffect{next: fsm.Active, start: fsmRetryTimer, listen: true}},
	{on: []fsm.Event{13}, deviates: true, text: "starts again", do: fsmEffect{next: fsm.Connect, start: fsmRetryTimer, dial: true, listen: true}},
	{on: []fsm.Event{14}, when: fsmTracks, deviates: true, text: "refuses all incoming BGP connections", do: fsmEffect{next: fsm.Idle, refuse: true}},
	{on: fsmSuccess, deviates: true, text: "refuses all incoming BGP connections", do: fsmEffect{next: fsm.Idle, refuse: true}},
	{text: "§8.2.2 Idle: any other event does not cause change in the state", do: fsmEffect{next: fsm.Idle}},
}

var fsmConnectRules = append([]fsmRule{
	{on: fsmStarts, text: "§8.2.2 Connect: the start events are ignored", do: fsmEffect{next: fsm.Connect}},
	{on: []fsm.Event{2}, text: "§8.2.2 Connect: ManualStop: drops the TCP connection, counter zero, Idle", do: fsmStop(fsmNoNote)},
	{on: []fsm.Event{9}, text: "§8.2.2 Connect: drops the TCP connection, restarts the ConnectRetryTimer, stops the DelayOpenTimer, initiates a TCP connection, stays",
		do: fsmEffect{next: fsm.Connect, drop: true, dial: true, listen: true, stop: fsmBoth, start: fsmRetryTimer}},
	{on: []fsm.Event{12}, when: fsmNoConn, deviates: true, text: "there is no connection to send on", do: fsmEffect{next: fsm.Connect}},
	{on: []fsm.Event{14, 15}, text: "§8.2.2 Connect: remains in the Connect state", do: fsmEffect{next: fsm.Connect}},
	{on: fsmSuccess, when: fsmDelays, text: "§8.2.2 Connect: DelayOpen: stops the ConnectRetryTimer, sets the DelayOpenTimer, stays",
		do: fsmEffect{next: fsm.Connect, succeeded: true, stop: fsmRetryTimer, start: []fsmTimer{fsmDelayOpen}}},
	{on: []fsm.Event{18}, when: fsmDelaying, text: "§8.2.2 Connect: DelayOpenTimer running: restarts the ConnectRetryTimer, stops the DelayOpenTimer, listens, Active",
		do: fsmEffect{next: fsm.Active, drop: true, listen: true, stop: fsmBoth, start: fsmRetryTimer}},
	{on: []fsm.Event{18}, text: "§8.2.2 Connect: stops the ConnectRetryTimer, drops the TCP connection, releases all BGP resources, Idle", do: fsmEffect{next: fsm.Idle, lost: true}},
}, fsmWaitingRules...)

var fsmActiveRules = append([]fsmRule{
	{on: fsmStarts, text: "§8.2.2 Active: the start events are ignored", do: fsmEffect{next: fsm.Active}},
	{on: []fsm.Event{2}, when: fsmStopNote, text: "§8.2.2 Active: DelayOpenTimer running and SendNOTIFICATIONwithoutOPEN: Cease; counter zero, Idle", do: fsmStop(fsmCease)},
	{on: []fsm.Event{2}, text: "§8.2.2 Active: ManualStop: drops the TCP connection, counter zero, Idle", do: fsmStop(fsmNoNote)},
	{on: []fsm.Event{9}, when: fsmPassive, deviates: true, text: "a passive session never dials", do: fsmEffect{next: fsm.Active}},
	{on: []fsm.Event{9}, text: "§8.2.2 Active: restarts the ConnectRetryTimer, initiates a TCP connection, listens, Connect",
		do: fsmEffect{next: fsm.Connect, drop: true, dial: true, listen: true, stop: fsmBoth, start: fsmRetryTimer}},
	{on: []fsm.Event{12}, when: fsmNoConn, deviates: true, text: "there is no connection to send on", do: fsmEffect{next: fsm.Active}},
	{on: []fsm.Event{14, 15}, text: "§8.2.2 Active: stays in the Active state", do: fsmEffect{next: fsm.Active}},
	{on: fsmSuccess, when: fsmDelays, text: "§8.2.2 Active: DelayOpen: stops the ConnectRetryTimer, sets the DelayOpenTimer, stays",
		do: fsmEffect{next: fsm.Active, succeeded: true, stop: fsmRetryTimer, start: []fsmTimer{fsmDelayOpen}}},
	{on: []fsm.Event{18}, deviates: true, text: "§8.2.2 Active: counter +1, damping, Idle; no ConnectRetryTimer", do: fsmFall(fsmNoNote)},
	{on: []fsm.Event{18}, text: "§8.2.2 Active: restarts the ConnectRetryTimer, counter +1, damping, Idle",
		do: fsmEffect{next: fsm.Idle, drop: true, counter: fsmAdd, damp: true, start: fsmRetryTimer}},
}, fsmWaitingRules...)

// fsmWaitingRules are the paragraphs that Connect and Active share.
var fsmWaitingRules = []fsmRule{
	{on: []fsm.Event{12}, text: "§8.2.2: DelayOpenTimer_Expires: sends an OPEN, HoldTimer to a large value, OpenSent",
		do: fsmEffect{next: fsm.OpenSent, open: true, stop: fsmBoth, start: []fsmTimer{fsmHold}}},
	{on: fsmSuccess, text: "§8.2.2: no DelayOpen: stops the ConnectRetryTimer, sends an OPEN, HoldTimer to a large value, OpenSent",
		do: fsmEffect{next: fsm.OpenSent, succeeded: true, open: true, stop: fsmBoth, start: []fsmTimer{fsmHold}}},
	{on: []fsm.Event{20}, text: "§8.2.2: OPEN with DelayOpenTimer running: sends OPEN and KEEPALIVE, KeepaliveTimer and HoldTimer unless zero, OpenConfirm",
		do: fsmEffect{next: fsm.OpenConfirm, open: true, keepalive: true, stop: fsmBoth, start: fsmSession}},
	{on: []fsm.Event{21, 22}, when: fsmMayNotify, text: "§8.2.2: SendNOTIFICATIONwithoutOPEN: NOTIFICATION, counter +1, damping, Idle", do: fsmFall(fsmErrorNote)},
	{on: []fsm.Event{24}, when: fsmDelaying, text: "§8.2.2: NotifMsgVerErr with DelayOpenTimer running: Idle", do: fsmDropped},
	{text: "§8.2.2: any other event: counter +1, damping, Idle", do: fsmFall(fsmNoNote)},
}

var fsmOpenSentRules = []fsmRule{
	{on: fsmStarts, text: "§8.2.2 OpenSent: the start events are ignored", do: fsmEffect{next: fsm.OpenSent}},
	{on: []fsm.Event{2}, text: "§8.2.2 OpenSent: ManualStop: Cease, counter zero, Idle", do: fsmStop(fsmCease)},
	{on: []fsm.Event{8}, text: "§8.2.2 OpenSent: AutomaticStop: Cease, counter +1, damping, Idle", do: fsmFall(fsmCease)},
	{on: []fsm.Event{10}, text: "§8.2.2 OpenSent: Hold Timer Expired, counter +1, damping, Idle", do: fsmFall(fsmHoldNote)},
	{on: []fsm.Event{14, 15, 16, 17}, text: "§8.2.2 OpenSent: a second connection is tracked, an invalid one ignored", do: fsmEffect{next: fsm.OpenSent}},
	{on: []fsm.Event{18}, when: fsmIncoming, deviates: true, text: "an accepted connection's session ends", do: fsmFall(fsmNoNote)},
	{on: []fsm.Event{18}, text: "§8.2.2 OpenSent: closes the BGP connection, restarts the ConnectRetryTimer, listens, Active",
		do: fsmEffect{next: fsm.Active, drop: true, listen: true, stop: []fsmTimer{fsmHold}, start: fsmRetryTimer}},
	{on: []fsm.Event{19}, text: "§8.2.2 OpenSent: sends a KEEPALIVE, KeepaliveTimer, HoldTimer to the negotiated value, OpenConfirm",
		do: fsmEffect{next: fsm.OpenConfirm, keepalive: true, start: fsmSession}},
	{on: []fsm.Event{21, 22}, text: "§8.2.2 OpenSent: NOTIFICATION with the appropriate error code, counter +1, damping, Idle", do: fsmFall(fsmErrorNote)},
	{on: []fsm.Event{23}, deviates: true, text: "§8.2.2 OpenSent: OpenCollisionDump: Cease, counter +1, damping, Idle; no restart", do: fsmDumped},
	{on: []fsm.Event{23}, text: "§8.2.2 OpenSent: OpenCollisionDump: Cease, counter +1, damping, Idle", do: fsmFall(fsmCease)},
	{on: []fsm.Event{24}, text: "§8.2.2 OpenSent: NotifMsgVerErr: drops the TCP connection, Idle", do: fsmDropped},
	{on: []fsm.Event{25}, deviates: true, text: "§6.4: a NOTIFICATION is not answered", do: fsmFall(fsmNoNote)},
	{text: "§8.2.2 OpenSent: any other event: Finite State Machine Error, counter +1, damping, Idle", do: fsmFall(fsmStateNote)},
}

var fsmOpenConfirmRules = []fsmRule{
	{on: fsmStarts, text: "§8.2.2 OpenConfirm: any start event is ignored", do: fsmEffect{next: fsm.OpenConfirm}},
	{on: []fsm.Event{2}, text: "§8.2.2 OpenConfirm: ManualStop: Cease, counter zero, Idle", do: fsmStop(fsmCease)},
	{on: []fsm.Event{8}, text: "§8.2.2 OpenConfirm: AutomaticStop: Cease, counter +1, damping, Idle", do: fsmFall(fsmCease)},
	{on: []fsm.Event{10}, text: "§8.2.2 OpenConfirm: Hold Timer Expired, counter +1, damping, Idle", do: fsmFall(fsmHoldNote)},
	{on: []fsm.Event{11}, when: fsmHoldZero, text: "§4.4: hold time zero: periodic KEEPALIVE messages MUST NOT be sent", do: fsmEffect{next: fsm.OpenConfirm}},
	{on: []fsm.Event{11}, text: "§8.2.2 OpenConfirm: sends a KEEPALIVE, restarts the KeepaliveTimer, remains",
		do: fsmEffect{next: fsm.OpenConfirm, keepalive: true, start: []fsmTimer{fsmKeepalive}}},
	{on: []fsm.Event{14, 15, 16, 17}, text: "§8.2.2 OpenConfirm: a second connection is tracked, an invalid one ignored", do: fsmEffect{next: fsm.OpenConfirm}},
	{on: []fsm.Event{18, 25}, text: "§8.2.2 OpenConfirm: TcpConnectionFails or NotifMsg: counter +1, damping, Idle", do: fsmFall(fsmNoNote)},
	{on: []fsm.Event{19}, deviates: true, text: "an OPEN is an FSM error; collisions come as event 23", do: fsmFall(fsmStateNote)},
	{on: []fsm.Event{19}, text: "§8.2.2 OpenConfirm: a valid OPEN that does not collide changes nothing", do: fsmEffect{next: fsm.OpenConfirm}},
	{on: []fsm.Event{21, 22}, text: "§8.2.2 OpenConfirm: NOTIFICATION with the appropriate error code, counter +1, damping, Idle", do: fsmFall(fsmErrorNote)},
	{on: []fsm.Event{23}, deviates: true, text: "§8.2.2 OpenConfirm: OpenCollisionDump: Cease, counter +1, damping, Idle; no restart", do: fsmDumped},
	{on: []fsm.Event{23}, text: "§8.2.2 OpenConfirm: OpenCollisionDump: Cease, counter +1, damping, Idle", do: fsmFall(fsmCease)},
	{on: []fsm.Event{24}, text: "§8.2.2 OpenConfirm: NotifMsgVerErr: drops the TCP connection, Idle", do: fsmDropped},
	{on: []fsm.Event{26}, text: "§8.2.2 OpenConfirm: KeepAliveMsg: restarts the HoldTimer, Established; RFC 9687 §4.3: starts the SendHoldTimer",
		do: fsmEffect{next: fsm.Established, start: []fsmTimer{fsmHold, fsmSendHold}}},
	{text: "§8.2.2 OpenConfirm: any other event: Finite State Machine Error, counter +1, damping, Idle", do: fsmFall(fsmStateNote)},
}

var fsmEstablishedRules = []fsmRule{
	{on: fsmStarts, text: "§8.2.2 Established: any Start event is ignored", do: fsmEffect{next: fsm.Established}},
	{on: []fsm.Event{2}, text: "§8.2.2 Established: ManualStop: Cease, counter zero, Idle", do: fsmStop(fsmCease)},
	{on: []fsm.Event{8}, text: "§8.2.2 Established: AutomaticStop: Cease, counter +1, damping, Idle", do: fsmFall(fsmCease)},
	{on: []fsm.Event{10}, text: "§8.2.2 Established: Hold Timer Expired, counter +1, damping, Idle", do: fsmFall(fsmHoldNote)},
	{on: []fsm.Event{11}, when: fsmHoldZero, text: "§4.4: hold time zero: periodic KEEPALIVE messages MUST NOT be sent", do: fsmEffect{next: fsm.Established}},
	{on: []fsm.Event{11}, text: "§8.2.2 Established: sends a KEEPALIVE, restarts its KeepaliveTimer",
		do: fsmEffect{next: fsm.Established, keepalive: true, start: []fsmTimer{fsmKeepalive}}},
	{on: []fsm.Event{14, 15, 16, 17}, text: "§8.2.2 Established: a second connection is tracked, an invalid one ignored", do: fsmEffect{next: fsm.Established}},
	{on: []fsm.Event{18, 24, 25}, deviates: true, text: "§8.2.2 Established: NOTIFICATION or TcpConnectionFails: counter +1, Idle; damped", do: fsmFall(fsmNoNote)},
	{on: []fsm.Event{18, 24, 25}, text: "§8.2.2 Established: NOTIFICATION or TcpConnectionFails: counter +1, Idle", do: fsmEffect{next: fsm.Idle, drop: true, counter: fsmAdd}},
	{on: []fsm.Event{19}, deviates: true, text: "an OPEN is an FSM error; collisions come as event 23", do: fsmFall(fsmStateNote)},
	{on: []fsm.Event{19}, text: "§8.2.2 Established: a valid OPEN that does not collide changes nothing", do: fsmEffect{next: fsm.Established}},
	{on: []fsm.Event{21}, deviates: true, text: "§6.1: all errors of the header MUST be indicated with the Error Code Message Header Error", do: fsmFall(fsmErrorNote)},
	{on: []fsm.Event{23}, deviates: true, text: "§8.2.2 Established: OpenCollisionDump: Cease, counter +1, damping, Idle; no restart", do: fsmDumped},
	{on: []fsm.Event{23}, text: "§8.2.2 Established: OpenCollisionDump: Cease, counter +1, damping, Idle", do: fsmFall(fsmCease)},
	{on: []fsm.Event{26, 27}, text: "§8.2.2 Established: restarts its HoldTimer, if the negotiated HoldTime value is non-zero, and remains",
		do: fsmEffect{next: fsm.Established, start: []fsmTimer{fsmHold}}},
	{on: []fsm.Event{28}, text: "§8.2.2 Established: NOTIFICATION with an Update error, counter +1, damping, Idle", do: fsmFall(fsmErrorNote)},
	{on: []fsm.Event{29}, text: "RFC 9687 §4.3: NOTIFICATION Send Hold Timer Expired, counter +1, damping, Idle", do: fsmFall(fsmSendNote)},
	{text: "§8.2.2 Established: any other event: Finite State Machine Error, counter +1, damping, Idle", do: fsmFall(fsmStateNote)},
}
