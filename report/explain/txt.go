package explain

// This file explains dns-01 and dns-account-01 (Boulder va/dns.go; Pebble
// va/va.go).

// ofAccount is what dns-account-01 adds.
const ofAccount = ` (account: "{account}")`

var txtEntries = []Entry{
	{
		ID: "txt-none", Type: "unauthorized",
		Codes: []string{"dns01.txt.missing", "dns01.name.doubled", "dns01.name.elsewhere", "dns01.servers.lagging"},
		Says: []Pattern{
			{Text: "No TXT record found at {host}", Wording: Today},
			{Text: "No TXT record found at {host}" + ofAccount, Wording: Today},
			{Text: "No TXT records found for DNS challenge", Wording: Pebble},
		},
		Means: "The challenge name exists, but the CA found no TXT record there.",
		Causes: []string{
			"The record was not written, was already removed, or has not reached all name servers.",
			"It was written at a neighbouring name (the zone twice, or without the underscore).",
			"The client does not wait long enough after writing.",
		},
		Run: runDNS,
	},
	{
		ID: "txt-key-authorization", Type: "unauthorized",
		Codes: []string{"dns01.txt.not-hashed"},
		Says: []Pattern{
			{Text: `Incorrect TXT record "{got:keyauth}" found at {host}`, Wording: Today},
			{Text: `Incorrect TXT record "{got:keyauth}" found at {host}` + ofAccount, Wording: Today},
			{Text: `Incorrect TXT record "{got:keyauth}" (and {number} more) found at {host}`, Wording: Today},
			{Text: `Incorrect TXT record "{got:keyauth}" (and {number} more) found at {host}` + ofAccount, Wording: Today},
		},
		Means:  "The TXT record holds what looks like a key authorization; dns-01 wants its SHA-256 digest, base64url-encoded, in 43 characters.",
		Causes: []string{"A script or hook writes the value that is meant for http-01."},
		Run:    runDNS,
	},
	{
		ID: "txt-other-value", Type: "unauthorized",
		Codes: []string{"dns01.txt.replaced", "dns01.servers.disagree", "dns01.servers.lagging", "dns01.txt.stale", "dns01.txt.mismatch"},
		Says: []Pattern{
			{Text: `Incorrect TXT record "{got:digest}" found at {host}`, Wording: Today},
			{Text: `Incorrect TXT record "{got:digest}" found at {host}` + ofAccount, Wording: Today},
			{Text: `Incorrect TXT record "{got:digest}" (and {number} more) found at {host}`, Wording: Today},
			{Text: `Incorrect TXT record "{got:digest}" (and {number} more) found at {host}` + ofAccount, Wording: Today},
		},
		Means: "The TXT record holds what looks like a challenge value, and none there is the one that this challenge demands.",
		Causes: []string{
			"An old value is still there: the new one was not written, or the name server asked does not have it yet.",
			"A second order or machine overwrote it. A domain and its wildcard need two values at the same time.",
			"The client does not wait long enough after writing.",
		},
		Run: runDNSDeep,
	},
	{
		ID: "txt-incorrect", Type: "unauthorized",
		Codes: []string{"dns01.txt.malformed", "dns01.txt.mismatch", "dns01.txt.stale", "dns01.servers.lagging"},
		Says: []Pattern{
			{Text: `Incorrect TXT record "{got}" found at {host}`, Wording: Today},
			{Text: `Incorrect TXT record "{got}" found at {host}` + ofAccount, Wording: Today},
			{Text: `Incorrect TXT record "{got}" (and {number} more) found at {host}`, Wording: Today},
			{Text: `Incorrect TXT record "{got}" (and {number} more) found at {host}` + ofAccount, Wording: Today},
			{Text: "Correct value not found for DNS challenge", Wording: Pebble},
		},
		Means: "There is a TXT record at the challenge name, and none there is the value that this challenge demands, character for character.",
		Causes: []string{
			"The value was entered with quotes, spaces or padding around it, or was cut off.",
			"It is a record of another kind (SPF, a site verification) that a wildcard or CNAME put there.",
			"The new value was not written, or the name server asked does not have it yet.",
		},
		Misleads: "Only the first record is shown, cut at 100 bytes; the order of records means nothing.",
		Run:      runDNS,
	},
	{
		ID: "txt-identifier", Type: "malformed",
		Codes: []string{"target.method.address"},
		Says: []Pattern{
			{Text: "Identifier type for DNS-01 challenge was not DNS", Wording: Today},
			{Text: "Identifier type for DNS-ACCOUNT-01 challenge was not DNS", Wording: Today},
			{Text: "Identifier type for DNS-PERSIST-01 challenge was not DNS", Wording: Today},
		},
		Means:  "An IP address cannot be validated through DNS records.",
		Causes: []string{"The client uses a dns method for an IP address; http-01 and tls-alpn-01 work for those."},
		Run:    runAny,
	},
	{
		ID: "challenge-type", Type: "malformed",
		Codes: []string{"target.method.not-offered"},
		Says: []Pattern{
			{Text: "invalid challenge type {type:word}", Wording: Today},
			{Text: `challenge type "{type:quoted}" no longer allowed`, Wording: Today},
		},
		Means:  "The CA does not offer this challenge type, or has switched it off.",
		Causes: []string{"The client uses a method that is new, experimental or retired at this CA."},
		Run:    runAny,
	},
	{
		ID: "txt-lookup-pebble", Type: "unauthorized",
		Codes:  []string{"dns01.txt.missing", "dns.answer.servfail"},
		Says:   []Pattern{{Text: `Error retrieving TXT records for DNS challenge ("{why:quoted}")`, Wording: Pebble}},
		Means:  "The test CA could not look the TXT record up.",
		Causes: []string{"The name does not exist, or the DNS server that the test CA uses fails."},
		Run:    runDNS,
	},
}
