package check_test

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
)

// The messages here are written by hand, octet by octet, so that no encoder of
// ours stands between the story and the model.

// message frames a body given as hex.
func message(kind byte, body string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(body, " ", ""))
	if err != nil {
		panic(err)
	}
	m := []byte(strings.Repeat("\xff", 16))
	m = append(m, byte((19+len(b))>>8), byte(19+len(b)), kind)
	return append(m, b...)
}

// reach announces 192.168.0.i/32 for each i, next hop 10.0.0.hop, on iBGP.
func reach(hop byte, is ...byte) []byte {
	body := fmt.Sprintf("0000 0015 400101004002004003040a0000%02x40050400000064", hop)
	for _, i := range is {
		body += fmt.Sprintf("20c0a800%02x", i)
	}
	return message(2, body)
}

// unreach withdraws 192.168.0.i/32 for each i.
func unreach(is ...byte) []byte {
	body := fmt.Sprintf("%04x", 5*len(is))
	for _, i := range is {
		body += fmt.Sprintf("20c0a800%02x", i)
	}
	return message(2, body+"0000")
}

func eor() []byte      { return message(2, "00000000") }
func borr() []byte     { return message(5, "00010101") }
func eorr() []byte     { return message(5, "00010201") }
func rrequest() []byte { return message(5, "00010001") }

func host(i byte) codec.NLRI {
	return codec.PrefixNLRI(codec.IPv4Unicast, netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 168, 0, i}), 32), 0)
}

func attrsOf(hop byte) codec.Attrs {
	return codec.Attrs{codec.NextHop(netip.AddrFrom4([4]byte{10, 0, 0, hop}))}
}

func announce(i, hop byte) check.Op {
	return check.Op{Kind: check.OpAnnounce, Origin: check.FromAPI, NLRI: host(i), Attrs: attrsOf(hop)}
}

func withdraw(i byte) check.Op { return check.Op{Kind: check.OpWithdraw, NLRI: host(i)} }

func op(k check.OpKind) check.Op { return check.Op{Kind: k, Family: codec.IPv4Unicast} }

var (
	flush   = check.Op{Kind: check.OpFlush}
	clear   = check.Op{Kind: check.OpClear}
	refresh = op(check.OpRefresh)
)

// ibgp exports as an internal session does: ORIGIN, an empty AS_PATH and a
// LOCAL_PREF where the route has none.
func ibgp(_ codec.Family, a codec.Attrs) (codec.Attrs, bool) {
	for _, d := range []codec.Attr{codec.Origin(codec.OriginIGP), codec.ASPath(), codec.LocalPref(100)} {
		if _, ok := a.Get(d.Type); !ok {
			a = a.With(d)
		}
	}
	return a, true
}

func session(enhanced bool) check.OutSession {
	return check.OutSession{
		Families:        codec.FamilySet{codec.IPv4Unicast},
		Options:         codec.Options{AS4: true, IBGP: true},
		EnhancedRefresh: enhanced,
		RouteRefresh:    true,
		Export:          ibgp,
	}
}

// story is a test's script: batches and session events, each with the messages
// that the peer must receive because of it.
type story struct {
	name     string
	enhanced bool
	cfg      check.OutConfig
	steps    []step
}

type step struct {
	batch []check.Op
	wire  [][]byte
}

func b(ops ...check.Op) []check.Op { return ops }
func w(msgs ...[]byte) [][]byte    { return msgs }

func ribStory(enhanced bool) story {
	in := func(msgs ...[]byte) [][]byte {
		if enhanced {
			return append(append([][]byte{borr()}, msgs...), eorr())
		}
		return msgs
	}
	s := story{name: "api-rib", enhanced: enhanced}
	if enhanced {
		s.name = "api-rr-rib"
	}
	s.steps = []step{
		{nil, w(eor())},
		{b(announce(0, 0), clear), nil},
		{b(announce(1, 1)), w(reach(1, 1))},
		{b(clear), w(unreach(1))},
		{b(announce(2, 2)), w(reach(2, 2))},
		{b(announce(3, 3)), w(reach(3, 3))},
		{b(flush), in(reach(2, 2), reach(3, 3))},
		{b(announce(4, 4)), w(reach(4, 4))},
		{b(flush), in(reach(2, 2), reach(3, 3), reach(4, 4))},
		{b(clear), w(unreach(2), unreach(3), unreach(4))},
		{b(announce(5, 5)), w(reach(5, 5))},
	}
	return s
}

func rrStory() story {
	return story{name: "api-rr", enhanced: true, steps: []step{
		{nil, w(eor())},
		{b(announce(0, 0)), w(reach(0, 0))},
		{b(announce(1, 1)), w(reach(1, 1))},
		{b(op(check.OpRouteRefresh)), w(rrequest())},
		{b(announce(2, 1)), w(reach(1, 2))},
	}}
}

// stories are the three stories and one small story for each rule.
func stories() []story {
	all := []story{ribStory(false), ribStory(true), rrStory()}
	for name, s := range ruleStories() { //order: the stories are independent and named
		s.name = name
		all = append(all, s)
	}
	return all
}

