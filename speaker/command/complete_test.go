package command

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestComplete(t *testing.T) {
	neighbors := []string{"192.0.2.2", "192.0.2.1", "2001:db8::1"}
	for line, want := range map[string]string{
		"sh":                            "show shutdown",
		"ne":                            "neighbor",
		"neighbor 192":                  "192.0.2.1 192.0.2.2",
		"neighbor ":                     "* 192.0.2.1 192.0.2.2 2001:db8::1",
		"neighbor * te":                 "teardown",
		"neighbor * sho":                "show",
		"neighbor * local-":             "local-as local-ip",
		"neighbor 192.0.2.1 announce r": "route route-refresh",
		"show ":                         "adj-rib metrics neighbor",
		"show adj-rib in 2":             "2001:db8::1",
		"show neighbor ":                "192.0.2.1 192.0.2.2 2001:db8::1 configuration extensive json summary",
		"announce route 10.0.0.0/8 n":   "next-hop",
		"flush adj-rib out s":           "sync",
		"nonsense ":                     "",
		"announce route":                "route route-refresh",
	} {
		require.Equal(t, want, strings.Join(Complete(strings.Split(line, " "), neighbors), " "), "%q", line)
	}
	require.Empty(t, Complete(nil, nil))
}

func ExampleComplete() {
	fmt.Println(Complete([]string{"show", "neighbor", "su"}, nil))
	// Output: [summary]
}
