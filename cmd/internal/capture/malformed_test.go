package capture_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/cmd/internal/capture"
	"github.com/peerloom/peerloom/codec"
)

// verdict is what an RFC asks for where a message of the captures is malformed.
type verdict struct {
	why   string           // what is wrong, as the codec says it: a regular expression
	attrs []codec.AttrType // about one of these; nil: any, or none
	code  codec.NotificationCode
	sub   uint8
	treat codec.Treatment
	rfc   string
}

const (
	ofHeader = codec.CodeHeader
	ofOpen   = codec.CodeOpen
	ofUpdate = codec.CodeUpdate

	discard  = codec.TreatDiscard
	withdraw = codec.TreatWithdraw
	reset    = codec.TreatReset
)

// verdicts are in the order in which they are tried: a row without attrs is for
// what the rows above it leave.
var verdicts = []verdict{
	{`^NOTIFICATION of 19 octets`, nil, ofHeader, 2, reset, "RFC 4271 §6.1"},
	{`^OPERATIONAL: its TLV does not fill it`, nil, ofHeader, 2, discard, "draft-ietf-idr-operational-message: it has no NOTIFICATION"},
	{`^version \d+$`, nil, ofOpen, 1, reset, "RFC 4271 §6.2"},
	{`^AS 0 in capability`, nil, ofOpen, 2, reset, "RFC 7607 §2"},
	{`^BGP identifier 0`, nil, ofOpen, 3, reset, "RFC 6286 §2.2"},
	{`^optional parameter \d+$`, nil, ofOpen, 4, reset, "RFC 4271 §6.2"},
	{`^hold time of 1 s$`, nil, ofOpen, 6, reset, "RFC 4271 §6.2"},
	{`^optional parameters? (\d+ )?of \d+ octets in \d+$`, nil, ofOpen, 0, reset, "RFC 4271 §6.2"},
	{`^\d+ octets are no optional parameter$`, nil, ofOpen, 0, reset, "RFC 4271 §6.2"},
	{`^one octet is no capability$`, nil, ofOpen, 0, reset, "RFC 4271 §6.2"},
	{`^capability .* of \d+ octets( in \d+)?$`, nil, ofOpen, 0, reset, "RFC 4271 §6.2"},
	{`^Total Path Attribute Length is too large$`, nil, ofUpdate, 1, reset, "RFC 4271 §6.3"},
	{`^(Withdrawn Routes do|Network Layer Reachability Information does) not parse$`, nil, ofUpdate, 10, reset, "RFC 7606 §3.i, §3.j, §5.3"},
	{`^attribute appears more than once$`, nil, ofUpdate, 1, discard, "RFC 7606 §3.g"},
	{`^unrecognized well-known attribute$`, nil, ofUpdate, 2, reset, "RFC 4271 §6.3"},
	{`^missing well-known attribute$`, nil, ofUpdate, 3, withdraw, "RFC 7606 §3.d"},
	{`^attribute flags conflict`, []codec.AttrType{codec.AttrMPReach, codec.AttrMPUnreach}, ofUpdate, 9, reset, "RFC 7606 §5.3"},
	{`^attribute flags conflict`, nil, ofUpdate, 4, withdraw, "RFC 7606 §3.c"},
	{`^attribute (header cut off|runs past Total Path Attribute Length)$`, nil, ofUpdate, 5, withdraw, "RFC 7606 §4"},
	{`^wrong attribute length$`, []codec.AttrType{codec.AttrAtomicAggregate, codec.AttrAggregator}, ofUpdate, 5, discard, "RFC 7606 §7.6, §7.7"},
	{`^wrong attribute length$`, nil, ofUpdate, 5, withdraw, "RFC 7606 §7.1, §7.3–7.5"},
	{`non-zero multiple of its items'$`, nil, ofUpdate, 5, withdraw, "RFC 7606 §7.8, §7.10, §7.14; RFC 8092 §6"},
	{`^undefined ORIGIN value$`, nil, ofUpdate, 6, withdraw, "RFC 7606 §7.1"},
	{`^AS 0 in the path$`, nil, ofUpdate, 11, withdraw, "RFC 7607 §2"},
	{`segment`, []codec.AttrType{codec.AttrASPath}, ofUpdate, 11, withdraw, "RFC 7606 §7.2"},
	{`segment`, []codec.AttrType{codec.AttrAS4Path}, ofUpdate, 9, discard, "RFC 6793 §6"},
	{`^attribute too short$`, []codec.AttrType{codec.AttrAS4Path, codec.AttrPrefixSID}, ofUpdate, 5, discard, "RFC 6793 §6, RFC 8669 §6"},
	{`^NEXT_HOP is not a host address$`, nil, ofUpdate, 8, withdraw, "RFC 7606 §7.3"},
	{`^not allowed from a 4-octet AS speaker$`, nil, ofUpdate, 9, discard, "RFC 6793 §4.1"},
	{`^not allowed from an external peer$`, nil, ofUpdate, 9, discard, "RFC 7606 §7.5, §7.9, §7.10"},
	{`^TLV `, []codec.AttrType{codec.AttrAIGP, codec.AttrPrefixSID}, ofUpdate, 9, discard, "RFC 7311 §3, RFC 8669 §6"},
	{`^MP_REACH_NLRI is too short$`, nil, ofUpdate, 9, reset, "RFC 7606 §5.3"},
	{`^next hop length does not fit the family$`, nil, ofUpdate, 9, reset, "RFC 7606 §7.11"},
	{`^NLRI of MP_(UN)?REACH_NLRI does not parse$`, nil, ofUpdate, 9, reset, "RFC 7606 §5.3"},
	{`^an NLRI of MP_REACH_NLRI is malformed$`, nil, ofUpdate, 9, withdraw, "RFC 7606 §5.3: where each ends is known"},
	{`^tunnel identifier of a wrong length$`, nil, ofUpdate, 9, withdraw, "RFC 6514 §5"},
	{`^tunnel (sub-)?TLV runs past`, nil, ofUpdate, 9, withdraw, "RFC 9012 §13"},
}

