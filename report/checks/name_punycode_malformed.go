package checks

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.punycode.malformed",
	Severity: report.Error,
	Title:    "the punycode is malformed or not NFC",
	Means:    "A label that starts with xn-- has to decode to Unicode in its normal form (NFC): one name, one spelling.",
	Causes: []string{
		"the label was made by hand, or by a converter that does not normalise",
		"a program's own prefix or hash happens to start with xn--",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "convert the name again from how people write it", Snippet: "acmecheck {host}", When: func(in *In) bool { return in.normalised() != "" }},
		{For: "DNS", Text: "use the name as its registrar writes it, or one that does not start with xn--", When: func(in *In) bool { return in.normalised() == "" }},
	},
	Again:   "acmecheck {target}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc5891#section-4.2", paNames},
	Detect: func(in *In) []Found {
		if !in.namedWrong(policy.RulePunycode) {
			return nil
		}
		label := in.blamed(policy.RulePunycode)
		if u := decoded(label); u != "" {
			say := fmt.Sprintf("the label %s decodes to %s, which is not in its normal form", label, u)
			return with(in.misnamed(label, report.Text(u), say), map[string]string{"host": in.normalised()})
		}
		return in.misnamed(label, "does not decode", fmt.Sprintf("the label %s is no punycode: it does not decode", label))
	},
})

// decoded is the Unicode form of an A-label; "" if it has none.
func decoded(label string) string {
	u, err := idna.Punycode.ToUnicode(label)
	if err != nil || u == label {
		return ""
	}
	return u
}

// normal is the A-label of a label as people write it; "" if it has none.
func normal(u string) string {
	t, err := probes.ParseTarget("all@" + u)
	if err != nil {
		return ""
	}
	return string(t.Identifier)
}

// normalised is the identifier with the label to blame in its normal form; ""
// if it has none.
func (in *In) normalised() string {
	labels := strings.Split(in.bare(), ".")
	if i := slices.Index(labels, in.blamed(policy.RulePunycode)); i >= 0 {
		labels[i] = normal(decoded(labels[i]))
		if hostName(labels[i]) {
			return strings.Join(labels, ".")
		}
	}
	return ""
}
