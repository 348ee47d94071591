package capture

import (
	"io"
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/gopacket/gopacket/reassembly"

	"github.com/peerloom/peerloom/codec"
)

// port is where BGP speakers listen (RFC 4271 §8.2.1).
const port = 179

// Bounds of what waits for missing packets, in pages of about 2 KB.
const (
	maxPages           = 1 << 16
	maxPagesConnection = 1 << 12
)

// juniperEthernet is a link type of routers that capture themselves: a header
// with extensions stands before the Ethernet frame.
const juniperEthernet layers.LinkType = 178

// withoutJuniper takes that header off: a magic number of three octets, flags,
// of which the highest bit says that a length and extensions follow.
func withoutJuniper(data []byte) []byte {
	const head, extended = 4, 0x80
	if len(data) < head+2 || string(data[:3]) != "MGC" {
		return data
	}
	if data[3]&extended == 0 {
		return data[head:]
	}
	return data[min(len(data), head+2+int(data[4])<<8+int(data[5])):]
}

// packets is what both formats of packet captures give.
type packets interface {
	ReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

func readPcap(src *source, yield func(*Record) bool) {
	r, err := pcapgo.NewReader(src)
	if err != nil {
		yield(&Record{Err: err})
		return
	}
	(&conversations{src: src, yield: yield}).read(r, func(gopacket.CaptureInfo) gopacket.Decoder { return r.LinkType() })
}

func readPcapNG(src *source, yield func(*Record) bool) {
	r, err := pcapgo.NewNgReader(src, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true})
	if err != nil {
		yield(&Record{Err: err})
		return
	}
	(&conversations{src: src, yield: yield}).read(r, func(ci gopacket.CaptureInfo) gopacket.Decoder {
		if len(ci.AncillaryData) > 0 {
			if link, ok := ci.AncillaryData[0].(layers.LinkType); ok {
				return link
			}
		}
		return r.LinkType()
	})
}

// conversations are the TCP connections of a capture.
type conversations struct {
	src     *source
	yield   func(*Record) bool
	stopped bool
	packet  int64 // number of the packet, from 1: what Offset counts in a capture
}

func (c *conversations) read(r packets, link func(gopacket.CaptureInfo) gopacket.Decoder) {
	pool := reassembly.NewStreamPool(c)
	a := reassembly.NewAssembler(pool)
	a.MaxBufferedPagesTotal, a.MaxBufferedPagesPerConnection = maxPages, maxPagesConnection
	for !c.stopped {
		data, ci, err := r.ReadPacketData()
		if err != nil {
			if err != io.EOF { //nolint:errorlint // the readers give it bare
				c.give(&Record{Offset: c.packet + 1, Err: err})
			}
			break
		}
		c.packet++
		as := link(ci)
		if as == juniperEthernet {
			data, as = withoutJuniper(data), layers.LinkTypeEthernet
		}
		p := gopacket.NewPacket(data, as, gopacket.DecodeOptions{NoCopy: true})
		tcp, ok := p.Layer(layers.LayerTypeTCP).(*layers.TCP)
		if net := p.NetworkLayer(); ok && net != nil && (tcp.SrcPort == port || tcp.DstPort == port) {
			a.AssembleWithContext(net.NetworkFlow(), tcp, &context{ci})
		}
	}
	if !c.stopped {
		a.FlushAll()
	}
}

func (c *conversations) give(r *Record) {
	if !c.stopped {
		c.stopped = !c.yield(r)
	}
}

// context is what the assembler is told of a packet.
type context struct{ info gopacket.CaptureInfo }

// GetCaptureInfo is when and how long.
func (c *context) GetCaptureInfo() gopacket.CaptureInfo { return c.info }

// New begins a connection.
func (c *conversations) New(network, transport gopacket.Flow, _ *layers.TCP, _ reassembly.AssemblerContext) reassembly.Stream {
	k := &connection{all: c, talk: newTalk(c.src.settings.Options)}
	k.ends[0] = endpoint(network.Src(), transport.Src())
	k.ends[1] = endpoint(network.Dst(), transport.Dst())
	return k
}

func endpoint(host, service gopacket.Endpoint) netip.AddrPort {
	a, _ := netip.AddrFromSlice(host.Raw())
	b := service.Raw()
	return netip.AddrPortFrom(a.Unmap(), uint16(b[0])<<8|uint16(b[1]))
}

// connection is one TCP connection, both ways.
type connection struct {
	all     *conversations
	ends    [2]netip.AddrPort // client, server: as the assembler calls them
	streams [2]stream
	talk    talk
}

// Accept takes every packet: a capture may begin in the middle of a connection.
func (k *connection) Accept(_ *layers.TCP, _ gopacket.CaptureInfo, _ reassembly.TCPFlowDirection, _ reassembly.Sequence, start *bool, _ reassembly.AssemblerContext) bool {
	*start = true
	return true
}

// ReassembledSG takes octets in the order of the stream.
func (k *connection) ReassembledSG(sg reassembly.ScatterGather, _ reassembly.AssemblerContext) {
	dir, _, _, skip := sg.Info()
	from := 0
	if dir == reassembly.TCPDirServerToClient {
		from = 1
	}
	n, _ := sg.Lengths()
	data := sg.Fetch(n)
	info := gopacket.CaptureInfo{}
	if n > 0 {
		info = sg.CaptureInfo(0)
	}
	each := func(f found) bool {
		r := &Record{Offset: k.all.packet, Time: info.Timestamp.UTC(), From: k.ends[from], To: k.ends[1-from], Message: f.message, Err: f.err}
		r.Options = k.talk.heard(from, f.message)
		k.all.give(r)
		return !k.all.stopped
	}
	s := &k.streams[from]
	if skip > 0 && !s.gap(skip, each) {
		return
	}
	s.write(data, each)
}

// ReassemblyComplete ends a connection.
func (k *connection) ReassemblyComplete(reassembly.AssemblerContext) bool {
	for from := range k.streams {
		k.streams[from].end(func(f found) bool {
			k.all.give(&Record{Offset: k.all.packet, From: k.ends[from], To: k.ends[1-from], Err: f.err})
			return false
		})
	}
	return true
}

// talk is what both ends said in their OPENs, as far as it was heard.
type talk struct {
	usual codec.Options
	open  [2]*codec.Open
	read  [2]codec.Options // of what the end says
}

func newTalk(usual codec.Options) talk {
	return talk{usual: usual, read: [2]codec.Options{usual, usual}}
}
