// Package malform is a grammar of what a BGP speaker may be sent: a table of
// messages, malformed ones and ones at the edge of what is allowed, each with
// the treatment that the RFCs ask of its receiver. Rows are named, so that a
// failure says which case of which section it is about.
//
// Messages are built by an encoder of this package, octet by octet: it shares no
// code with the codec that they test. The package imports nothing but the
// standard library.
package malform
