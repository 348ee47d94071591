package codec_test

import (
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// prefixes makes unicast NLRI of "10.0.0.0/8 2001:db8::/32".
func prefixes(s string) []codec.NLRI {
	var out []codec.NLRI
	for _, f := range strings.Fields(s) {
		p := netip.MustParsePrefix(f)
		fam := codec.IPv6Unicast
		if p.Addr().Is4() {
			fam = codec.IPv4Unicast
		}
		out = append(out, codec.PrefixNLRI(fam, p, 0))
	}
	return out
}

// set sorts attributes into a set.
func set(attrs ...codec.Attr) codec.Attrs {
	var s codec.Attrs
	for _, a := range attrs {
		s = s.With(a)
	}
	return s
}

func seq(as ...uint32) codec.Segment { return codec.Segment{Type: codec.ASSequence, AS: as} }

// unhex reads hexadecimal with blanks and colons in it.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", ":", "", "\n", "", "\t", "").Replace(s))
	require.NoError(t, err, s)
	return b
}

// update frames an UPDATE from its three fields, given in hexadecimal.
func update(t testing.TB, withdrawn, attrs, nlri string) []byte {
	t.Helper()
	w, a, n := unhex(t, withdrawn), unhex(t, attrs), unhex(t, nlri)
	size := codec.HeaderLen + 4 + len(w) + len(a) + len(n)
	b := slices.Concat(
		[]byte(strings.Repeat("\xff", 16)), []byte{byte(size >> 8), byte(size), byte(codec.MsgUpdate)},
		[]byte{byte(len(w) >> 8), byte(len(w))}, w,
		[]byte{byte(len(a) >> 8), byte(len(a))}, a, n)
	return b
}

// names gives the text of announced or withdrawn NLRI.
func names(seq func(func(codec.RawNLRI) bool)) []string {
	var out []string
	for r := range seq {
		out = append(out, r.NLRI().String())
	}
	return out
}

// tokens cuts a line as configuration and commands do: brackets stand alone.
func tokens(s string) []string {
	for _, b := range []string{"[", "]", "(", ")", "{", "}", ","} {
		s = strings.ReplaceAll(s, b, " "+b+" ")
	}
	return strings.Fields(s)
}

// parseAttrs reads what Attrs.AppendText writes, by AttrTextArity alone.
func parseAttrs(t testing.TB, text string) codec.Attrs {
	t.Helper()
	var out codec.Attrs
	for toks := tokens(text); len(toks) > 0; {
		name := toks[0]
		least, most, known := codec.AttrTextArity(name)
		require.True(t, known, "arity of %q in %q", name, text)
		end := 1
		for n := 0; n < most && end < len(toks) && (n < least || isOpen(toks[end])); n++ {
			end = value(toks, end)
		}
		a, err := codec.ParseAttrText(name, toks[1:end])
		require.NoError(t, err, text)
		out = out.With(a)
		toks = toks[end:]
	}
	return out
}

func isOpen(s string) bool { return s == "[" || s == "(" || s == "{" }

// value is the index after the value that begins at i.
func value(toks []string, i int) int {
	depth := 0
	for {
		switch s := toks[i]; {
		case isOpen(s):
			depth++
		case s == "]" || s == ")" || s == "}":
			depth--
		}
		i++
		if depth == 0 {
			return i
		}
	}
}

// shared is a folder of data that lies beside the project; the test skips
// where it does not.
func shared(t testing.TB, elem ...string) string {
	t.Helper()
	root := os.Getenv("PEERLOOM_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	path := filepath.Join(append([]string{root}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no data: %v", err)
	}
	return path
}
