//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/peerloom/peerloom/codec"
)

func checkGTSM(l *lab) (string, error) {
	if err := l.session(settings{ttl: true}); err != nil {
		return "", err
	}
	lowest := map[bool]uint8{true: 255, false: 255}
	for _, f := range l.wire.since(l.began) {
		if s, ok := f.tcp(); ok && s.payload > 0 {
			lowest[f.ours] = min(lowest[f.ours], s.ttl)
		}
	}
	if lowest[true] != 255 || lowest[false] != 255 {
		return "", fmt.Errorf("TTL %d from us, %d from the peer", lowest[true], lowest[false])
	}
	return "every segment of both ends has TTL 255", nil
}

// checkGTSMTheirs has the peer alone ask for TTL 255: it must not hear us, who
// send 64 or 1.
func checkGTSMTheirs(l *lab) (string, error) {
	mark, err := l.staysDown(settings{hold: 90, theirTTL: true})
	if err != nil {
		return "", err
	}
	for _, f := range l.wire.since(mark) {
		if s, ok := f.tcp(); ok && f.ours && s.syn {
			return fmt.Sprintf("we dialled with TTL %d for 4 s and the peer did not come up", s.ttl), nil
		}
	}
	return "", errors.New("we did not dial")
}

// checkGTSMOurs has us alone ask for TTL 255: we must not hear the peer's answer.
func checkGTSMOurs(l *lab) (string, error) {
	mark, err := l.staysDown(settings{hold: 90, ourTTL: true})
	if err != nil {
		return "", err
	}
	lowest := uint8(255)
	for _, f := range l.wire.since(mark) {
		if s, ok := f.tcp(); ok && !f.ours {
			lowest = min(lowest, s.ttl)
		}
	}
	if lowest == 255 {
		return "", errNotOffered("it sends TTL 255 even where it is not asked to")
	}
	return fmt.Sprintf("the peer answered with TTL %d for 4 s and we did not come up", lowest), nil
}

// staysDown runs both ends with settings under which no session may come up.
func (l *lab) staysDown(s settings) (mark int, err error) {
	l.stop()
	if err := l.peer.start(s); err != nil {
		return 0, err
	}
	mark = l.wire.mark()
	if err := l.startOurs(s); err != nil {
		return 0, err
	}
	for end := time.Now().Add(4 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if l.peer.established() == nil {
			return 0, errors.New("the session came up")
		}
	}
	if p := l.peer.daemon(); p.ended() {
		return 0, errOver("the peer ended: " + p.tail())
	}
	return mark, nil
}

// md5Here asks the kernel whether it signs segments (RFC 2385).
func md5Here() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	sig := &unix.TCPMD5Sig{Keylen: uint16(len(md5Key))}
	sig.Addr.Family = unix.AF_INET
	copy(sig.Addr.Data[2:], netip.MustParseAddr(theirIPv4).AsSlice()) // after the port
	copy(sig.Key[:], md5Key)
	if err := unix.SetsockoptTCPMD5Sig(fd, unix.IPPROTO_TCP, unix.TCP_MD5SIG, sig); err != nil {
		return errNotHere("kernel without TCP_MD5SIG")
	}
	return nil
}

func checkMD5(l *lab) (string, error) {
	if err := md5Here(); err != nil {
		return "", err
	}
	if err := l.session(settings{md5: true}); err != nil {
		return "", err
	}
	segments := 0
	for _, f := range l.wire.since(l.began) {
		if s, ok := f.tcp(); ok && s.payload > 0 {
			if segments++; !s.signed {
				return "", errors.New("a segment with data is not signed")
			}
		}
	}
	return fmt.Sprintf("the session is up; all %d segments with data are signed", segments), nil
}

func checkMD5Refuses(l *lab) (string, error) {
	if err := md5Here(); err != nil {
		return "", err
	}
	mark, err := l.staysDown(settings{hold: 90, md5: true, badMD5: true})
	if err != nil {
		return "", err
	}
	for _, f := range l.wire.since(mark) {
		if s, ok := f.tcp(); ok && f.ours && s.syn && s.signed {
			return "signed with another key, we were not answered for 4 s", nil
		}
	}
	return "", errors.New("we did not dial")
}

func checkTextTo(l *lab) (string, error) {
	if err := l.session(settings{}); err != nil {
		return "", err
	}
	const text = "interop says good night"
	mark := l.wire.mark()
	if err := l.say(`teardown 2 "` + text + `"`); err != nil {
		return "", err
	}
	if _, err := l.sees(mark, "our Cease/2 with the text", cease(true, text)); err != nil {
		return "", err
	}
	var line string
	err := eventually("the peer says what it heard", func() (err error) {
		if line, err = l.peer.heard(); err == nil && !strings.Contains(line, text) {
			err = fmt.Errorf("it says %s", oneLine(line))
		}
		return err
	})
	if err != nil && line != "" {
		err = errNotOffered("the text was on the wire, and the peer shows: " + oneLine(line))
	}
	return oneLine(line), err
}

func cease(ours bool, text string) func(m *message) bool {
	return func(m *message) bool {
		return m.ours == ours && m.kind() == codec.MsgNotification && m.Message[19] == 6 && m.Message[20] == 2 &&
			bytes.Contains(m.Message, append([]byte{byte(len(text))}, text...))
	}
}

