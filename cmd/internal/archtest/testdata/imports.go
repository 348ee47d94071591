// plays: rib

package p

import (
	"fmt"

	"github.com/peerloom/peerloom/codec"
	_ "github.com/peerloom/peerloom/speaker" // want imports
	_ "pgregory.net/rapid"                   // want imports
)

var _ codec.Family
var _ = fmt.Sprint
