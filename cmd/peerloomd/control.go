package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/peerloom/peerloom/speaker/config"
	"github.com/peerloom/peerloom/speaker/live"
)

// socketVariable names the control socket where no flag does, for the daemon
// and for ctl.
const socketVariable = "PEERLOOMD_SOCKET"

// noSocket, in the place of a path, says that there is to be none.
const noSocket = "none"

// socketFolders are where the control socket is looked for, and made if the
// folder is there and may be written to.
func socketFolders(environ []string) []string {
	folders := []string{"/run/peerloomd", "/run/exabgp"}
	if own := variable(environ, "RUNTIME_DIRECTORY"); own != "" { // systemd.exec(5)
		folders = append(filepath.SplitList(own), folders...)
	}
	return folders
}

// controlSocket is a Unix socket that listens.
type controlSocket struct {
	*net.UnixListener
	path  string
	inode uint64
}

// control opens the control socket: the one that is named, where anything else
// is an error, or one in the first folder that is there for it; nil: none.
func (l *life) control(env config.Env, environ []string, owner *user.User) (*controlSocket, error) {
	path := cmp.Or(l.socket, variable(environ, socketVariable))
	switch {
	case path == noSocket, path == "" && !env.APICLI:
		return nil, nil
	case path != "":
		return listenControl(path, owner)
	}
	for _, folder := range socketFolders(environ) {
		// A folder that is not there, not ours, or taken by another daemon.
		if s, err := listenControl(filepath.Join(folder, env.APISocketName+".sock"), owner); err == nil {
			return s, nil
		}
	}
	return nil, nil
}

// listenControl listens at path, for our own user alone. A socket that a daemon
// left there which is no more is replaced.
func listenControl(path string, owner *user.User) (*controlSocket, error) {
	if err := free(path); err != nil {
		return nil, err
	}
	// Until its mode is set, a socket is open to whom the umask allows: it comes
	// to its place when that is done.
	folder, err := os.MkdirTemp(filepath.Dir(path), ".peerloomd")
	if err != nil {
		return nil, fmt.Errorf("control socket: %w: make the folder, or name another with --socket", err)
	}
	defer os.RemoveAll(folder)
	raw := filepath.Join(folder, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: raw, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("control socket %s: %w", path, err)
	}
	l.SetUnlinkOnClose(false)
	s := &controlSocket{UnixListener: l, path: path}
	if err := s.place(raw, owner); err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("control socket %s: %w", path, err)
	}
	return s, nil
}

func (s *controlSocket) place(raw string, owner *user.User) error {
	if err := os.Chmod(raw, 0o600); err != nil {
		return err
	}
	if owner != nil {
		uid, err := strconv.Atoi(owner.Uid)
		if err != nil {
			return err
		}
		if err := os.Chown(raw, uid, -1); err != nil {
			return err
		}
	}
	if err := os.Rename(raw, s.path); err != nil {
		return err
	}
	s.inode = inode(s.path)
	return nil
}

// free is an error where something other than an abandoned socket is at path.
func free(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("control socket: %w", err)
	case info.Mode()&fs.ModeSocket == 0:
		return fmt.Errorf("control socket: %s is there and is no socket: name another path with --socket", path)
	}
	c, err := net.Dial("unix", path)
	if err == nil {
		_ = c.Close()
		return fmt.Errorf("control socket: a daemon listens at %s: stop it, or name another path with --socket", path)
	}
	return nil
}

func inode(path string) uint64 {
	var st syscall.Stat_t
	if syscall.Lstat(path, &st) != nil {
		return 0
	}
	return st.Ino
}

// source is the socket as a source of clients.
func (s *controlSocket) source() live.Control {
	return live.Control{
		Name:   s.path,
		Accept: func() (io.ReadWriteCloser, error) { return s.UnixListener.Accept() },
		Close:  s.UnixListener.Close,
	}
}

// end closes the socket and removes it, unless another daemon's has its place.
// Where the user that we are now may not, the next daemon replaces it.
func (s *controlSocket) end() {
	_ = s.UnixListener.Close()
	if s.inode != 0 && inode(s.path) == s.inode {
		_ = os.Remove(s.path)
	}
}
