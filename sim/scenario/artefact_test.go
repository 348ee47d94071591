package scenario_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/scenario"
)

// TestRepro runs what failed once, before anything else does: the invariant of
// each artefact in testdata/repro now holds, in the very run in which it broke.
// To keep an artefact, put it there under a name that says what was wrong.
func TestRepro(t *testing.T) {
	files, err := filepath.Glob("testdata/repro/*.repro")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		a, err := scenario.ParseArtefact(name, text)
		require.NoError(t, err)
		require.False(t, a.Edited, "%s: the text does not have its sum: replay it, and record it anew", name)
		r := a.Replay(scenario.Options{})
		require.NoError(t, r.Err, name)
		require.NotEqual(t, a.Invariant, r.ID(), "%s: it is back: %v\npeerloom replay sim/scenario/%s", name, r.Violation, name)
	}
}

func record(t require.TestingT, name string, seed uint64) *scenario.Artefact {
	a, _ := scenario.Record(parseFile(t, name), scenario.Options{Seed: seed})
	return a
}

func parseFile(t require.TestingT, name string) *scenario.File {
	text, err := os.ReadFile(filepath.Join("../../examples", name+".scenario"))
	require.NoError(t, err)
	f, err := scenario.Parse(name, text)
	require.NoError(t, err)
	return f
}

func TestArtefactRunsAgainToTheByte(t *testing.T) {
	for _, name := range names(t) {
		a := record(t, name, 7)
		require.Equal(t, "none", a.Invariant)
		a.Version = "v1"
		text := scenario.PrintArtefact(a)
		b, err := scenario.ParseArtefact("artefact", text)
		require.NoError(t, err)
		require.False(t, b.Edited)
		require.Equal(t, string(text), string(scenario.PrintArtefact(b)), "an artefact prints back to itself")
		r := b.Replay(scenario.Options{})
		require.Equal(t, a.Hash, r.Hash, name)
		require.Equal(t, scenario.Run(b.File, scenario.Options{Seed: 7}).Hash, r.Hash, name)
		require.True(t, b.Comparable("v1"))
		require.False(t, b.Comparable("v2"))
	}
}

// A line without a decision is there to be read: without it the run is the same.
func TestStoryLinesCanBeDeleted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := record(t, "three-peers", rapid.Uint64Range(0, 1<<20).Draw(t, "seed"))
		b, err := scenario.ParseArtefact("artefact", scenario.PrintArtefact(a))
		require.NoError(t, err)
		keep := rapid.IntRange(0, 3).Draw(t, "keep")
		b.Story = slices.DeleteFunc(b.Story, func(m sim.Moment) bool { return m.Dull() && m.Line%4 >= keep })
		require.Equal(t, a.Hash, b.Replay(scenario.Options{}).Hash)
	})
}

// Whatever is taken out or changed, the rest replays: it neither panics nor
// hangs, and every check holds.
func TestEditedArtefactsRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := record(t, "three-peers", rapid.Uint64Range(0, 1<<20).Draw(t, "seed"))
		cut := rapid.IntRange(2, 9).Draw(t, "every")
		a.Story = slices.DeleteFunc(a.Story, func(m sim.Moment) bool { return len(m.Name)%cut == 0 })
		for i := range a.Story {
			a.Story[i].Line = rapid.IntRange(1, 99).Draw(t, "line")
			for j := range a.Story[i].Answers {
				a.Story[i].Answers[j].V += cut
			}
		}
		r := a.Replay(scenario.Options{})
		require.Equal(t, scenario.OK, r.Verdict, "%v", r.Violation)
	})
}

func TestArtefactSaysWhatIsWrong(t *testing.T) {
	good := string(scenario.PrintArtefact(record(t, "two-clients", 3)))
	edited, err := scenario.ParseArtefact("f", []byte(strings.Replace(good, "jitter 8ms", "jitter 7ms", 1)))
	require.NoError(t, err)
	require.True(t, edited.Edited)
	for _, c := range []struct{ old, new, want string }{
		{"peerloom artefact 2", "peerloom artefact 1", "f:1:1: this is no artefact of this form: run the sweep again with its seed"},
		{"seed 3", "seed x", `f:3:1: wrong line "seed x": write version`},
		{" @ start", " start", ": no event is named: write @ and the event's name"},
		{"@ peer/wake#1", "@ peer/wake#1 jump", `"jump" is no answer: write QUESTION=NUMBER`},
		{"@ peer/wake#1", "@ first/wake#1", " is there twice: remove one: it is in line "},
		{"\npace none", "\npace sometimes", ": pace has a wrong value: write quiet"},
		{"peerloom scenario 1", "peerloom scenery", ": "},
	} {
		require.Contains(t, good, c.old)
		_, err := scenario.ParseArtefact("f", []byte(strings.Replace(good, c.old, c.new, 1)))
		require.ErrorContains(t, err, c.want, "%q for %q", c.new, c.old)
	}
	_, err = scenario.ParseArtefact("f", []byte(strings.Replace(good, "\npace none", "\npace sometimes", 1)))
	place := regexp.MustCompile(`f:(\d+):1: pace`).FindStringSubmatch(err.Error())
	require.Len(t, place, 2, "%v", err)
	require.Contains(t, strings.Split(good, "\n")[atoi(place[1])-1], "pace none", "an error in the scenario has the line of the file")
}

func atoi(s string) (n int) {
	for _, c := range s {
		n = 10*n + int(c-'0')
	}
	return n
}

func TestShrinkRefusesWhatDoesNotFail(t *testing.T) {
	a := record(t, "two-clients", 1)
	a.Invariant = "OUT-01"
	_, _, err := scenario.Shrink(a, scenario.ShrinkOptions{})
	require.ErrorContains(t, err, "recorded OUT-01")
}

// A run that is no longer as it was recorded says from which event on.
func TestDivergence(t *testing.T) {
	a, _ := scenario.Record(parseFile(t, "three-peers"), scenario.Options{Seed: 3})
	a, err := scenario.ParseArtefact("text", scenario.PrintArtefact(a))
	require.NoError(t, err)
	_, _, differs := a.Divergence()
	require.False(t, differs)

	a.File.Clients[0].Script[0].Lines = []string{"announce route 10.99.0.0/16 next-hop self"}
	recorded, now, differs := a.Divergence()
	require.True(t, differs)
	require.NotEqual(t, recorded, now)
	require.Contains(t, now, "10.99.0.0/16")
}