// judges are verdicts with their patterns, and how often each was given.
type judges struct {
	patterns []*regexp.Regexp
	given    []int
	unknown  map[string]string
}

// verdict is that of e; nil, and noted, where the table has none.
func (j *judges) verdict(at string, e *codec.Error) *verdict {
	for i := range verdicts {
		v := &verdicts[i]
		if v.code == e.Code && (v.attrs == nil || slices.Contains(v.attrs, e.Attr)) && j.patterns[i].MatchString(e.Why) {
			j.given[i]++
			return v
		}
	}
	j.unknown[e.Error()+" "+e.Treat.String()] = at
	return nil
}

// TestSharedMalformed: each message of the captures that is malformed gets the
// treatment of the table, and a row that no message needs is to go.
func TestSharedMalformed(t *testing.T) {
	j := &judges{given: make([]int, len(verdicts)), unknown: map[string]string{}}
	for i := range verdicts {
		j.patterns = append(j.patterns, regexp.MustCompile(verdicts[i].why))
	}
	messages, malformed := 0, 0
	sharedMessages(t, func(at string, r *capture.Record) {
		messages++
		_ = codec.Describe(r.Message, &r.Options) // whatever it is, nothing panics
		errs := errorsOf(r)
		if len(errs) > 0 {
			malformed++
		}
		for i, want := range j.treatments(at, r.Message, errs) {
			require.Equal(t, want.String(), errs[i].Treat.String(), "%s: %v of %x", at, &errs[i], r.Message)
		}
	})
	require.Empty(t, j.unknown, "the table has no verdict for these")
	for i, n := range j.given {
		require.Positive(t, n, "no message is malformed as %q says", verdicts[i].why)
	}
	t.Logf("%d messages, %d of them malformed", messages, malformed)
}

// errorsOf is all that is wrong with a message.
func errorsOf(r *capture.Record) []codec.Error {
	var err *codec.Error
	switch codec.TypeOf(r.Message) {
	case codec.MsgUpdate:
		var d codec.Decoder
		return d.Update(r.Message, &r.Options).Errs
	case codec.MsgOpen:
		_, err = codec.DecodeOpen(r.Message)
	case codec.MsgNotification:
		_, err = codec.DecodeNotification(r.Message)
	case codec.MsgRouteRefresh:
		_, err = codec.DecodeRouteRefresh(r.Message)
	case codec.MsgOperational:
		_, err = codec.DecodeOperational(r.Message)
	}
	if err == nil {
		return nil
	}
	return []codec.Error{*err}
}

// treatments are those that errs should ask for. "If the UPDATE … has path
// attributes other than MP_UNREACH_NLRI" but no reachable NLRI, what asks for
// more than attribute discard asks for a session reset (RFC 7606 §5.2), unless
// something has done so before the whole message was seen.
func (j *judges) treatments(at string, msg []byte, errs []codec.Error) []codec.Treatment {
	var out []codec.Treatment
	for i := range errs {
		v := j.verdict(at, &errs[i])
		if v == nil || v.sub != errs[i].Subcode {
			j.unknown[errs[i].Error()] = at
			return nil
		}
		out = append(out, v.treat)
	}
	if codec.TypeOf(msg) != codec.MsgUpdate || slices.Contains(out, reset) {
		return out
	}
	if u := cutUpdate(msg); len(u.nlri)+len(u.reachable()) == 0 {
		for i := range out {
			if out[i] > discard {
				out[i] = reset
			}
		}
	}
	return out
}
