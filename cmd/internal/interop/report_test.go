//go:build linux

package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func wholeColumn(name string, verdict string) column {
	c := column{name: name, version: "1"}
	for range features() {
		c.cells = append(c.cells, cell{verdict, "seen"})
	}
	return c
}

// What a report says is what the next run compares itself with.
func TestReportIsReadBack(t *testing.T) {
	before := report([]column{wholeColumn("BIRD", yes), wholeColumn("FRR", no)}, nil)
	was := verdicts(before)
	require.Len(t, was, 2*len(features()))
	require.Equal(t, yes, was[[2]string{"BIRD", "flush"}])
	require.Equal(t, no, was[[2]string{"FRR", "flush"}])
}

func TestACellThatWasYes(t *testing.T) {
	before := report([]column{wholeColumn("BIRD", yes), wholeColumn("FRR", no)}, nil)
	bird, frr := wholeColumn("BIRD", yes), wholeColumn("FRR", no)
	require.Empty(t, lost(before, []column{bird, frr}))
	bird.cells[2] = cell{no, "the peer shows nothing"}
	bird.cells[3] = cell{} // not run
	require.Equal(t, []string{"BIRD, " + features()[2].name + ": was yes, is no: the peer shows nothing"}, lost(before, []column{bird, frr}))
}

func TestCells(t *testing.T) {
	for _, c := range []struct {
		err  error
		want cell
	}{
		{nil, cell{yes, "seen"}},
		{fmt.Errorf("add-path: %w", errNotOffered("no capability 69")), cell{notOffered, "no capability 69"}},
		{errNotHere("kernel without TCP_MD5SIG"), cell{"not here: kernel without TCP_MD5SIG", ""}},
		{errors.New("it  shows\nnothing"), cell{no, "it shows nothing"}},
	} {
		require.Equal(t, c.want, cellOf("seen", c.err))
	}
}

// Rows are compared by name from run to run.
func TestFeatureNamesDiffer(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range features() {
		require.False(t, seen[f.name], f.name)
		seen[f.name] = true
	}
}
