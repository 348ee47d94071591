//go:build !linux

package live

import (
	"errors"
	"net/netip"
	"syscall"

	"github.com/peerloom/peerloom/speaker"
)

type option struct{}

func dialOptions(netip.Addr, *speaker.Socket) []option { return []option{{}} }
func connOptions(netip.Addr, *speaker.Socket) []option { return []option{{}} }
func listenOptions([]speaker.SocketKey) []option       { return []option{{}} }
func withoutKeys([]speaker.SocketKey) []option         { return nil }
func waiting(syscall.RawConn) int                      { return 0 }
func apply(syscall.RawConn, []option) error {
	return errors.New("source-interface, the ttl and md5 directives and tcp-ao need Linux")
}
