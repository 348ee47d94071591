package speaker

import (
	"fmt"

	"github.com/peerloom/peerloom/codec"
)

// What Config.ExaBGP means on the wire, all of it.

// reachLast: ExaBGP writes MP_REACH_NLRI after the other attributes, RFC 7606
// §5.1 wants it first.
func (c *Config) reachLast() bool { return c.ExaBGP }

// headerError is what is said of a message header that is wrong. RFC 4271 §6.1
// answers an unknown type with Bad Message Type and the type as data; ExaBGP
// with an unspecific subcode and a sentence, which its users' tools look for.
func (c *Config) headerError(err *codec.Error) *codec.Error {
	if !c.ExaBGP || err.Subcode != codec.SubBadMessageType || len(err.Data) != 1 {
		return err
	}
	e := *err
	e.Subcode = 0
	e.Data = fmt.Appendf(nil, `can not decode update message of type "%d"`, err.Data[0])
	return &e
}
