package rib_test

import (
	"strings"
	"testing"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/rib"
	"github.com/stretchr/testify/require"
)

// labeled is an operation on 10.0.0.0/8 with a label ("": none).
func labeled(t *testing.T, k rib.OpKind, label string, path uint32, more ...codec.Attr) rib.Op {
	fields := []codec.NLRIField{{Values: []string{"10.0.0.0/8"}}}
	if label != "" {
		fields = append(fields, codec.NLRIField{Name: "label", Values: strings.Fields(label)})
	}
	n, err := codec.ParseNLRIText(codec.IPv4Labeled, path, fields)
	require.NoError(t, err)
	op := rib.Op{Kind: k, Origin: rib.FromAPI, NLRI: n}
	if k == rib.OpAnnounce {
		op.Attrs = via("10.0.0.1", more...)
	}
	return op
}

// TestContract4Labels: a label is not part of the identity, and another one is
// not a duplicate.
func TestContract4Labels(t *testing.T) {
	put := func(label string) rib.Op { return labeled(t, rib.OpAnnounce, label, 0) }
	s := newStory(t, rib.Config{}, session(codec.IPv4Labeled)).up().wants("start", "eor 1/4")
	s.apply(put("5")).wants("announced", "+10.0.0.0/8 label 5 via 10.0.0.1").
		apply(put("5")).wants("a duplicate").
		apply(put("6")).wants("another label", "+10.0.0.0/8 label 6 via 10.0.0.1").
		apply(put("7"), put("8")).wants("the last one counts", "+10.0.0.0/8 label 8 via 10.0.0.1").
		apply(put("9"), put("8")).wants("as told").
		apply(flush).wants("flush", "+10.0.0.0/8 label 8 via 10.0.0.1").
		apply(put("[ 8 9 ]")).wants("a stack", "+10.0.0.0/8 label [8 9] via 10.0.0.1").
		apply(labeled(t, rib.OpWithdraw, "", 0)).wants("withdrawn, whatever the label", "-10.0.0.0/8").
		apply(put("5")).wants("announced again", "+10.0.0.0/8 label 5 via 10.0.0.1").
		apply(wipe).wants("cleared", "-10.0.0.0/8 label 5 via 10.0.0.1")
}

// TestContract1LabeledPaths: without ADD-PATH the label of the path that counts
// is told.
func TestContract1LabeledPaths(t *testing.T) {
	s := newStory(t, rib.Config{}, session(codec.IPv4Labeled)).up().wants("start", "eor 1/4")
	s.apply(labeled(t, rib.OpAnnounce, "5", 1)).wants("one", "+10.0.0.0/8 label 5 via 10.0.0.1").
		apply(labeled(t, rib.OpAnnounce, "6", 2)).wants("the last path counts", "+10.0.0.0/8 label 6 via 10.0.0.1").
		apply(labeled(t, rib.OpAnnounce, "7", 1)).wants("a path that does not count").
		apply(labeled(t, rib.OpWithdraw, "", 2)).wants("the one before", "+10.0.0.0/8 label 7 via 10.0.0.1")
}

// TestConfigureLabel: a reload that changes a label alone is a change.
func TestConfigureLabel(t *testing.T) {
	s := newStory(t, rib.Config{}, session(codec.IPv4Labeled))
	s.o.Configure([]rib.Op{labeled(t, rib.OpAnnounce, "5", 0)})
	s.up().wants("start", "+10.0.0.0/8 label 5 via 10.0.0.1", "eor 1/4")
	s.o.Configure([]rib.Op{labeled(t, rib.OpAnnounce, "6", 0)})
	s.wants("reload", "+10.0.0.0/8 label 6 via 10.0.0.1")
}

// TestInLabel: the Adj-RIB-In has the label told last.
func TestInLabel(t *testing.T) {
	in := rib.NewIn(rib.NewInterner(), true)
	op := labeled(t, rib.OpAnnounce, "5", 0)
	require.True(t, in.Announce(op.NLRI, op.Attrs))
	require.False(t, in.Announce(op.NLRI, op.Attrs))
	op = labeled(t, rib.OpAnnounce, "6", 0)
	require.True(t, in.Announce(op.NLRI, op.Attrs))
	for r := range in.Routes(codec.IPv4Labeled) {
		require.Equal(t, "10.0.0.0/8 label 6", r.NLRI.String())
	}
	require.True(t, in.Withdraw(labeled(t, rib.OpWithdraw, "", 0).NLRI))
}
