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

// The rules of the dns methods.
const (
	RuleNotDNS           Rule = "target.method.address"
	RuleTXTMissing       Rule = "dns01.txt.missing"
	RuleTXTMismatch      Rule = "dns01.txt.mismatch"
	RulePersistMissing   Rule = "dnspersist01.record.missing"
	RulePersistMalformed Rule = "dnspersist01.record.malformed"
	RulePersistAccount   Rule = "dnspersist01.account.mismatch"
	RulePersistPolicy    Rule = "dnspersist01.policy.no-wildcard"
	RulePersistExpired   Rule = "dnspersist01.record.expired"
)

// The rules of tls-alpn-01.
const (
	RuleNoFallback     Rule = "tlsalpn01.ipv6.only"
	RuleCertMissing    Rule = "tlsalpn01.cert.missing"
	RuleProtocol       Rule = "tlsalpn01.protocol.missing"
	RuleSelfSigned     Rule = "tlsalpn01.cert.not-self-signed"
	RuleExtensions     Rule = "tlsalpn01.cert.extension"
	RuleSAN            Rule = "tlsalpn01.cert.wrong-san"
	RuleNotCritical    Rule = "tlsalpn01.cert.not-critical"
	RuleExtensionValue Rule = "tlsalpn01.cert.extension-value"
	RuleDigest         Rule = "tlsalpn01.cert.digest"
)

// The rules of CAA and of the corroboration.
const (
	RuleCAALookup    Rule = "caa.lookup.failed"
	RuleCAATruncated Rule = "caa.lookup.truncated"
	RuleCAACritical  Rule = "caa.critical.unknown"
	RuleCAAMalformed Rule = "caa.record.malformed"
	RuleCAAIssuer    Rule = "caa.issuer.forbidden"
	RuleCAAAccount   Rule = "caa.account.forbidden"
	RuleCAAMethod    Rule = "caa.method.forbidden"
	RuleQuorum       Rule = "vantage.quorum.missed"
	RuleRIR          Rule = "vantage.rir.missing"
	RuleTooFew       Rule = "vantage.remote.too-few"
)
