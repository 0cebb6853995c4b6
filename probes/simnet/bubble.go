package simnet

// The clock of a bubble stands still while anything runs and jumps when all
// wait, so a world with a ten-second time-out is over in milliseconds. This is
// the only file of the program that imports testing: synctest has no other
// door. TestBubbleInABinary guards that it opens without one, since a zero
// testing.T is no documented contract.

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// Bubble runs f under a simulated clock that starts at the given time, which
// must not be before 2000-01-01. Everything f starts must have ended when it
// returns. If the clock cannot be had, f runs in real time and Bubble returns
// false. A panic of f passes through.
func Bubble(at time.Time, f func(ctx context.Context)) (simulated bool) {
	var caught any
	started, panicked := false, false
	func() {
		defer func() {
			if r := recover(); r != nil && !panicked {
				if started {
					panic(r)
				}
			}
		}()
		synctest.Test(new(testing.T), func(*testing.T) {
			started = true
			defer func() {
				if caught = recover(); caught != nil {
					panicked = true
				}
			}()
			time.Sleep(time.Until(at))
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			f(ctx)
		})
	}()
	if panicked {
		panic(caught)
	}
	if !started {
		f(context.Background())
	}
	return started
}
