// plays: sim/check

package p

import "github.com/peerloom/peerloom/codec"

var _ codec.Decoder // want model

var encode = codec.AppendAnnounce // want model

var decode = codec.DecodeOpen // want model

func same(a, b codec.NLRI) bool {
	return a.Key() == b.Key() // want model
}

func has(o *codec.Options) int { return o.Max() }
