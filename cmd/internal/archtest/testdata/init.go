// plays: cmd/peerloomd

package p

type t struct{}

func init() {} // want init

func (t) init() {}
