// plays: speaker/child

package p

import (
	_ "math/rand/v2"
	_ "net" // want purity
	_ "net/netip"
	_ "os"   // want purity
	_ "sync" // want purity
	_ "time"
)
