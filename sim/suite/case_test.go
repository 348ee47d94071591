package suite_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/suite"
)

// changed is the case with one piece of text replaced.
func changed(t *testing.T, file, old, new string) fstest.MapFS {
	t.Helper()
	f := files()
	text := string(f[file].Data)
	require.Contains(t, text, old)
	f[file] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
	return f
}

// What a case does not expect is found, whatever it is, under every seed.
func TestWhatIsNotExpectedIsFound(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"another message", "two.ci", "001C:02:0005200A0000010000", "001C:02:0005200A0000020000", "one of group A2: FFFF"},
		{"one too few", "two.ci", "2:raw:FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF:001C", "# ", "nothing behind the last group"},
		{"one too many", "two.script", "send withdraw route 10.0.0.1/32", "send withdraw route 10.0.0.1/32\nsend announce route 10.0.0.2/32 next-hop 192.0.2.1", "nothing behind the last group"},
		{"one that never comes", "two.script", "send withdraw route 10.0.0.1/32", "send ping", "one of group A2: FFFF"},
		{"another order", "two.ci", "1:raw", "3:raw", "one of group A2: FFFF"},
		{"an answer", "two.script", "expect-ack 2", "expect-error 2", "answer 1 of step 5 of client helper is error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := suite.Load(changed(t, c.file, c.old, c.new), "two.ci")
			require.NoError(t, err)
			for seed := range uint64(20) {
				r := x.Run(seed, nil)
				require.NotNil(t, r.Broken(), "seed %d: %v", seed, r.Err)
				require.Contains(t, r.Broken().Want, c.want)
			}
		})
	}
}

// Behind the last group End-of-RIBs may come.
func TestEndOfRIBsMayFollow(t *testing.T) {
	x, err := suite.Load(changed(t, "two.script", "expect-ack 2", "send announce eor\nexpect-ack 3"), "two.ci")
	require.NoError(t, err)
	r := x.Run(1, nil)
	require.NoError(t, r.Err)
	require.Len(t, r.Messages, 4)
}

// A peer may say something first, or at its place in the order: then the session
// ends, and with it the neighbor's one attempt and the speaker.
func TestANotificationEndsTheCase(t *testing.T) {
	for _, first := range []bool{true, false} {
		f := changed(t, "two.ci", "2:raw", "# ")
		f["two.ci"].Data = []byte(strings.Replace(string(f["two.ci"].Data), "2:raw", "2:notification:bye\n# ", 1))
		if first {
			f["two.ci"].Data = []byte(strings.Replace(string(f["two.ci"].Data), "1:raw", "# ", 1))
		}
		// Of a speaker that has gone it has not to be true.
		f["two.script"] = &fstest.MapFile{Data: []byte("sleep 0.2\nsend ping\nexpect-error 1\n")}
		x, err := suite.Load(f, "two.ci")
		require.NoError(t, err)
		for seed := range uint64(20) {
			r := x.Run(seed, nil)
			require.NoError(t, r.Err, "seed %d", seed)
		}
	}
}

func TestWhatCannotBeIsNamed(t *testing.T) {
	for _, c := range []struct{ file, old, new, want string }{
		{"two.ci", "1:raw", "one:raw", `two.ci:3: "one" is no number of a group`},
		{"two.ci", "1:raw", "1:roh", `two.ci:3: "roh" is no kind of rule: write raw, notification or signal`},
		{"two.ci", "1:raw:FF", "1:raw:FZ", "two.ci:3: encoding/hex: invalid byte"},
		{"two.ci", "1:raw:FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF:0017:02:00000000", "1:raw:0017", "two.ci:3: a message of 18 octets: write its header too"},
		{"two.ci", "1:raw", "raw", "two.ci:3: "},
		{"two.ci", "1:raw", "option:asn:many\n1:raw", "two.ci:3: "},
		{"two.ci", "1:raw", "1:signal:SIGHUP\n1:raw", "two.ci:3: signal SIGHUP: this case does not fit into the simulator"},
		{"two.ci", "1:raw", "option:open:inspect-open-message\n1:raw", "two.ci:3: option open: this case does not fit into the simulator"},
		{"two.ci", "two.conf", "three.conf", "three.conf"},
		{"two.conf", "two.run", "three.run", "process helper: open three.script"},
		{"two.conf", "peer-as 1;", "peer-as one;", "two.conf:6:"},
		{"two.script", "sleep 0.2", "sleep long", "two.script:1: sleep: "},
		{"two.script", "sleep 0.2", "sleep -1", "two.script:1: sleep: a negative time"},
		{"two.script", "expect-ack 2", "expect-ack all", "two.script:5: expect-ack: "},
		{"two.script", "expect-ack 2", "dance", "two.script:5: dance: this case does not fit into the simulator: it has no such directive"},
		{"two.script", "send withdraw", "send-together\nwithdraw", "two.script:4: send-together has no end"},
	} {
		_, err := suite.Load(changed(t, c.file, c.old, c.new), "two.ci")
		require.ErrorContains(t, err, c.want)
	}
}

// Broken says which invariant of the world it was, too.
func TestBrokenNamesTheInvariant(t *testing.T) {
	x, err := suite.Load(changed(t, "two.ci", "0031", "0032"), "two.ci")
	require.NoError(t, err)
	r := x.Run(1, nil)
	require.Equal(t, check.RunSequence, r.Broken().ID)
	require.Equal(t, "dut→peer", r.Broken().Node)
}
