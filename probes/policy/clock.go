package policy

import (
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// opDial is the Op of a fault that came while dialling.
const opDial = "dial"

// A clock is the CA's: it runs by what each step took, so that it shows the
// same over a network, over a trace, and when we looked at two things at once
// that the CA looks at one after the other.
type clock struct{ budget, spent time.Duration }

func (c *clock) left() time.Duration { return max(0, c.budget-c.spent) }

// pass adds steps that were taken at the same time.
func (c *clock) pass(steps []probes.Step) {
	var longest time.Duration
	for _, s := range steps {
		longest = max(longest, s.Took)
	}
	c.spent += longest
}
