package check_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
)

func TestFiltersDelayARefresh(t *testing.T) {
	for _, x := range []struct {
		orf  []byte
		asks bool
	}{
		{nil, true}, {[]byte{1, 64, 0, 2, 0, 9}, true}, {[]byte{1, 64, 0, 0, 65, 0, 0}, true}, {[]byte{2, 64, 0, 2, 0, 9}, false},
		{[]byte{1}, false}, {[]byte{1, 64, 0, 3, 0, 9}, false}, {[]byte{1, 64, 0, 1, 9, 64}, false},
	} {
		msg := codec.AppendRouteRefresh(nil, codec.RouteRefresh{Family: codec.IPv4Unicast, ORF: x.orf})
		require.Equal(t, x.asks, check.AsksForRoutes(msg), "%x", x.orf)
	}
}
