package policy

// A Rule names what ended a validation. Where a rule has a code of its own in
// the catalogue, the two are spelled alike.
type Rule string

// The rules of a policy.
const (
	RuleAccepted       Rule = ""
	RuleLookup         Rule = "dns.lookup"        // neither family gave an address
	RuleFault          Rule = "net.fault"         // the request failed; see Fault
	RuleUnsendable     Rule = "http01.unsendable" // the URL cannot be requested
	RuleScheme         Rule = "http01.redirect.scheme"
	RulePort           Rule = "http01.redirect.port"
	RulePath           Rule = "http01.redirect.path-too-long"
	RuleHostEmpty      Rule = "http01.redirect.host-empty"
	RuleZone           Rule = "http01.redirect.zone"
	RuleReserved       Rule = "http01.redirect.reserved-ip"
	RuleSuffix         Rule = "http01.redirect.not-public"
	RuleLocation       Rule = "http01.redirect.location"
	RuleMissingSlash   Rule = "http01.redirect.missing-slash"
	RuleLoop           Rule = "http01.redirect.loop"
	RuleTooMany        Rule = "http01.redirect.too-many"
	RuleRedirectStatus Rule = "http01.redirect.status"
	RuleStatus         Rule = "http01.response.status"
	RuleTooLong        Rule = "http01.response.too-long"
	RuleBrokenOff      Rule = "http01.response.broken-off"
	RuleMismatch       Rule = "http01.response.mismatch"
)
