// Package capture finds BGP messages in files: raw messages, packet captures
// (pcap and pcapng, TCP streams put together again) and MRT (RFC 6396, 8050),
// any of them compressed with gzip or bzip2.
//
// Damaged input is a [Record] with an error and the place where it stands; what
// follows is read on. A routing table entry of an MRT file becomes the UPDATE
// that would announce it, so that there is one form to look at.
//
// Start at [Read].
package capture
