// plays: rib

package p

import "fmt"

func wrong() int { panic("later") } // want unfinished

func right(n int) { panic(fmt.Sprintf("rib: %d routes told, none wanted", n)) }

func also(n int) int {
	if n < 0 {
		panic("negative")
	}
	return n
}
