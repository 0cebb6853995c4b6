package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

// It names no cause, and yet is no generic check: what our own look foresaw may
// be another refusal than the CA's, and must not hide it. It keeps back by
// itself where something better explains the CA's words.
var _ = register(Check{
	Code:     "acme.problem.other",
	Severity: report.Error,
	Title:    "the CA refuses for another reason",
	Means:    "The CA has refused, and nothing that was seen from here explains it. Its own text says more.",
	FixBy:    Client,
	Fixes: []Fix{
		{For: "the ACME client", Text: "have the client's log explained: what the CA says in the end may follow from an earlier failure", Snippet: "acmecheck explain < client.log"},
	},
	Again:   "acmecheck rehearse {name} --ca staging",
	Sources: []string{rfcErrors},
	Detect: func(in *In) []Found {
		why, p := in.refusal()
		if why != unexplained {
			return nil
		}
		o := *in.Options.Order
		evidence := []report.Evidence{o.exchanged(o.refusing())}
		if arrived, ok := in.arrivals(); ok && o.Sent {
			evidence = append(evidence, arrived)
		}
		return one(string(in.Given.Identifier), fmt.Sprintf("the CA %s (%s)", o.refuses(), p.Short()), evidence...)
	},
})

// refuses is what a CA does that ends an order with a problem.
func (o Order) refuses() string {
	switch o.Stage {
	case "order":
		return "refuses the order"
	case "challenge", "authorization", "poll":
		return "is not satisfied with the challenge"
	case "finalize":
		return "refuses to issue"
	case "certificate":
		return "does not hand the certificate out"
	}
	return "refuses"
}
