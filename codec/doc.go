// Package codec turns BGP wire bytes into values and back. It has no state,
// reads no clock and does no I/O.
//
// There are two levels. Raw views ([Update], [RawNLRI], [NLRIs]) alias the
// buffer they were decoded from and die with it; owned values ([NLRI],
// [Attrs.Clone], [Open], [Notification]) stay. Encoders are append-style: they
// take the buffer to append to and, on error, give it back unchanged.
//
// An attribute is a type code and its value bytes in one canonical form
// (4-octet AS numbers, a next hop without its MP_REACH_NLRI wrapping), so that
// two attribute sets are equal exactly when their bytes are. One table
// (attr_table.go) says for each attribute what it is called, which flags it
// carries and how RFC 7606 treats it when it is malformed.
//
// Start at [Framer], [Describe], [Decoder.Update] and [AppendAnnounce].
package codec
