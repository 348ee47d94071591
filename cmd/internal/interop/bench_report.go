//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// figures are what one subject did with n routes.
type figures struct {
	name                          string
	announce, replies, flush, clr time.Duration
	peak                          int
}

// compare announces n routes through each subject's helper, flushes and clears.
func compare(dir, self string, s subject, n int, mode string) (figures, error) {
	f := figures{name: s.name}
	b, err := startBench(filepath.Join(dir, strings.ReplaceAll(s.name, " ", "-")+"-"+mode), self, s, 1)
	if b != nil {
		defer b.stop()
	}
	if err != nil {
		return f, err
	}
	if f.announce, f.replies, err = b.announce(n, 1, mode); err != nil {
		return f, err
	}
	if f.flush, err = b.flush(n); err != nil {
		return f, err
	}
	if f.clr, err = b.clear(n); err != nil {
		return f, err
	}
	f.peak, _ = b.memory()
	return f, nil
}

// scale is what only our daemon is asked for: many neighbors, many routes.
func scale(dir, self string, ours subject, neighbors, routes int) (string, error) {
	var out strings.Builder
	b, err := startBench(filepath.Join(dir, "neighbors"), self, ours, neighbors)
	if b != nil {
		defer b.stop()
	}
	if err != nil {
		return "", err
	}
	const idle = 20 * time.Second
	time.Sleep(3 * time.Second) // what follows the last session's start
	before := b.ticks()
	time.Sleep(idle)
	used := b.ticks() - before
	_, now := b.memory()
	fmt.Fprintf(&out, "| %d neighbors established, from the start of the process | %.1f s |\n", neighbors, b.startup.Seconds())
	fmt.Fprintf(&out, "| processor time with %d idle sessions, of one core | %.2f %% |\n", neighbors, float64(used)/idle.Seconds())
	fmt.Fprintf(&out, "| memory with %d idle sessions | %d MiB |\n", neighbors, now)
	b.stop()
	for _, peers := range []int{1, 10} {
		m, err := startBench(filepath.Join(dir, fmt.Sprintf("million-%d", peers)), self, ours, peers)
		if err == nil {
			_, empty := m.memory()
			var wire time.Duration
			if wire, _, err = m.announce(routes, peers, "pipe"); err == nil {
				peak, now := m.memory()
				fmt.Fprintf(&out, "| %d routes announced to %d peers | %.1f s, %d MiB (%d octets a route), peak %d MiB |\n",
					routes, peers, wire.Seconds(), now, (now-empty)<<20/routes, peak)
			}
		}
		if m != nil {
			m.stop()
		}
		if err != nil {
			return out.String(), err
		}
	}
	return out.String(), nil
}

// row is one subject beside the first, which is ExaBGP where it was found.
func row(f, exabgp figures) string {
	times := func(a, b time.Duration) string {
		if exabgp.announce == 0 || f.name == exabgp.name {
			return fmt.Sprintf("%.2f s", a.Seconds())
		}
		return fmt.Sprintf("%.2f s (%.0f ×)", a.Seconds(), b.Seconds()/a.Seconds())
	}
	peak := fmt.Sprintf("%d MiB", f.peak)
	if exabgp.peak != 0 && f.name != exabgp.name {
		peak += fmt.Sprintf(" (1/%.1f)", float64(exabgp.peak)/float64(f.peak))
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", f.name, times(f.announce, exabgp.announce),
		times(f.replies, exabgp.replies), times(f.flush, exabgp.flush), times(f.clr, exabgp.clr), peak)
}

// benchAll runs everything and writes the document.
func benchAll(dir, out string, n, neighbors, million int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	daemon, err := buildDaemon(dir)
	if err != nil {
		return err
	}
	var doc strings.Builder
	fmt.Fprintf(&doc, `# Beside ExaBGP

Written by `+"`.ci/bench`"+`, which needs root, Linux and apt: real daemons, a helper process that writes commands, a receiver on loopback TCP that
counts prefixes. "on the wire": until the receiver had the last one, from the helper's first command on; "replies": until the helper had the
last reply. Memory is the peak of the daemon's resident set. In brackets: how many times as fast, or what part of the memory, as ExaBGP
in the same run. %s, %d processors.
`, runtime.Version(), runtime.NumCPU())
	ours := []subject{
		{"peerloomd, window 250 µs", []string{daemon, "--log-level=error"}, nil},
		{"peerloomd, window 0", []string{daemon, "--log-level=error", "--batch-window=0"}, nil},
	}
	for _, mode := range []struct{ name, text string }{
		{"pipe", "a helper that does not wait for replies"},
		{"wait", "a helper that waits for each reply"},
	} {
		fmt.Fprintf(&doc, "\n## %d routes, %s\n\n| | on the wire | replies | flush | clear | memory |\n|---|---|---|---|---|---|\n", n, mode.text)
		var exabgp figures
		version, err := products()[1].find(true)
		if err == nil {
			s := subject{version, []string{"exabgp"}, []string{"exabgp_log_destination=stdout", "exabgp_log_level=ERR"}}
			if exabgp, err = compare(dir, self, s, n, mode.name); err == nil {
				doc.WriteString(row(exabgp, exabgp))
			}
		}
		if err != nil {
			fmt.Fprintf(&doc, "| ExaBGP: %s | | | | | |\n", oneLine(err.Error()))
		}
		for _, s := range ours {
			f, err := compare(dir, self, s, n, mode.name)
			if err != nil {
				return err
			}
			doc.WriteString(row(f, exabgp))
		}
		fmt.Print(doc.String())
	}
	lines, err := scale(dir, self, ours[0], neighbors, million)
	if err != nil {
		return err
	}
	doc.WriteString("\n## Many neighbors, many routes\n\n| | |\n|---|---|\n" + lines)
	fmt.Println(lines)
	return os.WriteFile(out, []byte(doc.String()), 0o644)
}
