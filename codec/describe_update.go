package codec

import "fmt"

// describeUpdate is one line for a framed UPDATE.
func describeUpdate(msg []byte, _ *Options) string {
	return fmt.Sprintf("UPDATE of %d octets", len(msg))
}
