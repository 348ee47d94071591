package simtest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/peerloom/peerloom/sim"
)

// form is the first line of a file.
const form = "peerloom run 2"

// write keeps a failure in a new file of testdata/repro; it answers the name.
func write(test string, f *failure) (string, error) {
	var b strings.Builder
	what, _, _ := strings.Cut(f.err.Error(), "\n")
	fmt.Fprintf(&b, "%s\ntest %s\nseed %d\nerror %s\nhash %08x\n\n", form, test, f.seed, what, f.hash)
	for i := range f.story {
		if m := &f.story[i]; m.Name != sim.Start || !m.Dull() {
			b.WriteString(m.String() + "\n")
		}
	}
	dir := filepath.Join("testdata", "repro")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	return create(filepath.Join(dir, fmt.Sprintf("%s-%d", test, f.seed)), []byte(b.String()))
}

// create writes a new file NAME.repro, or NAME-2.repro …: one that is there is
// never overwritten.
func create(name string, text []byte) (string, error) {
	for i := 1; ; i++ {
		path := name + ".repro"
		if i > 1 {
			path = fmt.Sprintf("%s-%d.repro", name, i)
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) && i < 1000 {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(text)
		return path, errors.Join(err, f.Close())
	}
}

// parse reads what write wrote; it may have been edited.
func parse(name string, text []byte) (sim.Story, error) {
	lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	if lines[0] != form {
		return nil, fmt.Errorf("%s:1: this is no run of a Go world: its first line is %q", name, form)
	}
	at := 1
	for at < len(lines) && lines[at] != "" {
		at++
	}
	var story sim.Story
	var errs []error
	for i := at; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if line == "" || line[0] == '#' {
			continue
		}
		m, err := sim.ParseMoment(line)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, i+1, err))
		}
		m.Line = i + 1
		story = append(story, m)
	}
	return story, errors.Join(errs...)
}
