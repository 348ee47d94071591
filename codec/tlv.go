package codec

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// tlvRow is one TLV with a type and a length of two octets each: its name and
// the fields of its value.
type tlvRow struct {
	typ    uint16
	name   string
	fields []tlvField
	// repeat: the value is any number of the fields, one after the other.
	repeat bool
	// many: the TLV may come several times, and is a list in JSON.
	many bool
}

// tlvField is one field of a value.
type tlvField struct {
	name string // in JSON, where there are several
	kind *fieldKind
}

// value makes the fields of a TLV that holds one thing.
func value(k *fieldKind) []tlvField { return []tlvField{{"", k}} }

// tlvTable is rows in ascending order of type.
type tlvTable []tlvRow

// row finds the row of a type, nil where there is none.
func (t tlvTable) row(typ uint16) *tlvRow {
	i, ok := slices.BinarySearchFunc(t, typ, func(r tlvRow, typ uint16) int { return int(r.typ) - int(typ) })
	if !ok {
		return nil
	}
	return &t[i] //table: a row, only read
}

// named finds a row by its word; one that is not known is "tlv-77".
func (t tlvTable) named(word string) (row *tlvRow, typ uint16, ok bool) {
	for i := range t {
		if t[i].name == word {
			return &t[i], t[i].typ, true //table: a row, only read
		}
	}
	digits, ok := strings.CutPrefix(word, tlvPrefix)
	n, err := parseUint(digits, 16)
	if !ok || err != nil || t.row(uint16(n)) != nil {
		return nil, 0, false
	}
	return nil, uint16(n), true
}

const tlvPrefix = "tlv-"

// word is the name of a type.
func (t tlvTable) word(typ uint16) string {
	if r := t.row(typ); r != nil {
		return r.name
	}
	return tlvPrefix + string(appendUint(nil, uint32(typ)))
}

// cutTLV takes a TLV off b.
func cutTLV(b []byte) (typ uint16, v, rest []byte, ok bool) {
	if len(b) < 4 {
		return 0, nil, b, false
	}
	n := 4 + int(binary.BigEndian.Uint16(b[2:]))
	if n > len(b) {
		return 0, nil, b, false
	}
	return binary.BigEndian.Uint16(b), b[4:n:n], b[n:], true
}

// typedValue is a TLV with a type of two octets.
type typedValue struct {
	typ uint16
	v   []byte
}

// sortedTLVs are those of a run by type, up to one that is cut off.
func sortedTLVs(b []byte) []typedValue {
	var l []typedValue
	for ok := true; len(b) > 0; {
		var x typedValue
		if x.typ, x.v, b, ok = cutTLV(b); !ok {
			break
		}
		l = append(l, x)
	}
	slices.SortStableFunc(l, func(x, y typedValue) int { return int(x.typ) - int(y.typ) })
	return l
}

// wellFormedTLVs reports whether b is a run of TLVs.
func wellFormedTLVs(b []byte) bool {
	for ok := true; len(b) > 0; {
		if _, _, b, ok = cutTLV(b); !ok {
			return false
		}
	}
	return true
}

// Text of a value: fields with a slash between them, repetitions with a plus;
// what does not fit the fields is 0x and its octets.
const (
	fieldSep  = "/"
	repeatSep = "+"
)

// appendText appends the text of the value v.
func (r *tlvRow) appendText(b, v []byte) []byte {
	start := len(b)
	if r != nil {
		rest, ok := v, len(v) > 0
		for ok && len(rest) > 0 {
			if len(rest) < len(v) {
				b = append(b, repeatSep...)
			}
			if b, rest, ok = r.once(b, rest); ok && len(rest) > 0 {
				ok = r.repeat
			}
		}
		if ok {
			return b
		}
	}
	return textHex(b[:start], v)
}

// once appends one repetition.
func (r *tlvRow) once(b, v []byte) (out, rest []byte, ok bool) {
	for i, f := range r.fields {
		n := f.kind.size
		if n == 0 {
			n = len(v)
		}
		if n > len(v) {
			return b, v, false
		}
		if i > 0 {
			b = append(b, fieldSep...)
		}
		if b, ok = f.kind.text(b, v[:n]); !ok {
			return b, v, false
		}
		v = v[n:]
	}
	return b, v, true
}

// parse is the inverse of appendText.
func (r *tlvRow) parse(s string) ([]byte, error) {
	if r != nil {
		if v, err := r.parseFields(s); err == nil {
			return v, nil
		} else if !strings.HasPrefix(s, "0x") {
			return nil, err
		}
	}
	v, ok := parseHex(s)
	if !ok {
		return nil, fmt.Errorf("%q: write 0x and its octets", s)
	}
	return v, nil
}

func (r *tlvRow) parseFields(s string) (b []byte, err error) {
	parts := []string{s}
	if r.repeat {
		parts = strings.Split(s, repeatSep)
	}
	for _, part := range parts {
		items := strings.Split(part, fieldSep)
		if len(r.fields) == 1 {
			items = []string{part}
		}
		if len(items) != len(r.fields) {
			return nil, fmt.Errorf("%q: write %d values with / between them", part, len(r.fields))
		}
		for i, f := range r.fields {
			if b, err = f.kind.parse(b, items[i]); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

// appendJSON appends the value v: a scalar, an object of several fields, or a
// list of either where it repeats.
func (r *tlvRow) appendJSON(b, v []byte) []byte {
	start := len(b)
	if r == nil || len(r.fields) == 0 {
		return AppendJSONHex(b, v)
	}
	if r.repeat {
		b = append(b, "[ "...)
	}
	first := len(b)
	for rest, ok := v, true; ok && (len(rest) > 0 || len(b) == first && !r.repeat); {
		if b, rest, ok = r.onceJSON(jsonSep(b, first), rest); !ok || len(rest) > 0 && !r.repeat {
			return AppendJSONHex(b[:start], v)
		}
	}
	if r.repeat {
		b = append(b, " ]"...)
	}
	return b
}

func (r *tlvRow) onceJSON(b, v []byte) (out, rest []byte, ok bool) {
	if len(r.fields) > 1 {
		b = append(b, "{ "...)
	}
	for i, f := range r.fields {
		n := f.kind.size
		if n == 0 {
			n = len(v)
		}
		if n > len(v) {
			return b, v, false
		}
		if i > 0 {
			b = append(b, ", "...)
		}
		if f.name != "" {
			b = append(append(append(b, '"'), f.name...), `": `...)
		}
		b, v = f.kind.json(b, v[:n]), v[n:]
	}
	if len(r.fields) > 1 {
		b = append(b, " }"...)
	}
	return b, v, true
}

// appendJSON appends a run of TLVs as an object. A type that may come several
// times, or does, is a list.
func (t tlvTable) appendJSON(b, tlvs []byte) []byte {
	items := sortedTLVs(tlvs)
	b = append(b, "{ "...)
	start := len(b)
	for i := 0; i < len(items); {
		end := i + 1
		for end < len(items) && items[end].typ == items[i].typ {
			end++
		}
		r := t.row(items[i].typ)
		b = append(append(append(jsonSep(b, start), '"'), t.word(items[i].typ)...), `": `...)
		if list := end-i > 1 || r != nil && r.many; list {
			b = append(b, "[ "...)
			for first := len(b); i < end; i++ {
				b = r.appendJSON(jsonSep(b, first), items[i].v)
			}
			b = append(b, " ]"...)
		} else {
			b = r.appendJSON(b, items[i].v)
		}
		i = end
	}
	return append(b, " }"...)
}
