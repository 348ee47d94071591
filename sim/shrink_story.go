package sim

import "slices"

// decision is one answer or one wait of a story; -1: not that.
type decision struct{ moment, answer, after int }

func decisions(story Story) []decision {
	var list []decision
	for i := range story {
		for j := range story[i].Answers {
			list = append(list, decision{i, j, -1})
		}
		for j := range story[i].After {
			list = append(list, decision{i, -1, j})
		}
	}
	return list
}

// only is the story with those decisions and no others.
func only(story Story, kept []decision) Story {
	var out Story
	last := -1
	for _, d := range kept {
		from := &story[d.moment]
		if d.moment != last {
			out = append(out, Moment{Name: from.Name, Line: from.Line})
			last = d.moment
		}
		m := &out[len(out)-1]
		if d.answer >= 0 {
			m.Answers = append(m.Answers, from.Answers[d.answer])
		} else {
			m.After = append(m.After, from.After[d.after])
		}
	}
	return out
}

// CutStory takes decisions out of a story while fails says that it still fails,
// and answers what is left; fails must not keep or change its argument. stop is
// that of [Shrink].
func CutStory(story Story, fails func(Story) bool, stop func() bool) Story {
	kept := Shrink(decisions(story), func(kept []decision) bool { return fails(only(story, kept)) }, nil, stop)
	return only(story, kept)
}

// LowerStory makes each answer of a story as dull as it can be while fails says
// that it still fails: halfway between what does and what does not, until they
// meet. stop is that of [Shrink].
func LowerStory(story Story, fails func(Story) bool, stop func() bool) Story {
	for i := range story {
		for j := range story[i].Answers {
			low, high := 0, story[i].Answers[j].V
			for mid := 1; high-low > 1 && (stop == nil || !stop()); mid = low + (high-low)/2 {
				try := slices.Clone(story)
				try[i].Answers = slices.Clone(try[i].Answers)
				try[i].Answers[j].V = mid
				if fails(try) {
					story, high = try, mid
				} else {
					low = mid
				}
			}
		}
	}
	return story
}
