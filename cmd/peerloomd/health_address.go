package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// loopback sets the addresses of the service up on the loopback interface, by
// ip(8) as ExaBGP does.
type loopback struct {
	label string // of the addresses, behind "lo:"
	run   func(ctx context.Context, args ...string) (string, error)
	added []netip.Prefix // by us, and not taken away again
}

// ipTime is how long ip(8) may take.
const ipTime = 5 * time.Second

func newLoopback(label string, sudo bool) *loopback {
	return &loopback{label: label, run: func(ctx context.Context, args ...string) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, ipTime)
		defer cancel()
		words := append([]string{"ip"}, args...)
		if sudo {
			words = append([]string{"sudo", "-n"}, words...)
		}
		out, err := exec.CommandContext(ctx, words[0], words[1:]...).CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("%s: %w: %s", strings.Join(words, " "), err, strings.TrimSpace(string(out)))
		}
		return string(out), nil
	}}
}

// addresses are those of the interface, in its order, but for what belongs to
// the machine itself; with a label those alone whose label begins with it.
func (l *loopback) addresses(ctx context.Context) ([]netip.Prefix, error) {
	out, err := l.run(ctx, "-o", "address", "show", "dev", "lo")
	if err != nil {
		return nil, err
	}
	var all []netip.Prefix
	for line := range strings.Lines(out) {
		words := strings.Fields(line)
		i := slices.IndexFunc(words, func(w string) bool { return w == "inet" || w == "inet6" })
		if i < 0 || i+1 == len(words) {
			continue
		}
		p, err := netip.ParsePrefix(words[i+1])
		if err != nil || p.Addr().IsLoopback() || p.Addr().IsLinkLocalUnicast() {
			continue
		}
		labelled := slices.ContainsFunc(words[i+2:], func(w string) bool { return strings.HasPrefix(w, "lo:"+l.label) })
		if l.label == "" || labelled {
			all = append(all, p)
		}
	}
	return all, nil
}

// setUp adds those that are whole addresses, and not there yet.
func (l *loopback) setUp(ctx context.Context, want []netip.Prefix) error {
	there, err := (&loopback{run: l.run}).addresses(ctx)
	if err != nil {
		return err
	}
	for _, p := range want {
		if !p.IsSingleIP() || slices.ContainsFunc(there, func(x netip.Prefix) bool { return x.Addr() == p.Addr() }) {
			continue
		}
		args := []string{"address", "add", p.String(), "dev", "lo"}
		if l.label != "" && p.Addr().Is4() { // IPv6 addresses have no labels
			args = append(args, "label", "lo:"+l.label)
		}
		if _, err := l.run(ctx, args...); err != nil {
			return err
		}
		l.added = append(l.added, p)
	}
	return nil
}

// takeDown takes away what setUp added. What cannot be taken away is tried again the
// next time.
func (l *loopback) takeDown(ctx context.Context) error {
	var stay []netip.Prefix
	var errs []error
	for _, p := range l.added {
		if _, err := l.run(ctx, "address", "delete", p.String(), "dev", "lo"); err != nil {
			stay, errs = append(stay, p), append(errs, err)
		}
	}
	l.added = stay
	return errors.Join(errs...)
}
