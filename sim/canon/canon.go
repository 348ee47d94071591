package canon

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
)

// Rules say what is no state.
type Rules struct {
	skip  map[string]bool // "package.Type.field", or "package.Type" wherever one is
	plans map[reflect.Type]*plan
}

// plan is how values of a type are written.
type plan struct {
	t      reflect.Type
	skip   bool
	octets bool    // a slice of them
	fields []field // of a struct: those that are state
	elem   *plan   // of a pointer, list or map
	key    *plan
}

type field struct {
	index int
	*plan
}

// timeZone says how a time is printed, and is no state.
const timeZone = "*time.Location"

// Without makes rules that leave out fields ("sim.Loop.trace") and types
// ("*sim.Trace"), written as %T does.
func Without(names ...string) *Rules {
	r := &Rules{skip: map[string]bool{timeZone: true}, plans: map[reflect.Type]*plan{}}
	for _, n := range names {
		r.skip[n] = true
	}
	return r
}

// Unknown are the names of nothing that Append has met so far, in order: of what
// has died, or of what was not there.
func (r *Rules) Unknown() []string {
	met := map[string]bool{timeZone: true}
	for t := range r.plans { //order: makes a set
		met[t.String()] = true
		for i := 0; t.Kind() == reflect.Struct && i < t.NumField(); i++ {
			met[t.String()+"."+t.Field(i).Name] = true
		}
	}
	var l []string
	for n := range r.skip { //order: sorted below
		if !met[n] {
			l = append(l, n)
		}
	}
	slices.Sort(l)
	return l
}

func (r *Rules) plan(t reflect.Type) *plan {
	if p := r.plans[t]; p != nil {
		return p
	}
	p := &plan{t: t, skip: r.skip[t.String()]}
	r.plans[t] = p // before its parts, which may be of this type
	if p.skip {
		return p
	}
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.Name != "_" && !r.skip[t.String()+"."+f.Name] {
				p.fields = append(p.fields, field{i, r.plan(f.Type)})
			}
		}
	case reflect.Slice, reflect.Array, reflect.Pointer:
		p.elem = r.plan(t.Elem())
		p.octets = t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
	case reflect.Map:
		p.key, p.elem = r.plan(t.Key()), r.plan(t.Elem())
	}
	return p
}

// writer writes one state.
type writer struct {
	*Rules
	b    []byte
	seen map[place]uint64 // pointers that were followed, by number
}

// place is a pointer: a struct and its first field have one address.
type place struct {
	at uintptr
	*plan
}

// Append appends the state of v and of all that it points to. A pointer is
// written as what it points to, a second time as a number, so that who shares
// what with whom is state too; a function as there or not. Rules learn types as
// they meet them: they serve one caller at a time.
func (r *Rules) Append(b []byte, v any) []byte {
	w := writer{r, b, map[place]uint64{}}
	x := reflect.ValueOf(v)
	w.value(x, r.plan(x.Type()))
	return w.b
}

func (w *writer) uint(n uint64) { w.b = binary.AppendUvarint(w.b, n) }

func (w *writer) flag(set bool) bool {
	n := uint64(0)
	if set {
		n = 1
	}
	w.uint(n)
	return set
}

func (w *writer) value(v reflect.Value, p *plan) {
	if p.skip {
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		w.flag(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		w.b = binary.AppendVarint(w.b, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		w.uint(v.Uint())
	case reflect.String:
		w.uint(uint64(v.Len()))
		w.b = append(w.b, v.String()...)
	case reflect.Slice, reflect.Array:
		w.list(v, p)
	case reflect.Struct:
		for _, f := range p.fields {
			w.value(v.Field(f.index), f.plan)
		}
	case reflect.Pointer:
		w.pointer(v, p)
	case reflect.Interface:
		if w.flag(!v.IsNil()) {
			e := v.Elem()
			w.b = append(append(w.b, e.Type().String()...), 0)
			w.value(e, w.plan(e.Type()))
		}
	case reflect.Map:
		w.table(v, p)
	case reflect.Func:
		w.flag(!v.IsNil())
	default:
		panic(fmt.Sprintf("canon: a %v is no state that can be written", p.t))
	}
}

func (w *writer) list(v reflect.Value, p *plan) {
	n := v.Len()
	w.uint(uint64(n))
	if p.octets {
		w.b = append(w.b, v.Bytes()...)
		return
	}
	for i := range n {
		w.value(v.Index(i), p.elem)
	}
}

func (w *writer) pointer(v reflect.Value, p *plan) {
	if v.IsNil() {
		w.uint(0)
		return
	}
	at := place{v.Pointer(), p}
	if n := w.seen[at]; n > 0 {
		w.uint(n)
		return
	}
	n := uint64(len(w.seen) + 1)
	w.seen[at] = n
	w.uint(n)
	w.value(v.Elem(), p.elem)
}

// table writes a map by its keys, in their order when written.
func (w *writer) table(v reflect.Value, p *plan) {
	type row struct {
		key   []byte
		value reflect.Value
	}
	rows := make([]row, 0, v.Len())
	before, met := w.b, len(w.seen)
	for it := v.MapRange(); it.Next(); {
		w.b = nil
		w.value(it.Key(), p.key)
		rows = append(rows, row{w.b, it.Value()})
	}
	if len(w.seen) > met {
		panic(fmt.Sprintf("canon: a %v has no order of its own: its keys hold pointers", p.t))
	}
	w.b = before
	slices.SortFunc(rows, func(x, y row) int { return bytes.Compare(x.key, y.key) })
	w.uint(uint64(len(rows)))
	for _, r := range rows {
		w.b = append(w.b, r.key...)
		w.value(r.value, p.elem)
	}
}
