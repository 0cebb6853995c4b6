package checks

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.character.invalid",
	Severity: report.Error,
	Title:    "a character that no certificate name may have",
	Means:    "A name in a certificate consists of letters a to z in lower case, digits and hyphens, in labels separated by dots. A label neither starts nor ends with a hyphen.",
	Causes: []string{
		"the name of a service (_sip._tcp), a container or a Windows machine, which may have an underscore in DNS",
		"an international name that was not converted to its ASCII form (xn--)",
		"a port, a path, a space or a stray hyphen came along with the name",
	},
	FixBy: Client,
	Fixes: []Fix{
		{For: "your app", Text: "host names of services may have an underscore, certificate names may not: name the host behind it", Snippet: "acmecheck {host}", When: ofService},
		{For: "DNS", Text: "give the host a second name, with hyphens in place of underscores", Snippet: "acmecheck {host}", When: func(in *In) bool { return underscored(in) && !ofService(in) && in.nearest() != "" }},
		{For: "your app", Text: "ask for the host name alone, in its ASCII form and in lower case", Snippet: "acmecheck {host}", When: func(in *In) bool { return !underscored(in) && in.nearest() != "" }},
		{For: "your app", Text: "ask for a name of letters, digits, hyphens and dots alone", When: func(in *In) bool { return in.nearest() == "" }},
	},
	Again:   "acmecheck {target}",
	Sources: []string{rfcOrder, paNames + "; va/http.go newValidationRecord"},
	Masks:   []string{"name.suffix.unknown", "dns.name.nxdomain", "dns.name.no-address", "dns.answer.malformed"},
	Detect: func(in *In) []Found {
		char, label := oddRune(in), in.blamed(policy.RuleNameCharacter)
		va := char != "" && in.namedWrong(policy.RuleSuffix, policy.RuleUnsendable, policy.RulePath, policy.RuleHostEmpty, policy.RuleLookup)
		switch {
		case in.Given.Identifier.IsIP(), !va && !in.namedWrong(policy.RuleNameCharacter):
			return nil
		case char == "":
			return in.misnamed(label, "a hyphen at the edge", fmt.Sprintf("a label must not start or end with a hyphen, and %q does", label))
		}
		return with(in.misnamed(char, "not allowed", oddSay(in, char)), map[string]string{"host": in.nearest()})
	},
})

func underscored(in *In) bool { return oddRune(in) == "_" }

// ofService reports the name of a service, whose first label begins with an
// underscore (RFC 8552).
func ofService(in *In) bool { return strings.HasPrefix(in.bare(), "_") && in.nearest() != "" }

// oddRune is the first character that no certificate name may have, or "".
func oddRune(in *In) string {
	for _, r := range in.bare() {
		if !hostRune(r) {
			return string(r)
		}
	}
	return ""
}

func oddSay(in *In, char string) string {
	id, r := string(in.Given.Identifier), []rune(char)[0]
	switch {
	case r == '_':
		return fmt.Sprintf("%q has an underscore, which no certificate name may have", id)
	case r >= 0x80 && in.nearest() != "":
		return fmt.Sprintf("%q is not in its ASCII form, %s", id, in.nearest())
	case unicode.IsUpper(r):
		return fmt.Sprintf("%q is not in lower case", id)
	}
	return fmt.Sprintf("%q has %q, which no certificate name may have", id, char)
}
