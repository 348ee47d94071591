package malform_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/malform"
)

var rewrite = flag.Bool("malform.rewrite", false, "write docs/MALFORMATIONS.md")

// TestPage: docs/MALFORMATIONS.md is the table.
func TestPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Malformations

The messages that scripted peers may send (` + "`malform NAME`, `malformed N`" + `): malformed ones, and valid ones at the
edge of what is allowed. Each row says what a correct speaker does with it. Where that depends on the
session, the page shows one from outside the AS, with AS numbers of four octets and path identifiers,
where it has the case. Made by ` + "`go test ./sim/malform -run TestPage -malform.rewrite`" + `.

| name | source | treatment |
|---|---|---|
`)
	all := malform.All()
	for _, c := range all {
		fmt.Fprintf(&b, "| %s | %s | %v |\n", c.Name, c.RFC, c.Want)
	}
	const page = "../../docs/MALFORMATIONS.md"
	if *rewrite {
		require.NoError(t, os.WriteFile(page, []byte(b.String()), 0o644))
	}
	have, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, b.String(), string(have), "print it with -malform.rewrite")
	require.Greater(t, len(all), 400)
	require.True(t, malform.Known(all[0].Name))
	require.False(t, malform.Known("no such case"))
}
