// Command bubble shows that a plain binary can have a simulated clock.
package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/acmecheck/acmecheck/probes/simnet"
)

func main() {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var began time.Time
	var took time.Duration
	simulated := simnet.Bubble(at, func(ctx context.Context) {
		began = time.Now().UTC()
		ctx, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		<-ctx.Done()
		took = time.Since(began)
	})
	fmt.Println(simulated, began.Format(time.RFC3339), took, flag.Lookup("test.v") == nil)
}
