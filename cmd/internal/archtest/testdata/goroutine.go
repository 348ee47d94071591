// plays: netsim

package p

func wrong(c chan int) { // want goroutine
	go func() {}() // want goroutine
	select {       // want goroutine
	default:
	}
	c <- 1 // want goroutine
	<-c    // want goroutine
}

func right(f func()) { f() }
