package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"github.com/spf13/pflag"

	"github.com/peerloom/peerloom/speaker/live"
)

// recording is what the command line says of it.
type recording struct {
	file  string
	limit int64 // MiB
}

// maxRecording keeps its octets within 63 bits.
const maxRecording = 1 << 40

func (r *recording) flags(f *pflag.FlagSet) {
	f.StringVar(&r.file, "record", "", "write all that happens to this `file`, for peerloom replay; one that is there is kept as FILE.old. "+
		"Without keys of MD5, arguments of run and the environment, but with all that peers and processes say")
	f.Int64Var(&r.limit, "record-limit", 1024, "end the recording, not the daemon, when its file has so many `MiB`; 0: no limit")
}

func (r *recording) wrong() error {
	if r.limit < 0 || r.limit > maxRecording {
		return fmt.Errorf("--record-limit=%d: write a number of MiB, or 0 for no limit", r.limit)
	}
	return nil
}

// begin opens the file, while we may; nil: nothing is to be recorded.
func (r *recording) begin() (*os.File, error) {
	if r.file == "" {
		return nil, nil
	}
	// A daemon that is started again after it failed must not write over why.
	info, err := os.Stat(r.file)
	switch {
	case err == nil && info.Mode().IsRegular() && info.Size() > 0:
		err = os.Rename(r.file, r.file+".old")
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("--record: %w", err)
	}
	f, err := os.OpenFile(r.file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--record: %w", err)
	}
	return f, nil
}

// start records into f; its second result ends that.
func (r *recording) start(f *os.File, log *slog.Logger) (io.Writer, func()) {
	if f == nil {
		return nil, func() {}
	}
	w := live.NewRecorder(f, r.limit<<20, log)
	return w, w.Close
}
