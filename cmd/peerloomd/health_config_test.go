package main

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// parsed is what the options say with a file of these lines.
func parsed(t *testing.T, file string, args ...string) (healthOptions, error) {
	name := filepath.Join(t.TempDir(), "health.conf")
	require.NoError(t, os.WriteFile(name, []byte(file), 0o600))
	var o healthOptions
	err := o.parse(o.flags(), append([]string{"--config", name}, args...))
	return o, err
}

func TestHealthConfig(t *testing.T) {
	o, err := parsed(t, "# of the web\n debug\nname = haproxy\ninterval = 10\n\ncommand = curl -sf http://127.0.0.1/?a=b\nip = 192.0.2.1\nip = 192.0.2.2/31\nsyslog-facility\n",
		"-i", "7", "-n", "mine")
	require.NoError(t, err)
	require.True(t, o.debug)
	require.Equal(t, "mine", o.name, "the command line wins")
	require.Equal(t, 7.0, o.interval)
	require.Equal(t, "curl -sf http://127.0.0.1/?a=b", o.cmd)
	require.Equal(t, []string{"192.0.2.1", "192.0.2.2/31"}, o.ips)
	require.Equal(t, "daemon", o.syslog)
	o, err = parsed(t, "command = false", "--cmd", "true")
	require.NoError(t, err)
	require.Equal(t, "true", o.cmd, "by either name")
	for file, want := range map[string]string{
		"debug\nfoo = 3":    `:2: "foo" is no option`,
		"rise":              ":1: rise has no value",
		"rise = often":      ":1: ",
		"config = other":    `:1: "config" is no option`,
		"ip = 10.0.0.0/8/9": "--ip 10.0.0.0/8/9",
	} {
		_, err := parsed(t, file)
		require.ErrorContains(t, err, want, file)
	}
	require.Equal(t, []string{"--syslog-facility=local3", "-d", "--syslog-facility", "--pid", "x"},
		exabgpWords([]string{"-sF", "local3", "-d", "--syslog-facility", "--pid", "x"}))
	f, err := facility("local7")
	require.NoError(t, err)
	require.EqualValues(t, 23<<3, f)
}

// ipCommand stands for ip(8): it answers with what is on the interface, and keeps what it
// was told.
type ipCommand struct {
	there string
	told  []string
}

func (c *ipCommand) run(_ context.Context, args ...string) (string, error) {
	line := strings.Join(args, " ")
	if line != "-o address show dev lo" {
		c.told = append(c.told, line)
		return "", nil
	}
	return c.there, nil
}

func TestHealthAddresses(t *testing.T) {
	ip := &ipCommand{there: "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n" +
		"1: lo    inet 192.0.2.1/32 scope global lo:web1\\       valid_lft forever\n1: lo    inet 192.0.2.7/32 scope global lo\\\n" +
		"1: lo    inet6 ::1/128 scope host \\       valid_lft forever\n1: lo    inet6 2001:db8::1/128 scope global \\\n"}
	all, err := (&loopback{run: ip.run}).addresses(t.Context())
	require.NoError(t, err)
	require.Equal(t, "[192.0.2.1/32 192.0.2.7/32 2001:db8::1/128]", sprint(all))
	lo := &loopback{label: "web", run: ip.run}
	some, err := lo.addresses(t.Context())
	require.NoError(t, err)
	require.Equal(t, "[192.0.2.1/32]", sprint(some))

	want := []netip.Prefix{netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("192.0.2.8/32"),
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::2/128")}
	require.NoError(t, lo.setUp(t.Context(), want))
	require.Equal(t, []string{"address add 192.0.2.8/32 dev lo label lo:web", "address add 2001:db8::2/128 dev lo"}, ip.told)
	ip.told = nil
	require.NoError(t, lo.takeDown(t.Context()))
	require.NoError(t, lo.takeDown(t.Context()), "once is enough")
	require.Equal(t, []string{"address delete 192.0.2.8/32 dev lo", "address delete 2001:db8::2/128 dev lo"}, ip.told)
}

// Which prefixes are announced, in which order.
func TestHealthChoice(t *testing.T) {
	o, err := parsed(t, "ip = 192.0.2.0/30\nip = 198.51.100.1\n", "--deaggregate-networks", "--start-ip", "3")
	require.NoError(t, err)
	require.NoError(t, o.routes.choose(t.Context(), &o, nil))
	require.Equal(t, "[192.0.2.3/32 198.51.100.1/32 192.0.2.0/32 192.0.2.1/32 192.0.2.2/32]", sprint(o.routes.prefixes))
	ip := &ipCommand{there: "1: lo    inet 192.0.2.9/32 scope global lo\n"}
	o, err = parsed(t, "")
	require.NoError(t, err)
	require.NoError(t, o.routes.choose(t.Context(), &o, &loopback{run: ip.run}))
	require.Equal(t, "[192.0.2.9/32]", sprint(o.routes.prefixes), "those of the interface")
}

func sprint(l []netip.Prefix) string {
	var words []string
	for _, p := range l {
		words = append(words, p.String())
	}
	return "[" + strings.Join(words, " ") + "]"
}
