package live

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/peerloom/peerloom/speaker"
)

// Proc is a running child process.
type Proc struct {
	Stdin          io.WriteCloser
	Stdout, Stderr io.ReadCloser
	Wait           func() error         // once, after Stdout has ended
	Signal         func(syscall.Signal) // to the process and its descendants
}

// Exec starts child processes of the operating system.
type Exec struct {
	Folders []string // where a relative program is looked for, before PATH
	Env     []string
}

// Start starts p in a process group of its own.
func (x Exec) Start(p speaker.Process) (*Proc, error) {
	if len(p.Run) == 0 {
		return nil, errors.New("there is no command: write run PROGRAM;")
	}
	path, err := x.find(p.Run[0])
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, p.Run[1:]...)
	cmd.Args[0] = p.Run[0]
	cmd.Env = x.Env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var ours, theirs [3]*os.File
	closeAll := func(files [3]*os.File) {
		for _, f := range files {
			_ = f.Close() // a nil file says so and that is all
		}
	}
	defer func() { closeAll(theirs) }()
	for i := range ours {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll(ours)
			return nil, err
		}
		ours[i], theirs[i] = r, w
		if i == 0 {
			ours[i], theirs[i] = w, r
		}
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs[0], theirs[1], theirs[2]
	if err := cmd.Start(); err != nil {
		closeAll(ours)
		return nil, err
	}
	group := -cmd.Process.Pid
	return &Proc{
		Stdin: ours[0], Stdout: ours[1], Stderr: ours[2],
		Wait:   cmd.Wait,
		Signal: func(s syscall.Signal) { _ = syscall.Kill(group, s) },
	}, nil
}

// find looks a program up: an absolute path as it is, a relative one in the
// folders, then in PATH.
func (x Exec) find(name string) (string, error) {
	if filepath.IsAbs(name) {
		return name, usable(name)
	}
	var refused error
	for _, folder := range x.Folders {
		path, err := filepath.Abs(filepath.Join(folder, name))
		if err != nil {
			return "", err
		}
		switch err := usable(path); {
		case err == nil:
			return path, nil
		case !errors.Is(err, fs.ErrNotExist):
			refused = err
		}
	}
	if refused != nil {
		return "", refused
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is neither in %s nor in PATH", name, strings.Join(x.Folders, ", "))
	}
	return filepath.Abs(path)
}

// usable: a file that may be executed, and not one that changes the user.
func usable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder", path)
	case info.Mode().Perm()&0o111 == 0:
		return fmt.Errorf("%s is not executable", path)
	case info.Mode()&(fs.ModeSetuid|fs.ModeSetgid) != 0:
		return fmt.Errorf("%s changes its user or group (setuid)", path)
	}
	return nil
}

// ChildEnv is an environment without what is only the daemon's: a child that
// is itself a BGP daemon's tool must not take the daemon's sockets and pipes for
// its own.
func ChildEnv(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(s string) bool {
		name, _, _ := strings.Cut(strings.ReplaceAll(s, ".", "_"), "=")
		return name == "exabgp_cli_pipe" || name == "exabgp_cli_socket" ||
			strings.Contains(strings.ToLower(name), "password") || name == "NOTIFY_SOCKET" || strings.HasPrefix(name, "WATCHDOG_") || strings.HasPrefix(name, "LISTEN_")
	})
}

// logChild carries what the child complains of to the log.
func (d *Daemon) logChild(c *childProc) {
	defer c.proc.Stderr.Close()
	r := bufio.NewReaderSize(c.proc.Stderr, 4<<10)
	for {
		line, _, err := r.ReadLine() // a longer line comes in pieces
		if err != nil {
			return
		}
		d.log.Warn(string(line), "process", c.process.Name)
	}
}

// endChildren ends processes whose input is being closed: it waits a little for
// them to read the rest and to end by themselves, then comes SIGTERM, and after a
// while SIGKILL to all that is left of the group. It runs apart from the owner.
func (d *Daemon) endChildren(children []*childProc, ended chan<- struct{}) {
	defer close(ended)
	d.awaitEnd(children, flushWait)
	for _, c := range children {
		c.proc.Signal(syscall.SIGTERM)
	}
	d.awaitEnd(children, termWait)
	for _, c := range children {
		c.proc.Signal(syscall.SIGKILL)
	}
}

// awaitEnd waits for processes to end, for so long at most. What was written to
// one is not yet read by it: a signal would come first.
func (d *Daemon) awaitEnd(children []*childProc, most time.Duration) {
	limit := d.clock.After(most)
	for _, c := range children {
		gone := c.over
		if c.control {
			gone = c.idle // it ends when it was told the last
		}
		select {
		case <-gone:
			continue
		case <-limit:
		}
		break
	}
}
