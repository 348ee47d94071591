package malform_test

import (
	"fmt"

	"github.com/peerloom/peerloom/sim/malform"
)

func Example() {
	s := &malform.Session{AS: 65001, AS4: true, NextHop: [4]byte{192, 0, 2, 1}, Net: 100}
	for _, c := range malform.Cases(s) {
		switch c.Name {
		case "attribute/origin/length-0", "as-path/type-0", "nlri/announce-length-33":
			fmt.Printf("%s (%s): %v\n%x\n", c.Name, c.RFC, c.Want, c.Make()[19:])
		}
	}
	// Output:
	// attribute/origin/length-0 (RFC 7606 §7.1): treat-as-withdraw
	// 0000001340020602010000fde9400304c000020140010018c63364
	// as-path/type-0 (RFC 7606 §7.2): treat-as-withdraw
	// 0000001440010100400304c000020140020600010000fbf418c63364
	// nlri/announce-length-33 (RFC 7606 §5.3): session reset 3/10
	// 000000144001010040020602010000fde9400304c0000201210a00000000
}
