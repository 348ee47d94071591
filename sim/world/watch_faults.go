package world

import "github.com/peerloom/peerloom/sim/check"

// faultNames are the points of the faults.
func faultNames() *[nFaults]string {
	return &[nFaults]string{
		FaultReset: "reset", FaultStall: "stall", FaultIsolate: "isolate", FaultClose: "close", FaultHalfOpen: "half-open",
		FaultDeaf: "deaf", FaultGhost: "ghost", FaultFlip: "flip", FaultClog: "clog", FaultPartition: "partition",
		FaultOneWay: "one-way", FaultSwizzle: "swizzle", FaultUnlisten: "unlisten", FaultCrash: "crash", FaultKill: "kill",
		FaultPause: "pause", FaultClock: "clock-step", FaultReload: "reload", FaultClientDie: "client-die",
		FaultClientHalf: "client-half", FaultClientMute: "client-mute", FaultClientFlood: "client-flood",
		FaultOverLimit: "over-limit",
	}
}

// struck counts that a fault strikes.
func (w *World) struck(f Fault) {
	if p, ok := check.FaultPoint(faultNames()[f]); ok {
		w.cover.Sometimes(p, true)
	}
}