func ruleStories() map[string]story {
	start := step{nil, w(eor())}
	has := func(hop byte, is ...byte) step {
		s := step{}
		for _, i := range is {
			s.batch = append(s.batch, announce(i, hop))
			s.wire = append(s.wire, reach(hop, i))
		}
		return s
	}
	grouped := check.OutConfig{Group: true}
	manual := check.OutConfig{ManualEOR: true}
	return map[string]story{
		"sets in insertion order":          {steps: []step{start, {b(announce(3, 1), announce(1, 2), announce(2, 1)), w(reach(1, 3), reach(1, 2), reach(2, 1))}}},
		"grouped":                          {cfg: grouped, steps: []step{start, {b(announce(3, 1), announce(1, 2), announce(2, 1)), w(reach(1, 2, 3), reach(2, 1))}}},
		"grouped, in two":                  {cfg: grouped, steps: []step{start, {b(announce(3, 1), announce(2, 1)), w(reach(1, 2), reach(1, 3))}}},
		"last command wins":                {steps: []step{start, {b(announce(1, 1), announce(2, 1), announce(1, 1)), w(reach(1, 2), reach(1, 1))}}},
		"withdrawals first":                {steps: []step{start, has(1, 1), {b(announce(2, 1), withdraw(1)), w(unreach(1), reach(1, 2))}}},
		"duplicate":                        {steps: []step{start, has(1, 1), {b(announce(1, 1)), nil}}},
		"duplicate after withdraw by name": {steps: []step{start, has(1, 1), {b(withdraw(1), announce(1, 1)), w(reach(1, 1))}}},
		"duplicate after clear":            {steps: []step{start, has(1, 1), {b(clear, announce(1, 1)), nil}}},
		"never told, first batch":          {steps: []step{start, {b(withdraw(1)), nil}, {b(withdraw(1)), w(unreach(1))}}},
		"cancelled, later batch":           {steps: []step{start, has(1, 1), {b(announce(2, 1), withdraw(2)), w(unreach(2))}}},
		"empty block":                      {enhanced: true, steps: []step{start, {b(announce(1, 1), flush, clear), w(borr(), eorr())}}},
		"one block":                        {steps: []step{start, has(1, 1), {b(flush, announce(2, 1), flush), w(reach(1, 1), reach(1, 2))}}},
		"flush and withdraw":               {enhanced: true, steps: []step{start, has(1, 1, 2), {b(flush, withdraw(1)), w(borr(), reach(1, 2), eorr(), unreach(1))}}},
		"told order":                       {steps: []step{start, has(1, 2, 1), {b(clear), w(unreach(2), unreach(1))}}},
		"command order":                    {steps: []step{start, has(1, 2, 1), {b(withdraw(1), clear), w(unreach(1), unreach(2))}}},
		"a change keeps its place":         {steps: []step{start, has(1, 1, 2), {b(announce(1, 9)), w(reach(9, 1))}, {b(flush), w(reach(9, 1), reach(1, 2))}}},
		"a return goes to the end":         {steps: []step{start, has(1, 1), has(2, 2), {b(withdraw(1), announce(1, 1)), w(reach(1, 1))}, {b(flush), w(reach(2, 2), reach(1, 1))}}},
		"a barrier cuts":                   {steps: []step{start, {b(announce(1, 1), op(check.OpEndOfRIB), clear), w(reach(1, 1), eor(), unreach(1))}}},
		"refresh waits for End-of-RIB":     {cfg: manual, steps: []step{has(1, 1), {b(refresh), nil}, has(1, 2), {b(op(check.OpEndOfRIB)), w(eor(), reach(1, 1), reach(1, 2))}}},
		"bracketed flush waits":            {cfg: manual, enhanced: true, steps: []step{{b(announce(1, 1), flush), w(reach(1, 1))}, {b(op(check.OpEndOfRIB)), w(eor(), borr(), reach(1, 1), eorr())}}},
		"plain flush does not wait":        {cfg: manual, steps: []step{{b(announce(1, 1), flush), w(reach(1, 1))}}},
		"refreshes queue":                  {enhanced: true, steps: []step{start, has(1, 1), {b(refresh), w(borr(), reach(1, 1), eorr())}, {b(refresh), w(borr(), reach(1, 1), eorr())}}},
	}
}

// run feeds all of a story's events first and its messages afterwards: the
// sequence does not depend on when they are pulled (contract 2).
func run(s story, wire [][]byte) error {
	m := check.NewOutModel(s.cfg)
	m.Up(session(s.enhanced))
	for _, st := range s.steps {
		m.Apply(st.batch)
	}
	for _, msg := range wire {
		if err := m.Observe(msg); err != nil {
			return err
		}
	}
	return m.Quiet()
}

func (s story) wire() [][]byte {
	var all [][]byte
	for _, st := range s.steps {
		all = append(all, st.wire...)
	}
	return all
}

func TestModelAcceptsStories(t *testing.T) {
	for _, s := range stories() {
		t.Run(s.name+fmt.Sprint(s.enhanced), func(t *testing.T) {
			require.NoError(t, run(s, s.wire()), "all messages at the end")
			m := check.NewOutModel(s.cfg)
			m.Up(session(s.enhanced))
			for i, st := range s.steps {
				m.Apply(st.batch)
				for _, msg := range st.wire {
					require.NoError(t, m.Observe(msg), "step %d", i)
				}
				require.NoError(t, m.Quiet(), "step %d", i)
			}
		})
	}
}
