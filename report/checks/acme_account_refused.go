package checks

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

var _ = register(Check{
	Code:     "acme.account.refused",
	Severity: report.Error,
	Title:    "the account is unknown, deactivated or lacks EAB",
	Means:    "The CA refuses the account, so it has not looked at the name. An account belongs to one directory: staging and production have separate ones. Some CAs want it tied to a customer as well, by a key of theirs (external account binding, EAB).",
	FixBy:    Client,
	Fixes: []Fix{
		{For: "the ACME client", Text: "use the account that was made at this directory, or have a new one made", When: accountIs("unknown")},
		{For: "the ACME client", Text: "have a new account made; a deactivated one does not come back", When: accountIs("deactivated")},
		{For: "the ACME client", Text: "get a key ID and an HMAC key from the CA's customer pages, and give them to the client (external account binding)", When: accountIs("binding")},
		{For: "the ACME client", Text: "do what the CA asks for, in a browser", Snippet: "{url}", When: accountIs("action")},
		{For: "the ACME client", Text: "give the account an e-mail address of yours, or none", When: accountIs("contact")},
		{For: "the ACME client", Text: "have a new account made, with another key", When: accountIs("key")},
		{For: "the ACME client", Text: "do what the CA's text says, or have a new account made", When: accountIs("other")},
	},
	Again:   "acmecheck rehearse {name} --ca staging",
	Sources: []string{rfcErrors, "boulder wfe2/verify.go"},
	Detect: func(in *In) []Found {
		why, p := in.refusal()
		if why != ofAccount {
			return nil
		}
		o := in.order()
		kind := accountTrouble(p, o.Stage)
		f := one(o.ca(), accountSays[kind](p), o.exchanged(o.refusing()))
		f[0].Args = map[string]string{"url": cmp.Or(p.Instance, "the page that the CA's text names")}
		for _, c := range accountCauses[kind] {
			f[0].Causes = append(f[0].Causes, report.Cause{Certainty: report.Likely, Text: c})
		}
		return f
	},
})

func accountIs(kind string) func(*In) bool {
	return func(in *In) bool {
		_, p := in.refusal()
		return p != nil && accountTrouble(p, in.Options.Order.Stage) == kind
	}
}

var accountSays = map[string]func(*probes.ACMEProblem) string{
	"unknown": func(*probes.ACMEProblem) string { return "the CA does not know the account" },
	"deactivated": func(p *probes.ACMEProblem) string {
		return "the account has been " + cmp.Or(inactive(p), "deactivated") + " and can no longer be used"
	},
	"binding": func(*probes.ACMEProblem) string {
		return "the CA wants the account bound to a customer's (external account binding)"
	},
	"action":  func(*probes.ACMEProblem) string { return "the CA wants a person to do something first" },
	"contact": func(*probes.ACMEProblem) string { return "the CA does not accept the account's contact address" },
	"key":     func(*probes.ACMEProblem) string { return "the CA does not accept the account's key" },
	"other":   func(p *probes.ACMEProblem) string { return "the CA refuses the account (" + p.Short() + ")" },
}

var accountCauses = map[string][]string{
	"unknown":     {"the account is of another CA, or of its staging environment", "the account was restored from an old backup"},
	"deactivated": {"somebody deactivated the account, which cannot be undone"},
	"binding":     {"the key ID and the HMAC key are missing, or not of this customer"},
	"action":      {"the terms of service have changed"},
}

// accountTypes are the problem types that are about the account alone.
var accountTypes = map[string]string{
	"accountDoesNotExist": "unknown", "externalAccountRequired": "binding", "userActionRequired": "action",
	"invalidContact": "contact", "invalidEmail": "contact", "unsupportedContact": "contact",
	"badPublicKey": "key", "badSignatureAlgorithm": "key",
}

// accountTrouble is what a CA has against the account; empty: nothing. An
// unauthorized account has to be told from an unauthorized name (RFC 8555 §6.7
// has one type for both).
func accountTrouble(p *probes.ACMEProblem, stage string) string {
	kind := accountTypes[p.Short()]
	switch {
	case kind == "key" && stage == "finalize": // the certificate's key
		return ""
	case kind != "":
		return kind
	case inactive(p) != "":
		return "deactivated"
	case strings.Contains(p.Detail, "must agree to terms of service"):
		return "action"
	case stage == "account", p.Short() == "unauthorized" && stage == "order":
		return "other"
	}
	return ""
}

var badStatus = regexp.MustCompile(`Account is not valid, has status "(deactivated|revoked)"`)

// inactive is an account's status, where the CA names that (Boulder wfe2/verify.go).
func inactive(p *probes.ACMEProblem) string {
	if m := badStatus.FindStringSubmatch(p.Detail); m != nil {
		return m[1]
	}
	return ""
}
