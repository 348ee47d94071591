// Package check holds the oracles of a simulated run. They judge a speaker by
// the bytes that its peers received, and share no code with what they judge:
// nothing here imports rib or speaker, and of codec the types of values alone are
// used. What reads octets is written here a second time, from the RFCs, so that a
// fault which an encoder and a decoder have in common shows too.
//
//   - [OutModel] is a slow, obvious model of the Adj-RIB-Out contract. It is fed
//     with the batches and session events in their order, and says which
//     sequence of messages each session's peer must receive.
//   - [WireChecker] needs no model: it watches one connection from one end.
//   - [PeerView] is the Adj-RIB-In that received messages amount to.
//
// What they find is a [Violation], whose ID is in the table [Invariants];
// docs/INVARIANTS.md prints that table. Start at [OutModel.Apply] and
// [OutModel.Observe].
package check
