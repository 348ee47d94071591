package fsm

// Deviations are where the table is not RFC 4271 §8.2.2 to the letter, as
// docs/FSM.md prints them: cell, colon, what and why. An oracle that judges a
// session by the RFC's text excuses these and no others.
func Deviations() []string {
	return []string{
		"Idle ManualStart: a session with PassiveTcpEstablishment set takes it as event 4",
		"Idle AutomaticStart: a session with PassiveTcpEstablishment set takes it as event 5",
		"Idle AutomaticStart_with_DampPeerOscillations: a session with PassiveTcpEstablishment set takes it as event 7",
		"Idle ManualStop: calls off the automatic restart; §8.2.2 ignores it",
		"Idle IdleHoldTimer_Expires: starts the session (AllowAutomaticStart), also undamped; the ConnectRetryCounter stays",
		"Idle TcpConnection_Valid: the refused connection is closed",
		"Idle Tcp_CR_Acked: the refused connection is closed",
		"Idle TcpConnectionConfirmed: the refused connection is closed",
		"Connect DelayOpenTimer_Expires: without a connection it changes nothing",
		"Active DelayOpenTimer_Expires: without a connection it changes nothing",
		"Active ConnectRetryTimer_Expires: a passive session never dials and runs no ConnectRetryTimer",
		"Active TcpConnectionFails: ConnectRetryTimer does not run in Idle, IdleHoldTimer restarts the session",
		"OpenSent TcpConnectionFails: the session of an accepted connection goes to Idle, not Active",
		"OpenSent NotifMsg: no NOTIFICATION, §6.4",
		"OpenConfirm BGPOpen: FSM error; a collision comes as OpenCollisionDump, since each connection has its session",
		"Established TcpConnectionFails: damped, which §8.2.2 leaves out",
		"Established BGPOpen: FSM error, as in OpenConfirm",
		"Established BGPHeaderErr: the NOTIFICATION is Message Header Error, §6.1, not FSM error",
		"Established NotifMsgVerErr: damped, which §8.2.2 leaves out",
		"Established NotifMsg: damped, which §8.2.2 leaves out: a peer that keeps refusing us is what damping is for",
		"Established SendHoldTimer_Expires: the timer runs only while bytes wait for TCP",
		"OpenCollisionDump in any state: no automatic restart, the other connection lives",
		"Collide: connections in OpenSent and Established count (CollisionDetectEstablishedState)",
	}
}
