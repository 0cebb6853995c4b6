package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "caa.record.malformed",
	Severity: report.Error,
	Title:    "the CAA record for this CA is malformed",
	Means:    "What follows the CA's name are pairs tag=value, with a semicolon before each. A value has no spaces. One slip makes the record void, and a void record permits nobody.",
	Causes: []string{
		"a space after a comma, a doubled semicolon or a parameter without a value",
	},
	FixBy: DNSAdmin,
	Fixes: []Fix{
		{For: "DNS", Text: "write the record like this", Snippet: caaHere},
	},
	Again:   "acmecheck {target}",
	Sources: []string{rfcCAA + "#section-4.2", docsCAA, vaCAA + " parseCAARecord"},
	Masks:   []string{"caa.issuer.forbidden", "caa.issuer.spelling"},
	Detect: func(in *In) []Found {
		if !in.caaUnnamed() {
			return nil
		}
		void := slices.DeleteFunc(in.caaRelevant(), func(r caaRecord) bool { return !in.ours(r) || policy.ReadIssue(r.Value).Bad == "" })
		if len(void) == 0 {
			return nil
		}
		r := void[0]
		return []Found{{
			Subject: r.owner, Certainty: report.Certain, Args: in.caaArgs(r.owner, in.rewritten(r, readable(r.Value))),
			Say:      fmt.Sprintf("%s names this CA but cannot be read: %s", in.place(r), slipWords(r.Value)),
			Evidence: shownAll(void, "makes it void", firstSlip),
		}}
	},
})

// pairs are what follows the issuer in a value.
func pairs(value string) []string { return strings.Split(value, ";")[1:] }

// slipped reports a pair that makes a record void. A lone empty one does not,
// so each is read beside another.
func slipped(pair string) bool { return policy.ReadIssue("x;"+pair+";a=b").Bad != "" }

// firstSlip is the part that cannot be read; of an empty one, the semicolons.
func firstSlip(r caaRecord) string {
	all := pairs(r.Value)
	i := slices.IndexFunc(all, slipped)
	switch {
	case i < 0:
		return r.Value
	case strings.TrimSpace(all[i]) != "":
		return strings.TrimSpace(all[i])
	case i+1 < len(all):
		return ";" + all[i] + ";"
	}
	return r.Value[strings.LastIndexByte(r.Value, ';'):]
}

// slipWords says why.
func slipWords(value string) string {
	for _, pair := range pairs(value) {
		if slipped(pair) && strings.TrimSpace(pair) == "" {
			return "there is a semicolon too many"
		}
	}
	return policy.ReadIssue(value).Bad
}

// readable are the parameters of a value without what cannot be in them.
func readable(value string) []policy.Parameter {
	var out []policy.Parameter
	for _, pair := range pairs(value) {
		tag, v, ok := strings.Cut(pair, "=")
		v = strings.Map(func(c rune) rune {
			if c < 0x21 || c > 0x7e {
				return -1
			}
			return c
		}, v)
		if ok && v != "" && !slipped(tag+"="+v) {
			out = append(out, policy.Parameter{Tag: strings.TrimSpace(tag), Value: v})
		}
	}
	return out
}
