package malform

import "slices"

// kinds are sessions that between them have every case.
func kinds() []*Session {
	open := func(caps ...byte) string {
		return string(Message(Open, []byte{4, 0xfd, 0xe9, 0, 180, 192, 0, 2, 1, byte(len(caps))}, caps))
	}
	return []*Session{
		{AS: 65001, AS4: true, AddPath: true, AddPath6: true, IPv6: true, Crossing: true, Enhanced: true, Extended: true, Oper: true,
			ValidOpen: open(2, 6, 65, 4, 0, 0, 0xfd, 0xe9)},
		{AS: 65001, Internal: true, IPv6: true, ValidOpen: open()},
		{AS: 65001, ValidOpen: open()},
	}
}

// All is the table for sessions of every kind, each name once.
func All() []Case {
	var l []Case
	for _, s := range kinds() {
		for _, c := range Cases(s) {
			if !slices.ContainsFunc(l, func(x Case) bool { return x.Name == c.Name }) {
				l = append(l, c)
			}
		}
	}
	return l
}

// Known reports whether a session of some kind has a case of that name.
func Known(name string) bool {
	for _, s := range kinds() {
		if _, ok := Find(s, name); ok {
			return true
		}
	}
	return false
}