func checkTextFrom(l *lab) (string, error) {
	if err := l.session(settings{}); err != nil {
		return "", err
	}
	const text = "the peer is painting the rack"
	mark := l.wire.mark()
	if err := l.peer.shut(text); err != nil {
		return "", err
	}
	if _, err := l.sees(mark, "the peer's Cease/2 with the text", cease(false, text)); err != nil {
		return "", err
	}
	err := eventually("our event has the text", func() error {
		if _, ok := l.api.event("notification", text); !ok {
			return errors.New("no event of ours has it")
		}
		return nil
	})
	return "Cease/2 with the text came; our notification event has it", err
}

// expired picks NOTIFICATION 4/0, Hold Timer Expired (RFC 4271 §6.5).
func expired(ours bool) func(m *message) bool {
	return func(m *message) bool {
		return m.ours == ours && m.kind() == codec.MsgNotification && m.Message[19] == 4
	}
}

// checkHold stops one end as a process and waits for the other's patience to
// end; then the stopped one runs on, and the session must come back.
func checkHold(l *lab, stopped func() *process, ours bool) (string, error) {
	if err := l.session(settings{hold: 3}); err != nil {
		return "", err
	}
	mark, at := l.wire.mark(), time.Now()
	pause(stopped())
	_, err := l.sees(mark, "NOTIFICATION 4/0", expired(ours))
	took := time.Since(at)
	resume(stopped())
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("NOTIFICATION 4/0 after %.0f s of silence, the session came back", took.Seconds()), l.established()
}

func checkHoldOurs(l *lab) (string, error) {
	return checkHold(l, l.peer.daemon, true)
}

func checkHoldTheirs(l *lab) (string, error) {
	return checkHold(l, func() *process { return l.ours }, false)
}

// checkCollision holds back every SYN until both ends have dialled.
func checkCollision(l *lab) (string, error) {
	l.stop()
	mark := l.wire.mark()
	l.wire.holdBack(func(f frame) bool { s, ok := f.tcp(); return ok && s.syn && !s.ack })
	defer l.wire.release()
	s := settings{hold: 90, active: true}
	if err := l.peer.start(s); err != nil {
		return "", err
	}
	if err := l.startOurs(s); err != nil {
		return "", err
	}
	err := within(40*time.Second, "both ends dial", func() error {
		dialled := map[bool]bool{}
		for _, f := range l.wire.since(mark) {
			if s, ok := f.tcp(); ok && s.syn && s.to == 179 {
				dialled[f.ours] = true
			}
		}
		if !dialled[true] || !dialled[false] {
			return fmt.Errorf("we: %v, the peer: %v", dialled[true], dialled[false])
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	l.wire.release()
	if err := l.established(); err != nil {
		return "", err
	}
	opens := map[uint16]bool{}
	resolved := 0
	for _, m := range l.wire.messages(mark) {
		if m.kind() == codec.MsgOpen {
			opens[max(m.From.Port(), m.To.Port())] = true
		}
		if m.kind() == codec.MsgNotification && m.Message[19] == 6 && m.Message[20] == 7 {
			resolved++
		}
	}
	return fmt.Sprintf("both dialled before either was answered: OPENs on %d connections, %d × Cease/7, then one session", len(opens), resolved), nil
}

// checkRestartOurs kills our daemon and starts it again: the peer must keep the
// route all the while.
func checkRestartOurs(l *lab) (string, error) {
	s := settings{restart: true, hold: 90}
	if err := l.session(s); err != nil {
		return "", err
	}
	if has, err := l.offers(codec.CapGracefulRestart); err != nil || !has {
		return "", errNotOffered("its OPEN has no capability 64, graceful restart")
	}
	r := route{ipv4, "192.0.2.16/28"}
	words := "announce route " + r.prefix + " next-hop " + ourIPv4
	if err := l.say(words); err != nil {
		return "", err
	}
	if _, err := l.theyShow(r); err != nil {
		return "", err
	}
	time.Sleep(time.Second) // the peer's End-of-RIB and its own bookkeeping
	l.ours.kill()
	err := eventually("the peer knows that we are gone", func() error {
		if l.peer.established() == nil {
			return errors.New("it says established")
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if text, err := l.peer.show(r); err != nil || text == "" {
		return "", fmt.Errorf("while we were gone the peer did not keep the route (%v)", err)
	}
	if err := l.startOurs(s); err != nil {
		return "", err
	}
	if err := errors.Join(l.say(words), l.established()); err != nil {
		return "", err
	}
	line, err := l.theyShow(r)
	return "kept while we were killed and started again: " + line, err
}

// checkRestartTheirs kills the peer: we must keep its route until its time is
// over or it is back.
func checkRestartTheirs(l *lab) (string, error) {
	s := settings{restart: true, hold: 90}
	if err := l.session(s); err != nil {
		return "", err
	}
	open, err := l.lastOpen()
	if err != nil {
		return "", err
	}
	if g, ok := open.GracefulRestart(); !ok || len(g.Families) == 0 {
		return "", errNotOffered("its OPEN names no family that it keeps forwarding for (capability 64)")
	}
	r := route{ipv4, "198.51.100.16/28"}
	if err := l.peer.announce(r); err != nil {
		return "", err
	}
	if _, err := l.weShow(r, true); err != nil {
		return "", err
	}
	time.Sleep(time.Second)
	l.peer.daemon().signal(syscall.SIGKILL)
	err = eventually("we know that the peer is gone", func() error {
		text, err := l.api.run("show neighbor summary")
		if err == nil && strings.Contains(strings.ToLower(text), "established") {
			err = errors.New("we say established")
		}
		return err
	})
	if err != nil {
		return "", err
	}
	line, err := l.weShow(r, true)
	return "kept while the peer was gone: " + line, err
}
