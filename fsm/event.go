package fsm

import (
	"strconv"

	"github.com/peerloom/peerloom/codec"
)

// Event is an event of RFC 4271 §8.1, by its number there; 29 is RFC 9687's.
type Event uint8

// Events.
const (
	ManualStart                      Event = 1
	ManualStop                       Event = 2
	AutomaticStart                   Event = 3
	ManualStartPassive               Event = 4
	AutomaticStartPassive            Event = 5
	AutomaticStartDamp               Event = 6
	AutomaticStartDampPassive        Event = 7
	AutomaticStop                    Event = 8
	ConnectRetryTimerExpires         Event = 9
	HoldTimerExpires                 Event = 10
	KeepaliveTimerExpires            Event = 11
	DelayOpenTimerExpires            Event = 12
	IdleHoldTimerExpires             Event = 13
	TCPConnectionValid               Event = 14
	TCPCRInvalid                     Event = 15
	TCPCRAcked                       Event = 16
	TCPConnectionConfirmed           Event = 17
	TCPConnectionFails               Event = 18
	BGPOpen                          Event = 19
	BGPOpenWithDelayOpenTimerRunning Event = 20
	BGPHeaderErr                     Event = 21
	BGPOpenMsgErr                    Event = 22
	OpenCollisionDump                Event = 23
	NotifMsgVerErr                   Event = 24
	NotifMsg                         Event = 25
	KeepAliveMsg                     Event = 26
	UpdateMsg                        Event = 27
	UpdateMsgErr                     Event = 28
	SendHoldTimerExpires             Event = 29 // RFC 9687
	nEvents                          Event = 30
)

var eventNames = [nEvents]string{
	ManualStart: "ManualStart", ManualStop: "ManualStop", AutomaticStart: "AutomaticStart",
	ManualStartPassive:        "ManualStart_with_PassiveTcpEstablishment",
	AutomaticStartPassive:     "AutomaticStart_with_PassiveTcpEstablishment",
	AutomaticStartDamp:        "AutomaticStart_with_DampPeerOscillations",
	AutomaticStartDampPassive: "AutomaticStart_with_DampPeerOscillations_and_PassiveTcpEstablishment",
	AutomaticStop:             "AutomaticStop", ConnectRetryTimerExpires: "ConnectRetryTimer_Expires",
	HoldTimerExpires: "HoldTimer_Expires", KeepaliveTimerExpires: "KeepaliveTimer_Expires",
	DelayOpenTimerExpires: "DelayOpenTimer_Expires", IdleHoldTimerExpires: "IdleHoldTimer_Expires",
	TCPConnectionValid: "TcpConnection_Valid", TCPCRInvalid: "Tcp_CR_Invalid", TCPCRAcked: "Tcp_CR_Acked",
	TCPConnectionConfirmed: "TcpConnectionConfirmed", TCPConnectionFails: "TcpConnectionFails",
	BGPOpen: "BGPOpen", BGPOpenWithDelayOpenTimerRunning: "BGPOpen with DelayOpenTimer running",
	BGPHeaderErr: "BGPHeaderErr", BGPOpenMsgErr: "BGPOpenMsgErr", OpenCollisionDump: "OpenCollisionDump",
	NotifMsgVerErr: "NotifMsgVerErr", NotifMsg: "NotifMsg", KeepAliveMsg: "KeepAliveMsg",
	UpdateMsg: "UpdateMsg", UpdateMsgErr: "UpdateMsgErr", SendHoldTimerExpires: "SendHoldTimer_Expires",
}

// String is the RFC's name.
func (e Event) String() string {
	if e > 0 && e < nEvents {
		return eventNames[e]
	}
	return "EVENT(" + strconv.Itoa(int(e)) + ")"
}

// Input is one event with what came with it. Only the fields of that event are
// read, and what they point to must not change afterwards.
type Input struct {
	Event        Event
	Open         *codec.Open        // 19, 20
	Notification codec.Notification // 24, 25
	Err          *codec.Error       // 21, 22, 28
	// Stop is the Cease that ManualStop, AutomaticStop or OpenCollisionDump
	// sends (RFC 4486, RFC 9003). Code 0 means 6/2, 6/0 and 6/7.
	Stop codec.Notification
}
