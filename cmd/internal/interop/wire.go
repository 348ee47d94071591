//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/peerloom/peerloom/cmd/internal/capture"
	"github.com/peerloom/peerloom/codec"
)

// Addresses of the two ends.
const (
	ourIPv4, theirIPv4 = "10.99.0.1", "10.99.0.2"
	ourIPv6, theirIPv6 = "fd99::1", "fd99::2"
	ourAS, theirAS     = 65001, 65002
)

// wire is the cable between the daemon and the peer. It keeps every frame, so
// that what was said is known from neither end's word; and it can hold frames
// back, which is how two ends are made to dial at once.
type wire struct {
	us, them, mid string // namespaces
	ends          [2]int // sockets
	closed        atomic.Bool

	mu     sync.Mutex
	frames []frame
	hold   func(f frame) bool // nil: nothing is held
	held   []func()
}

// frame is one Ethernet frame, as it was seen.
type frame struct {
	at   time.Time
	ours bool // sent by our daemon's end
	data []byte
}

// passed notes a frame and sends it on, or keeps it for [wire.release].
func (w *wire) passed(at time.Time, data []byte, ours bool, send func([]byte)) {
	f := frame{at, ours, data}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frames = append(w.frames, f)
	if w.hold != nil && w.hold(f) {
		w.held = append(w.held, func() { send(data) })
		return
	}
	send(data)
}

// holdBack keeps the frames that f picks from now on.
func (w *wire) holdBack(f func(frame) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hold = f
}

// release sends what was held, and holds nothing more.
func (w *wire) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hold = nil
	for _, send := range w.held {
		send()
	}
	w.held = nil
}

// mark is a place in what was seen.
func (w *wire) mark() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.frames)
}

// since returns the frames after a mark.
func (w *wire) since(mark int) []frame {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.frames[mark:])
}

// pcap is a packet capture of frames.
func pcap(frames []frame) *bytes.Buffer {
	var file bytes.Buffer
	p := pcapgo.NewWriter(&file)
	_ = p.WriteFileHeader(1<<16, layers.LinkTypeEthernet) // a Buffer takes everything
	for _, f := range frames {
		_ = p.WritePacket(gopacket.CaptureInfo{Timestamp: f.at, CaptureLength: len(f.data), Length: len(f.data)}, f.data)
	}
	return &file
}

// message is a BGP message that was seen.
type message struct {
	ours bool
	capture.Record
}

func (m *message) kind() codec.MessageType { return codec.MessageType(m.Message[18]) }

// messages returns what was said after a mark, in the order of each direction.
// The streams are put together from the start, so a mark may lie anywhere.
func (w *wire) messages(mark int) []message {
	frames := w.since(0)
	if mark >= len(frames) {
		return nil
	}
	after := frames[mark].at.Truncate(time.Microsecond) // as pcap has it
	us4, us6 := netip.MustParseAddr(ourIPv4), netip.MustParseAddr(ourIPv6)
	var all []message
	_ = capture.Read(pcap(frames), capture.Settings{}, func(r *capture.Record) bool {
		if r.Err == nil && !r.Time.Before(after) {
			rec := *r
			rec.Message = bytes.Clone(r.Message)
			all = append(all, message{r.From.Addr() == us4 || r.From.Addr() == us6, rec})
		}
		return true
	})
	return all
}

// segment is what the checks look at in a TCP segment over IPv4.
type segment struct {
	ttl      uint8
	from, to uint16
	syn, ack bool
	signed   bool // has the MD5 option (RFC 2385 §3.0)
	payload  int
}

// tcp reads a frame; false where it is no TCP over IPv4 (RFC 9293 §3.1).
func (f frame) tcp() (segment, bool) {
	const ethernet, ipv4, protocolTCP = 14, 0x0800, 6
	d := f.data
	if len(d) < ethernet+20 || binary.BigEndian.Uint16(d[12:]) != ipv4 || d[ethernet+9] != protocolTCP {
		return segment{}, false
	}
	p := d[ethernet:]
	header, total := int(p[0]&15)*4, int(binary.BigEndian.Uint16(p[2:]))
	if len(p) < header+20 || len(p) < total {
		return segment{}, false
	}
	t := p[header:total]
	offset := int(t[12]>>4) * 4
	if offset < 20 || offset > len(t) {
		return segment{}, false
	}
	return segment{
		signed: signed(t[20:offset]),
		ttl:    p[8], from: binary.BigEndian.Uint16(t), to: binary.BigEndian.Uint16(t[2:]),
		syn: t[13]&2 != 0, ack: t[13]&16 != 0, payload: len(t) - offset,
	}, true
}

// signed reports whether TCP options have kind 19, an MD5 digest.
func signed(options []byte) bool {
	const end, nop, md5 = 0, 1, 19
	for len(options) > 0 {
		switch {
		case options[0] == md5:
			return true
		case options[0] == nop:
			options = options[1:]
		case options[0] == end || len(options) < 2 || options[1] < 2 || int(options[1]) > len(options):
			return false
		default:
			options = options[options[1]:]
		}
	}
	return false
}
