package explain

// This file explains look-ups that fail (Boulder bdns/problem.go). What
// concerns CAA records alone is in caa.go.

var dnsEntries = []Entry{
	{
		ID: "dns-nxdomain", Type: "dns",
		Codes: []string{"dns.name.nxdomain"},
		Says: []Pattern{
			{Text: "DNS problem: {rcode:nxdomain} looking up {rrtype:address} for {host}{hint}", Wording: Today},
			{Text: "lookup {host}: no such host", Wording: Pebble, Plain: true},
			{Text: `Get "{url:token}": dial tcp: lookup {host} on {resolver:word}: no such host`, Wording: Pebble},
		},
		Means:  "The name does not exist in the public DNS.",
		Causes: []string{"A typo in the name, or the record was never created.", "The record exists only in an internal DNS server (split DNS).", "The domain has expired or is not delegated.", "The record was created moments ago and not all name servers have it yet."},
		Run:    runTarget,
	},
	{
		ID: "dns-nxdomain-txt", Type: "dns",
		Codes: []string{"dns01.txt.missing", "dns01.name.doubled", "dns01.name.elsewhere", "dns.cname.dangling", "dns01.name.account-label"},
		Says:  []Pattern{{Text: "DNS problem: {rcode:nxdomain} looking up TXT for {host}{hint}", Wording: Today}},
		Means: "The name that should hold the challenge's TXT record does not exist.",
		Causes: []string{
			"The record was not written, was written and already removed, or has not reached all name servers.",
			"It was written at another name: with the zone twice, without the underscore, or on the domain itself.",
			"The challenge name is a CNAME whose target does not exist.",
			"The client writes to another provider or zone than the one the domain is delegated to.",
		},
		Run: runDNS,
	},
	{
		ID: "dns-servfail", Type: "dns",
		Codes: []string{"dns.answer.servfail", "dnssec.chain.bogus", "dns.cname.loop", "dns.server.mangles-case", "dns.tcp.blocked"},
		Says: []Pattern{
			{Text: "DNS problem: {rcode:servfail} looking up {rrtype:address} for {host}{hint}", Wording: Today},
			{Text: `could not resolve URL "{url}"`, Wording: Pebble},
		},
		Means: "The CA's resolver could not get a usable answer from the domain's name servers.",
		Causes: []string{
			"DNSSEC is broken (an old DS record at the registrar, expired signatures).",
			"The name servers are down, do not serve the zone, or are not reachable for the CA.",
			"A CNAME chain runs in a circle.",
			"A name server mangles upper and lower case, or needs TCP and does not answer on it.",
		},
		Misleads: `"Nameservers may be malfunctioning" is a guess of the CA; a DNSSEC fault at the registrar looks the same.`,
		Run:      runTarget,
	},
	{
		ID: "dns-refused", Type: "dns",
		Codes:  []string{"dns.answer.refused", "dns.delegation.lame"},
		Says:   []Pattern{{Text: "DNS problem: {rcode:refused} looking up {rrtype:address} for {host}{hint}", Wording: Today}},
		Means:  "The name servers refuse to answer for this name.",
		Causes: []string{"The domain is delegated to servers that do not serve its zone (any more).", "The server answers to certain networks only.", "The zone was suspended at the provider."},
		Run:    runTarget,
	},
	{
		ID: "dns-rcode", Type: "dns",
		Codes:  []string{"dns.answer.refused"},
		Says:   []Pattern{{Text: "DNS problem: {rcode} looking up {rrtype:address} for {host}{hint}", Wording: Today}},
		Means:  "The look-up ended with a DNS error.",
		Causes: []string{"A faulty or outdated name server, or a box in front of it that meddles with DNS."},
		Run:    runTarget,
	},
	{
		ID: "dns-timeout", Type: "dns",
		Codes: []string{"dns.answer.timeout", "dns.tcp.blocked", "dns.delegation.lame"},
		Says: []Pattern{
			{Text: "DNS problem: query timed out looking up {rrtype:address} for {host}", Wording: Today},
			{Text: "DNS problem: query timed out (and was canceled) looking up {rrtype:address} for {host}", Wording: Today},
		},
		Means:  "The name servers did not answer in time.",
		Causes: []string{"Some or all name servers are down or slow.", "A firewall in front of them drops queries from abroad, or drops TCP port 53 while the answer needs it.", "The delegation names servers that are gone."},
		Run:    runTarget,
	},
	{
		ID: "dns-resolver", Type: "dns",
		Codes:    []string{"dns.answer.large", "dns.answer.servfail"},
		Says:     []Pattern{{Text: "DNS problem: server failure at resolver looking up {rrtype} for {host}", Wording: Today}},
		Means:    "The CA could not ask its own resolver, or could not read the answer.",
		Causes:   []string{"A passing fault at the CA.", "The name cannot be asked for at all: a label is longer than 63 bytes or the name longer than 253.", "The answer is too large to be sent."},
		Misleads: "It usually is a fault at the CA; if it comes back at every attempt, look at the name and at the size of its records.",
		Run:      runTarget,
	},
	{
		ID: "dns-networking", Type: "dns",
		Codes:  []string{"dns.answer.servfail", "dns.answer.timeout"},
		Says:   []Pattern{{Text: "DNS problem: networking error looking up {rrtype} for {host}", Wording: Older}},
		Means:  "The CA's resolver could not be asked, or could not reach the name servers.",
		Causes: []string{"The name servers do not answer the CA.", "A passing fault at the CA."},
		Run:    runTarget,
	},
	{
		ID: "dns-no-address", Type: "dns",
		Codes: []string{"dns.name.no-address", "dns.address.private"},
		Says: []Pattern{
			{Text: "no valid {rrtype:address} records found for {host}", Wording: Today},
			{Text: "No valid IP addresses found for {host}", Wording: Older},
		},
		Means: "The name exists, but has no address that the CA would connect to.",
		Causes: []string{
			"The name has neither an A nor an AAAA record.",
			"All its addresses are private or otherwise reserved (10.x, 192.168.x, fd00::): the CA leaves those out.",
			"The wrong name is in the order, for instance the bare domain where only www has addresses.",
		},
		Misleads: "The same sentence is said when there are addresses, but only private or reserved ones.",
		Run:      runTarget,
	},
	{
		ID: "dnssec-expired", Type: "dns",
		Codes: []string{"dnssec.signature.expired"},
		Says: []Pattern{
			{Text: "DNS problem: looking up {rrtype} for {host}: DNSSEC: Signature Expired", Wording: Today},
			{Text: "DNS problem: looking up {rrtype} for {host}: DNSSEC: Signature Expired: {why}", Wording: Today},
		},
		Means:  "A DNSSEC signature of the zone has expired, so the CA trusts nothing in it.",
		Causes: []string{"The signer stopped running, or its keys are gone.", "A secondary name server no longer gets updates and serves an old copy.", "The signer's clock is wrong."},
		Run:    runTargetDeep,
	},
	{
		ID: "dnssec", Type: "dns",
		Codes: []string{"dnssec.chain.bogus", "dnssec.signature.expired"},
		Says: []Pattern{
			{Text: "DNS problem: looking up {rrtype} for {host}: DNSSEC: {why}", Wording: Today},
		},
		Means: "The name's DNSSEC chain does not hold, so the CA trusts no answer.",
		Causes: []string{
			"The DS record at the registrar does not belong to the zone's keys, often after a change of provider.",
			"DNSSEC was switched off at the provider and not at the registrar.",
			"Records or signatures are missing or were changed by a proxy in front of the name server.",
		},
		Run: runTargetDeep,
	},
	{
		ID: "dns-authority", Type: "dns",
		Codes: []string{"dns.answer.servfail", "dns.answer.timeout", "dns.delegation.lame"},
		Says: []Pattern{
			{Text: "DNS problem: looking up {rrtype} for {host}: No Reachable Authority", Wording: Today},
			{Text: "DNS problem: looking up {rrtype} for {host}: No Reachable Authority: {why}", Wording: Today},
			{Text: "DNS problem: looking up {rrtype} for {host}: Network Error between Resolver and Authority", Wording: Today},
			{Text: "DNS problem: looking up {rrtype} for {host}: Network Error between Resolver and Authority: {why}", Wording: Today},
			{Text: "DNS problem: looking up {rrtype} for {host}: Not Authoritative", Wording: Today},
			{Text: "DNS problem: looking up {rrtype} for {host}: Not Authoritative: {why}", Wording: Today},
		},
		Means:  "None of the zone's name servers gave the CA's resolver an answer that counts.",
		Causes: []string{"The name servers are down, or a firewall keeps the CA's queries out.", "The domain is delegated to servers that do not serve the zone."},
		Run:    runTargetDeep,
	},
	{
		ID: "dns-extended", Type: "dns",
		Codes:    []string{"dns.answer.servfail", "dns.answer.refused"},
		Says:     []Pattern{{Text: "DNS problem: looking up {rrtype} for {host}: {why}", Wording: Today}},
		Means:    "The look-up failed, and the CA passes on the reason its resolver gave.",
		Causes:   []string{"The reason is behind the last colon; it comes from the resolver or from a name server."},
		Misleads: "The plain DNS error (SERVFAIL, REFUSED and so on) is left out once there is such a reason.",
		Run:      runTargetDeep,
	},
}
