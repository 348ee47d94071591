package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// session launches a daemon with one neighbor, commanded by a helper that does
// as it should and by those of sections, and waits for the session.
func session(t *testing.T, sections string, names ...string) (*running, *far, *helper) {
	t.Helper()
	good, p := piped(t, "good"), farPeer(t, 2)
	d := launch(t, good.section+sections+p.section(listens(append(names, "good")...)))
	p.up()
	return d, p, good
}

// works shows that the daemon serves its other helper and its peer, and that it
// ends when it is asked to.
func works(d *running, p *far, good *helper) {
	d.t.Helper()
	good.says("announce " + route(60000))
	p.hearsOf(told(60000))
	d.signal(syscall.SIGTERM)
	p.hearsOf("3 0602")
	d.ends()
}

// It writes commands without an end and reads no reply.
func TestHelperFloodsAndNeverReads(t *testing.T) {
	d, p, good := session(t, script(t, "flood", "exec yes 'show neighbor extensive'"), "flood")
	d.logs("process started", "flood")
	works(d, p, good)
}

// It reads nothing, where more than its pipe holds is to be told to it: others
// go on.
func TestHelperStopsReading(t *testing.T) {
	mute := script(t, "mute", "exec tail -f /dev/null")
	d, p, good := session(t, mute, "mute")
	for n := range 2000 {
		good.says("announce " + route(n))
	}
	p.hearsOf(told(1999))
	works(d, p, good)
}

// It writes half a line, and the rest when the other helper has been served.
func TestHelperWritesHalfALine(t *testing.T) {
	half := piped(t, "half")
	d, p, good := session(t, half.section, "half")
	_, err := half.pipe.WriteString("announce route 10.9.0.1/32 next-h")
	require.NoError(t, err)
	good.says("announce " + route(2))
	p.hearsOf(told(2))
	half.says("op 192.0.2.1")
	p.hearsOf(told(1)) // the line as a whole
	works(d, p, good)
}

// It is killed while it writes a line: half a command is no command, here one
// that would be valid by itself. What it said before counts.
func TestHelperIsKilledWithinALine(t *testing.T) {
	torn := script(t, "torn", "echo announce "+route(1)+"; printf 'announce route 10.9.0.0/16 next-hop 192.0.2.9'; kill -9 $$", "respawn false;")
	d, p, good := session(t, torn, "torn")
	d.logs("process signal: killed", "torn")
	p.hearsOf(told(1))
	good.says("announce " + route(2))
	for m := ""; !strings.Contains(m, told(2)); m = p.hears() {
		require.NotContains(t, m, "100A09", "10.9.0.0/16 was never said to the end")
	}
	works(d, p, good)
}

// A program that ends well may leave its last line without a newline.
func TestHelperEndsWithoutANewline(t *testing.T) {
	d, p, good := session(t, script(t, "brief", "printf 'announce "+route(1)+"'", "respawn false;"), "brief")
	p.hearsOf(told(1))
	works(d, p, good)
}

// Its last words are a thousand commands, of which it awaits no reply.
func TestHelperWritesAThousandLinesAndExits(t *testing.T) {
	const lines = 1000
	last := script(t, "last", fmt.Sprintf(
		`i=0; while [ $i -lt %d ]; do echo "announce route 10.9.$((i/256)).$((i%%256))/32 next-hop 192.0.2.1"; i=$((i+1)); done`, lines), "respawn false;")
	d, p, good := session(t, last, "last")
	left := map[string]bool{}
	for n := range lines {
		left[told(n)] = true
	}
	for len(left) > 0 {
		m := p.hears()
		require.NotEqual(t, "closed", m, "%d routes are missing", len(left))
		for ; len(m) > 10; m = m[:len(m)-10] {
			if delete(left, m[len(m)-10:]); !strings.HasPrefix(m[len(m)-10:], "200A09") {
				break
			}
		}
	}
	d.logs("process ended", "last")
	works(d, p, good)
}

// It dies at once, each time: it is left alone after five more lives.
func TestHelperDiesAtOnce(t *testing.T) {
	d, p, good := session(t, script(t, "stillborn", "exit 3"), "stillborn")
	d.logs("the process ends too often, it stays down", "stillborn")
	require.Equal(t, 6, d.logged("exit status 3", "stillborn"), strings.Join(d.seen, "\n"))
	works(d, p, good)
}

// It closes its input and goes on talking: what it says counts.
func TestHelperClosesItsInput(t *testing.T) {
	pipe := piped(t, "deaf")
	d, p, good := session(t, script(t, "deaf", "exec cat "+pipe.pipe.Name()+" <&-"), "deaf")
	for n := range 20 {
		pipe.says("announce " + route(n))
		p.hearsOf(told(n))
	}
	works(d, p, good)
}

// It does not end when it is asked to, nor does its own child: all of the
// process group are gone when the daemon is. They hold a pipe open that ends
// with the last of them.
func TestHelperIgnoresSIGTERM(t *testing.T) {
	alive, section := stubborn(t)
	d, p, good := session(t, section, "stubborn")
	words := bothUp(t, alive)
	works(d, p, good)
	_, err := words.ReadByte()
	require.ErrorIs(t, err, io.EOF, "a process of the helper outlived the daemon")
}

// The same of a helper that a reload ended just before.
func TestHelperThatIsRemovedIgnoresSIGTERM(t *testing.T) {
	alive, section := stubborn(t)
	d, p, good := session(t, section, "stubborn")
	words := bothUp(t, alive)
	d.configure(good.section + p.section(listens("good")))
	d.signal(syscall.SIGUSR1)
	d.logs("no longer configured", "stubborn")
	works(d, p, good)
	_, err := words.ReadByte()
	require.ErrorIs(t, err, io.EOF, "a process of the helper outlived the daemon")
}

// stubborn is a helper whose two processes ignore SIGTERM and hold a pipe open.
func stubborn(t *testing.T) (pipe, section string) {
	t.Helper()
	pipe = filepath.Join(t.TempDir(), "alive")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	return pipe, script(t, "stubborn", "exec 9>"+pipe+
		"\ntrap '' TERM\nsh -c 'echo up >&9; while :; do sleep 1; done' &\necho up >&9\nwhile :; do sleep 1; done")
}

// bothUp waits for both processes; what it returns ends with the last of them.
func bothUp(t *testing.T, pipe string) *bufio.Reader {
	t.Helper()
	f, err := os.Open(pipe) // waits for the helper
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	require.NoError(t, f.SetReadDeadline(time.Now().Add(patience)))
	words := bufio.NewReader(f)
	for range 2 {
		word, err := words.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "up\n", word)
	}
	return words
}
