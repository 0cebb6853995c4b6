package main

import "sync"

// atOnce is how many targets are looked at at the same time.
const atOnce = 8

// inParallel calls f for 0 to n-1, several at a time, and waits for all.
func inParallel(n int, f func(i int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			f(i)
		})
	}
	wg.Wait()
}
