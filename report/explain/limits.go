package explain

// This file explains rate limits (Boulder ratelimits/limiter.go). The numbers
// come from the CA's text; they differ between CAs and environments.

const (
	inTheLast = " in the last {in}, retry after {retry}"
	oldIn     = " in the last {hours:digits} hours"
)

var limitEntries = []Entry{
	{
		ID: "limit-failures", Type: "rateLimited",
		Codes: []string{"acme.limit.reached"},
		Says: []Pattern{
			{Text: `too many failed authorizations ({number}) for "{name}"` + inTheLast, Wording: Today},
			{Text: "too many failed authorizations recently", Wording: Older},
		},
		Means:    "Validation of this name failed so often for this account that the CA takes no more attempts for now.",
		Causes:   []string{"A client that tries again and again while the real fault persists."},
		Misleads: "This is not the fault itself: find the text of the validation that failed, earlier in the log. Each further attempt counts.",
		Run:      runAny,
	},
	{
		ID: "limit-same-set", Type: "rateLimited",
		Codes: []string{"acme.limit.reached"},
		Says: []Pattern{
			{Text: "too many certificates ({number}) already issued for this exact set of identifiers" + inTheLast, Wording: Today},
			{Text: "too many certificates ({number}) already issued for this exact set of domains" + inTheLast, Wording: Older},
			{Text: "too many certificates ({number}) already issued for this exact set of domains" + oldIn + ": {names:word}: see", Wording: Older},
			{Text: "too many certificates ({number}) already issued for this exact set of domains" + oldIn, Wording: Older},
			{Text: "too many certificates already issued for exact set of domains: {names:word}: see", Wording: Older},
			{Text: "too many certificates already issued for exact set of domains", Wording: Older},
		},
		Means: "Certificates for exactly these names were issued several times lately, and the CA gives no further copy for now.",
		Causes: []string{
			"The client's storage is lost at every start (a container without a volume), so it orders anew.",
			"Several machines each order the same certificate.",
			"Somebody tried things out on the production CA; staging is there for that.",
		},
		Run: runAny,
	},
	{
		ID: "limit-domain", Type: "rateLimited",
		Codes: []string{"acme.limit.reached"},
		Says: []Pattern{
			{Text: `too many certificates ({number}) already issued for "{domain:quoted}"` + inTheLast, Wording: Today},
			{Text: "too many certificates already issued for: {domain:word}: see", Wording: Older},
			{Text: "too many certificates already issued for: {domain:word}", Wording: Older},
		},
		Means:  "Many new certificates were issued lately for names under this registered domain, and the limit is reached.",
		Causes: []string{"A certificate for each of many subdomains.", "The domain is shared with strangers (dynamic DNS, a hosting provider's domain) who use the limit up."},
		Run:    runAny,
	},
	{
		ID: "limit-orders", Type: "rateLimited",
		Codes: []string{"acme.limit.reached"},
		Says: []Pattern{
			{Text: "too many new orders ({number}) from this account" + inTheLast, Wording: Today},
			{Text: "too many new orders recently", Wording: Older},
		},
		Means:  "This account has placed too many orders lately.",
		Causes: []string{"Certificates on demand for any name that is asked for.", "A client in a loop."},
		Run:    runAny,
	},
	{
		ID: "limit-registrations", Type: "rateLimited",
		Codes: []string{"acme.limit.reached"},
		Says: []Pattern{
			{Text: "too many new registrations ({number}) from this IP address" + inTheLast, Wording: Today},
			{Text: "too many new registrations ({number}) from this /48 subnet of IPv6 addresses" + inTheLast, Wording: Today},
			{Text: "too many registrations for this IP range", Wording: Older},
			{Text: "too many registrations for this IP", Wording: Older},
		},
		Means:  "Too many new accounts were made from this address lately.",
		Causes: []string{"The client does not keep its account key and registers anew at every run."},
		Run:    runAny,
	},
	{
		ID: "limit-pending", Type: "rateLimited",
		Codes:  []string{"acme.limit.reached"},
		Says:   []Pattern{{Text: "too many currently pending authorizations", Wording: Older}},
		Means:  "The account has too many authorizations that were begun and never finished.",
		Causes: []string{"A client that starts orders and breaks off."},
		Run:    runAny,
	},
	{
		ID: "account-paused", Type: "rateLimited",
		Codes: []string{"acme.account.paused"},
		Says: []Pattern{
			{Text: "Your account is temporarily prevented from requesting certificates for {names:list} and possibly others. Please visit: {unpause:word}", Wording: Today},
			{Text: "Your account is temporarily prevented from requesting certificates for", Wording: Today},
		},
		Means:    "This account failed for these names so long and so often that the CA has paused it for them, until somebody opens the link in the text.",
		Causes:   []string{"A forgotten machine or certificate that keeps trying for a name that no longer leads to it."},
		Misleads: "Opening the link ends the pause but mends nothing: if the fault is still there, the next attempts fail as before.",
		Run:      runAny,
	},
	{
		ID: "service-busy", Type: "rateLimited",
		Codes:    []string{"acme.directory.unreachable"},
		Says:     []Pattern{{Text: "Service busy; retry later", Wording: Today}},
		Means:    "The CA is busy and turned the request away.",
		Causes:   []string{"Many clients renew at the same moment, often on the full hour."},
		Misleads: "It comes as a rate limit, but no limit of yours is reached: order again in an hour, not on the full hour.",
		Run:      runAny,
	},
	{
		ID: "limit-other", Type: "rateLimited",
		Codes:  []string{"acme.limit.reached"},
		Says:   []Pattern{{Text: "too many {what:list} ({number}) {where:list}" + inTheLast, Wording: Today}},
		Means:  "A limit of the CA is reached; the text says which, and from when on to try again.",
		Causes: []string{"A client in a loop, or many machines at once."},
		Run:    runAny,
	},
}
