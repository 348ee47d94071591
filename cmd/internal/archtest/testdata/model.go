// plays: sim/check

package p

import "github.com/peerloom/peerloom/codec"

var _ codec.Decoder

var encode = codec.AppendAnnounce // want model
