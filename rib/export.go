package rib

import (
	"errors"
	"fmt"

	"github.com/peerloom/peerloom/codec"
)

// exportsMax bounds the cache of exported sets.
const exportsMax = 65536

// tooLongMax bounds the routes remembered for Pulled.TooLong.
const tooLongMax = 1024

type exportKey struct {
	family codec.Family
	set    *AttrSet
}

// export is what a session makes of an attribute set. fits and misfit are the
// longest NLRI known to fit a message with it and the shortest known not to.
type export struct {
	set          *AttrSet // nil: not sent
	fits, misfit int
}

// export is a as this session encodes it for n, or nil when n must not or can
// not be sent. report remembers one that is too long.
func (o *Out) export(a *AttrSet, n codec.NLRI, report bool) *AttrSet {
	k := exportKey{n.Family, a}
	e, ok := o.exports[k]
	if !ok {
		if len(o.exports) >= exportsMax {
			clear(o.exports)
		}
		e = &export{}
		if out, ok := o.session.Export(n.Family, a.Attrs); ok {
			e.set = o.config.Interner.Intern(out)
		}
		o.exports[k] = e
	}
	if e.set == nil || o.fit(e, n) {
		return e.set
	}
	if report && len(o.tooLong) < tooLongMax {
		o.tooLong = append(o.tooLong, n)
	}
	return nil
}

func (o *Out) fit(e *export, n codec.NLRI) bool {
	size := len(n.Wire)
	switch {
	case size > 0 && size <= e.fits:
		return true
	case e.misfit > 0 && size >= e.misfit:
		return false
	}
	var err error
	o.trial, _, err = codec.AppendAnnounce(o.trial[:0], &o.session.Options, e.set.Attrs, []codec.NLRI{n})
	switch {
	case err == nil:
		e.fits = size
	case errors.Is(err, codec.ErrTooLong):
		e.misfit = size
	default:
		panic(fmt.Sprintf("rib: Export gave attributes of %v that cannot be encoded: %v", n, err))
	}
	return err == nil
}

// plain reports whether withdrawals of f carry no attributes.
func plain(f codec.Family) bool {
	switch f {
	case codec.IPv4Unicast, codec.IPv4Multicast, codec.IPv6Unicast, codec.IPv6Multicast:
		return true
	}
	return false
}

// carried is what a withdrawal carries of the attributes told.
func carried(f codec.Family, told *AttrSet) *AttrSet {
	if plain(f) {
		return nil
	}
	return told
}

// withdrawSet is what a withdrawal carries: the attributes of the command that
// names the route, few as they may be, and where none does those told.
func (o *Out) withdrawSet(h *touch, told *AttrSet) *AttrSet {
	if f := h.nlri.Family; h.last == OpWithdraw && !plain(f) {
		out, ok := o.session.Export(f, h.attrs)
		if !ok {
			out = out.Without(codec.AttrNextHop) // which a withdrawal may lack
		}
		return o.config.Interner.Intern(out)
	}
	return carried(h.nlri.Family, told)
}
