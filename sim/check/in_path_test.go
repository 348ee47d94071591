package check

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawPath is a path of segments of the given kinds.
func drawPath(t *rapid.T, name string, kinds ...uint8) []byte {
	var l []pathStep
	for range rapid.IntRange(0, 3).Draw(t, name) {
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		as := make([]uint32, rapid.SampledFrom([]int{1, 2, 3, 100, 200, 254, 255}).Draw(t, "count"))
		for i := range as {
			as[i] = 64512 + uint32(i)
		}
		if kind == 1 || kind == 4 {
			l = append(l, pathStep{kind, as})
			continue
		}
		for i := range as {
			l = append(l, pathStep{kind, as[i : i+1]})
		}
	}
	return pathOctets(l)
}

// The two writings of RFC 6793 §4.2.3, that of what is received and that of what
// is sent, say the same.
func TestMergedPaths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path, as4 := drawPath(t, "path", 1, 2, 3, 4), drawPath(t, "as4", 1, 2)
		merged := mergePaths(path, as4)
		require.True(t, segmentsFit(merged, 4))
		require.True(t, samePath(string(joined(path, as4)), string(merged)), "%x\n%x", joined(path, as4), merged)
		require.GreaterOrEqual(t, pathHops(merged), pathHops(path))
	})
}

// A path is the same however it is cut, and no other one is.
func TestSamePath(t *testing.T) {
	cut := "\x02\x01\x00\x00\x00\x01\x02\x01\x00\x00\x00\x02"
	whole := "\x02\x02\x00\x00\x00\x01\x00\x00\x00\x02"
	require.True(t, samePath(cut, whole))
	for _, other := range []string{"", "\x02\x02\x00\x00\x00\x02\x00\x00\x00\x01", "\x01" + whole[1:], "\x03" + whole[1:], whole[:9], cut + cut} {
		require.False(t, samePath(other, whole), "%x", other)
		require.False(t, samePath(whole, other), "%x", other)
	}
	set := "\x01" + whole[1:]
	require.False(t, samePath("\x01\x01\x00\x00\x00\x01\x01\x01\x00\x00\x00\x02", set))
}
