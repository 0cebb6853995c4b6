package checks

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "name.address.invalid",
	Severity: report.Error,
	Title:    "the IP address is not in canonical form",
	Means:    "An IP identifier has to be a plain address in its shortest form (RFC 8738 §3): four numbers up to 255 without leading zeros, or IPv6 as RFC 5952 writes it, without brackets and without a zone.",
	Causes: []string{
		"the address is meant for internal use",
		"the address was typed by hand",
	},
	FixBy: Client,
	Fixes: append([]Fix{
		{For: "your app", Text: "ask for the address in its shortest form", Snippet: "acmecheck {host}", When: func(in *In) bool { return in.canonical() != "" }},
	}, notPublicHere()...),
	Again:   "acmecheck {target}",
	Sources: []string{"https://www.rfc-editor.org/rfc/rfc8738#section-3", rfcOrder, paIP + "; va/http.go newValidationRecord"},
	Masks:   []string{"name.suffix.unknown"},
	Detect: func(in *In) []Found {
		id := in.bare()
		_, zone, _ := strings.Cut(id, "%")
		switch {
		case in.namedWrong(policy.RuleNameSuffix) && !in.isAddress() && numbered(id):
			return in.misnamed(id, "not an address", fmt.Sprintf("%s looks like an address and is none", id))
		case !in.namedWrong(policy.RuleZone, policy.RuleAddressForm):
			return nil
		case zone != "":
			return in.misnamed("%"+zone, "a zone", fmt.Sprintf("%s has a zone, which means something on one machine only", id))
		case in.canonical() != "":
			return with(in.misnamed(id, "", fmt.Sprintf("%s is to be written %s", id, in.canonical())), map[string]string{"host": in.canonical()})
		}
		return in.misnamed(id, "", fmt.Sprintf("%s is not an address a CA can connect to", id))
	},
})

// canonical is the address in its shortest form, if that is another and can be
// certified.
func (in *In) canonical() string {
	a := in.Given.Identifier.Addr()
	if !a.IsValid() || a.Zone() != "" || a.String() == string(in.Given.Identifier) {
		return ""
	}
	return a.String()
}

// isAddress reports that the identifier, or what follows its "*.", is an
// address.
func (in *In) isAddress() bool {
	return probes.Identifier(in.bare()).IsIP()
}

// numbered reports a name whose last label is a number, as no domain has it.
func numbered(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	return last != "" && strings.Contains(name, ".") && !strings.ContainsFunc(last, func(r rune) bool { return r < '0' || r > '9' })
}
