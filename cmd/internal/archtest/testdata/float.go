// plays: sim/scenario

package p

const half = 1.0 / 2

func wrong(hits, runs int) bool { return float64(hits)/float64(runs) > half } // want float

func right(hits, runs int) bool { return 2*hits > runs }

func wire(bps float32) bool { return bps < 0 } //float: the link bandwidth community is one
