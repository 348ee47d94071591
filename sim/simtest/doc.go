// Package simtest runs simulations from within go test: a world made of your
// own code, or a scenario file, under many seeds.
//
// A world is a function of its Source: it builds a loop, a network and whatever
// lives there, runs them, and says what went wrong.
//
//	func TestMain(m *testing.M) { simtest.Main(m) }
//
//	func TestEcho(t *testing.T) {
//		simtest.Check(t, func(r *simtest.Run) error {
//			n := netsim.New(r.Loop(), netsim.Options{Link: netsim.Link{Jitter: time.Second}})
//			…
//		})
//	}
//
// The first failure is run again to see that the world is deterministic, shrunk,
// written to testdata/repro as one event a line, and reported with the command
// that runs it again. What is in testdata/repro is run first by every go test.
//
// # Flags
//
// Main adds these; each has a twin in the environment, and the flag wins:
//
//	-sim.seed N          SIM_SEED      the first seed (1)
//	-sim.runs N          SIM_RUNS      how many seeds (100)
//	-sim.strategy NAME   SIM_STRATEGY  uniform; pct, swarm, fifo (everything dull), or portfolio: one of them by the seed
//	-sim.file FILE       SIM_FILE      run only this file, as a failure wrote it
//	-sim.trace           SIM_TRACE=1   print every event of a run that fails
//
// Importing the package registers no flag: a library that changes flag.CommandLine
// when it is imported, or by an init, meets its importers' flags and those of
// another copy of itself. So Main does it, once, where a test says so, and the
// values stay in flag.CommandLine. Without Main the environment works alone, and
// commands are reported in that form.
//
// # Other drivers
//
// [Fuzz] lets go test -fuzz decide: one byte a choice, exhausted input is dull and
// nothing is ever skipped. [Rapid] is a Source that pgregory.net/rapid draws; draw
// what happens as event structs in t.Repeat, and leave it the few choices within
// them, since rapid shrinks few and large draws best.
package simtest
