package fuzz_test

import (
	"errors"
	"testing"

	"github.com/peerloom/peerloom/speaker/config"
)

// FuzzConfig: no text panics, and a text gives either a configuration or
// errors with places in it.
func FuzzConfig(f *testing.F) {
	f.Add("process p { run ./x; encoder json; }\nneighbor 127.0.0.1 { router-id 1.2.3.4; local-as 1; peer-as 1; family { ipv4 unicast; } api { processes [ p ]; } static { route 10.0.0.0/8 { next-hop self; split /9; } } }")
	f.Add("template { neighbor t { inherit t; } } neighbor ::1 { inherit t; local-address 1.1.1.1; capability { add-path send/receive; } announce { ipv6 { unicast ::/0 next-hop ::1 as-path [ 1 { 2 } ( 3 ) ]; } } }")
	f.Add("neighbor \"\\u0041 { [ ( } # \\\n ;")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := config.Parse("f", []byte(text), config.DefaultEnv())
		if (c == nil) == (err == nil) {
			t.Fatalf("config %v with error %v", c, err)
		}
		var errs config.Errors
		if err != nil && !errors.As(err, &errs) {
			t.Fatalf("error of another kind: %v", err)
		}
		for _, e := range errs {
			if e.Line < 1 || e.Column < 1 || e.What == "" || e.Instead == "" && e.What != "" && len(e.What) < 4 {
				t.Fatalf("error without a place or a text: %+v", e)
			}
		}
	})
}
