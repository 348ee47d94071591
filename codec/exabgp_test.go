package codec_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// TestExaBGPBytes encodes what ExaBGP's functional suite sends, decoded from
// its own bytes: the result must be the same bytes.
func TestExaBGPBytes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t, "exabgp", "suite"), "*", "*.ci"))
	require.NoError(t, err)
	checked := 0
	for _, file := range files {
		for _, line := range suiteLines(t, file) {
			msg := unhex(t, line)
			o := suiteOptions(file)
			if codec.TypeOf(msg) != codec.MsgUpdate || !knownOnly(msg, o) {
				continue
			}
			if got := reencode(t, o, msg); !slices.Equal(msg, got) {
				t.Errorf("%s:\n want %x\n got  %x\n %s", filepath.Base(file), msg, got, codec.Describe(msg, o))
			}
			checked++
		}
	}
	require.Greater(t, checked, 120, "UPDATEs in %d files", len(files))
}

// knownOnly reports whether an UPDATE is of the families that the codec does
// not keep opaque, or is an End-of-RIB.
func knownOnly(msg []byte, o *codec.Options) bool {
	var d codec.Decoder
	u := d.Update(msg, o)
	for _, list := range [][]string{names(u.Announced()), names(u.Withdraws())} {
		for _, n := range list {
			if strings.HasPrefix(n, "0x") {
				return false
			}
		}
	}
	return true
}

// suiteOptions is what the peer of the suite negotiates: 4-octet AS numbers
// always, path identifiers in two of the cases.
func suiteOptions(file string) *codec.Options {
	o := &codec.Options{AS4: true, IBGP: true, ReachLast: true}
	switch filepath.Base(file) {
	case "conf-addpath.ci", "api-attributes-path.ci":
		o.AddPath = codec.FamilySet{codec.IPv4Unicast, codec.MakeFamily(1, 128)}
	case "extended-nexthop.ci":
		o.ExtendedNextHop = codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast}
	}
	return o
}

// suiteLines gives the expected messages of a case: "1:raw:FFFF…".
func suiteLines(t *testing.T, file string) []string {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	var out []string
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if _, raw, ok := strings.Cut(s.Text(), ":raw:"); ok && !strings.HasPrefix(s.Text(), "#") {
			out = append(out, raw)
		}
	}
	require.NoError(t, s.Err())
	return out
}

// reencode decodes a well-formed UPDATE and writes it again.
func reencode(t testing.TB, o *codec.Options, msg []byte) []byte {
	t.Helper()
	var d codec.Decoder
	u := d.Update(msg, o)
	require.Empty(t, u.Errs, "%x", msg)
	if f, ok := u.EndOfRIB(); ok {
		return codec.AppendEndOfRIB(nil, f)
	}
	var announced, withdrawn []codec.NLRI
	for r := range u.Announced() {
		announced = append(announced, r.NLRI())
	}
	for r := range u.Withdraws() {
		withdrawn = append(withdrawn, r.NLRI())
	}
	var out []byte
	var n int
	var err error
	switch {
	case len(announced) > 0 && len(withdrawn) > 0:
		require.Fail(t, fmt.Sprintf("%x announces and withdraws", msg))
	case len(announced) > 0:
		out, n, err = codec.AppendAnnounce(nil, o, u.ReachAttrs(), announced)
	default:
		out, n, err = codec.AppendWithdraw(nil, o, u.Attrs, withdrawn)
	}
	require.NoError(t, err, "%x", msg)
	require.Equal(t, len(announced)+len(withdrawn), n, "%x", msg)
	return out
}
