package rib_test

import (
	"testing"

	"github.com/peerloom/peerloom/rib"
)

// TestContract3Bound: at the bound superseded work goes, and only that.
func TestContract3Bound(t *testing.T) {
	a := announce("10.0.0.0/8", "10.0.0.1")
	newStory(t, rib.Config{QueueBound: 1}, session(v4)).up().apply(a).wants("start", "eor 1/1", "+10.0.0.0/8 via 10.0.0.1").
		apply(withdraw("10.0.0.0/8")).apply(flush).
		wants("a block without marks cannot stand for a withdrawal", "-10.0.0.0/8").
		apply(a).apply(withdraw("10.0.0.0/8")).apply(announce("10.0.0.0/8", "10.0.0.2")).
		wants("superseded", "+10.0.0.0/8 via 10.0.0.2")
	newStory(t, rib.Config{QueueBound: 1}, enhanced(v4)).up().apply(a).wants("start", "eor 1/1", "+10.0.0.0/8 via 10.0.0.1").
		apply(flush).apply(announce("10.0.0.0/8", "10.0.0.2")).
		wants("the newer value takes the older one's place", "BoRR 1/1", "+10.0.0.0/8 via 10.0.0.2", "EoRR 1/1", "+10.0.0.0/8 via 10.0.0.2")
}
