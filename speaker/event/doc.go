// Package event turns a [speaker.Event] into what an API client reads on its
// standard input: a line of JSON, or lines of text, in the forms of ExaBGP's
// API. JSON is always valid: whatever a peer sends is escaped.
//
// Host name, process ids and the time are inputs, so that a replayed run writes
// the same bytes.
//
// Start at [Format.Append].
package event
