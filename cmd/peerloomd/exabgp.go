package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/peerloom/peerloom/speaker/config"
)

// start is the program under whatever name it was called: as exabgp it takes
// ExaBGP's command line.
func start(ctx context.Context, argv, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	args := argv[1:]
	if filepath.Base(argv[0]) == "exabgp" {
		var err error
		if args, err = exabgpArgs(args); err != nil {
			fmt.Fprintf(stderr, "exabgp: %v\n", err)
			return exitUsage
		}
	}
	if len(args) > 0 && args[0] == "decode" {
		return decodeCommand(args[1:], stdout, stderr)
	}
	if len(args) > 0 && args[0] == "ctl" {
		return ctlCommand(args[1:], environ, stdin, stdout, stderr)
	}
	if len(args) > 0 && args[0] == "healthcheck" {
		return healthCommand(ctx, args[1:], stdin, stdout, stderr)
	}
	return run(ctx, args, environ, stdin, stdout, stderr)
}

// exabgpArgs says in peerloomd's words what ExaBGP's command line asks for:
// [server] [-d] [-p] CONF…, [configuration] validate [-nrv] CONF…, version, cli; and
// decode and healthcheck, which are peerloomd's too.
func exabgpArgs(args []string) ([]string, error) {
	if len(args) == 0 {
		return args, nil
	}
	switch args[0] {
	case "server":
		return args[1:], nil
	case "version":
		return []string{"--version"}, nil
	case "configuration":
		if len(args) < 2 || args[1] != "validate" {
			return nil, errors.New("configuration is followed by validate [-nrv] FILE")
		}
		return validateArgs(args[2:])
	case "validate":
		return validateArgs(args[1:])
	case "cli":
		return append([]string{"ctl"}, args[1:]...), nil
	case "encode", "env":
		return nil, fmt.Errorf("%s is not supported yet: see docs/EXABGP.md", args[0])
	}
	return args, nil
}

// validateArgs: -n (neighbors), -r (routes) and -v (verbose) change what ExaBGP
// looks at; here everything always is.
func validateArgs(args []string) ([]string, error) {
	out := []string{"--validate"}
	for _, a := range args {
		flags, short := strings.CutPrefix(a, "-")
		if short && strings.Trim(flags, "nrv") == "" || slices.Contains([]string{"--neighbor", "--route", "--verbose"}, a) {
			continue
		}
		out = append(out, a)
	}
	return out, nil
}

// withEnvFile puts the settings of exabgp.env before the environment, which
// wins. The file is name, or where ExaBGP looks for it; only a file that was
// named must be there.
func withEnvFile(name string, environ []string) ([]string, error) {
	named := name != ""
	if !named {
		root := ""
		for _, s := range environ {
			key, value, _ := strings.Cut(s, "=")
			if key == "exabgp_root" || key == "exabgp.root" {
				root = value
			}
		}
		name = filepath.Join(root, "/etc/exabgp/exabgp.env")
	}
	text, err := os.ReadFile(name)
	switch {
	case !named && errors.Is(err, fs.ErrNotExist):
		return environ, nil
	case err != nil:
		return nil, err
	}
	vars, err := config.EnvFile(name, text)
	return append(vars, environ...), err
}
