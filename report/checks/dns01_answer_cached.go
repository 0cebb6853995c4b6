package checks

import (
	"fmt"

	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:      "dns01.answer.cached",
	Severity:  report.Warning,
	Unsettles: true,
	Title:     "the resolver asked here has an old answer",
	Means:     "Every name server of the zone gives the value; the resolver remembers what they said before. The CA asks through a resolver of its own, which remembers for a minute at most.",
	Causes: []string{
		"the name was looked up before the record was made, and that there was none is remembered too",
	},
	FixBy: Nobody,
	Fixes: []Fix{
		{For: "DNS", Text: "look again when the answer has run out, or through a resolver that has not been asked before", Snippet: "acmecheck {target} --expect-txt {value} --resolver ADDRESS"},
	},
	Again:   "acmecheck {target} --expect-txt {value}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc2308#section-5", vaDNS},
	Detect: func(in *In) []Found {
		if !in.cached() {
			return nil
		}
		_, l := in.txt()
		found := one(in.delegation().Name, fmt.Sprintf("every name server gives the value, but the resolver %s has an old answer", l.Resolver), append([]report.Evidence{in.found()}, in.byServer()...)...)
		found[0].Settle = "acmecheck {target} --expect-txt {value} --resolver ADDRESS    of a resolver that was not asked before"
		return found
	},
})
