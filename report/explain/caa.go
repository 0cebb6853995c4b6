package explain

// This file explains CAA (RFC 8659, RFC 8657; Boulder va/caa.go). The CA looks
// at CAA only after the validation itself has passed.

var caaEntries = []Entry{
	{
		ID: "caa-forbidden", Type: "caa",
		Codes: []string{"caa.issuer.forbidden", "caa.method.forbidden", "caa.account.forbidden", "caa.critical.unknown", "caa.issuer.spelling", "caa.record.malformed"},
		Says: []Pattern{
			{Text: "CAA record for {found:host} prevents issuance", Wording: Today},
		},
		Means: "The CAA records at that name do not let this CA issue for yours. The validation itself had passed.",
		Causes: []string{
			"The records name other CAs only, perhaps put there by the DNS provider or a CDN.",
			"A wildcard is ordered and issuewild names other CAs only.",
			"The record allows another validation method or another ACME account.",
			`The CA's name is written in upper case or with a final dot; it has to be "letsencrypt.org" exactly.`,
			"A record with the critical flag is of a kind that the CA does not know.",
		},
		Misleads: "The record may stand at a parent name, and several rules share this one sentence: the wrong method or account is said in the same words.",
		Run:      runCAA,
	},
	{
		ID: "caa-truncated", Type: "dns",
		Codes:  []string{"caa.lookup.truncated"},
		Says:   []Pattern{{Text: "DNS problem: response was truncated looking up CAA for {found:host}", Wording: Today}},
		Means:  "The answer to the CAA look-up was cut off, and the CA does not act on half of it.",
		Causes: []string{"There are too many CAA records, or very long ones, and TCP port 53 is blocked."},
		Run:    runCAA,
	},
	{
		ID: "caa-top-level", Type: "dns",
		Codes:    []string{"caa.lookup.failed", "dns.name.nxdomain"},
		Says:     []Pattern{{Text: "DNS problem: {rcode:nxdomain} looking up CAA for {found:host}{hint}", Wording: Today}},
		Means:    "The look-up of CAA records says that the name does not exist, and the CA takes that for an error at a top-level domain only.",
		Causes:   []string{"The name's last label is no real top-level domain.", "A name server or resolver on the way gives wrong answers."},
		Misleads: "Missing CAA records are never a problem: no CAA record means every CA may issue.",
		Run:      runCAA,
	},
	{
		ID: "caa-lookup", Type: "dns",
		Codes: []string{"caa.lookup.failed", "dns.answer.servfail", "dns.answer.timeout", "dnssec.chain.bogus"},
		Says: []Pattern{
			{Text: "DNS problem: {rcode} looking up CAA for {found:host}{hint}", Wording: Today},
			{Text: "DNS problem: query timed out looking up CAA for {found:host}", Wording: Today},
			{Text: "DNS problem: query timed out (and was canceled) looking up CAA for {found:host}", Wording: Today},
			{Text: "DNS problem: server failure at resolver looking up CAA for {found:host}", Wording: Today},
			{Text: "DNS problem: networking error looking up CAA for {found:host}", Wording: Older},
		},
		Means: "The CA has to look up CAA records before it issues, and the name servers gave no usable answer to that. The validation itself had passed.",
		Causes: []string{
			"A name server, or a box in front of it, does not know the CAA record type and fails in place of answering that there is none.",
			"DNSSEC is broken at this name or above it.",
			"Some of the name servers are down or not reachable for the CA.",
		},
		Misleads: "You need no CAA record. What is needed is an answer, even the answer that there is none, for the name and for its parents.",
		Run:      runCAA,
	},
	{
		ID: "caa-recheck", Type: "caa",
		Codes:  []string{"caa.issuer.forbidden", "caa.lookup.failed"},
		Says:   []Pattern{{Text: `Rechecking CAA for "{name}" and {number} more identifiers failed. Refer to sub-problems for more information`, Wording: Today}},
		Means:  "The validations were some hours old, so the CA looked at CAA again before it issued, and several names failed.",
		Causes: []string{"CAA records were added or changed after the validation.", "The name servers failed at that moment."},
		Run:    runCAA,
	},
}
