package explain

// This file explains dns-persist-01 (Boulder va/dns.go).

const persistRecord = `DNS-PERSIST-01 challenge TXT record with issuer-domain-name "{issuer:quoted}": `

var persistEntries = []Entry{
	{
		ID: "persist-none", Type: "unauthorized",
		Codes:  []string{"dnspersist01.record.missing"},
		Says:   []Pattern{{Text: "No TXT record found for DNS-PERSIST-01 challenge", Wording: Today}},
		Means:  "There is no TXT record at _validation-persist under the name.",
		Causes: []string{"The record was not created, or not at exactly this name: the CA does not look at parent names.", "Not all name servers have it yet."},
		Run:    runPersist,
	},
	{
		ID: "persist-other-issuer", Type: "unauthorized",
		Codes:  []string{"dnspersist01.record.missing"},
		Says:   []Pattern{{Text: "No valid TXT record found for DNS-PERSIST-01 challenge", Wording: Today}},
		Means:  "There are TXT records at _validation-persist, but none is for this CA.",
		Causes: []string{"The record names another CA, or its issuer is misspelled.", "The record is of another kind."},
		Run:    runPersist,
	},
	{
		ID: "persist-malformed", Type: "malformed",
		Codes: []string{"dnspersist01.record.malformed"},
		Says: []Pattern{
			{Text: "Parsing " + persistRecord + `malformed persistUntil timestamp "{got}"`, Wording: Today},
			{Text: "Parsing " + persistRecord + `malformed parameter "{got}" should be tag=value pair`, Wording: Today},
			{Text: "Parsing " + persistRecord + `malformed parameter "{got}", empty tag`, Wording: Today},
			{Text: "Parsing " + persistRecord + `malformed value "{got}" for tag "{tag:quoted}"`, Wording: Today},
			{Text: "Parsing " + persistRecord + `duplicate parameter "{tag:quoted}"`, Wording: Today},
			{Text: "Parsing " + persistRecord + "{why}", Wording: Today},
			{Text: "Error parsing DNS-PERSIST-01 {why}", Wording: Pebble},
		},
		Means:  "The record is meant for this CA, but cannot be read.",
		Causes: []string{"A semicolon at the end of the record (this method does not forgive it).", "A parameter is not of the form tag=value, is in the record twice, or has a space in its value.", "The mandatory accounturi is missing."},
		Run:    runPersist,
	},
	{
		ID: "persist-account", Type: "unauthorized",
		Codes:  []string{"dnspersist01.account.mismatch"},
		Says:   []Pattern{{Text: "Checking " + persistRecord + `accounturi mismatch: expected "{expected}", got "{got}"`, Wording: Today}},
		Means:  "The persistent record allows another ACME account than the one that asks.",
		Causes: []string{"The client registered a new account (new machine, lost key), or uses the staging account.", "The account's URL was copied wrongly."},
		Run:    runPersist,
	},
	{
		ID: "persist-policy", Type: "unauthorized",
		Codes: []string{"dnspersist01.policy.no-wildcard"},
		Says: []Pattern{
			{Text: "Checking " + persistRecord + `policy mismatch: expected "{expected}", got "{got}"`, Wording: Today},
		},
		Means:  "A wildcard was ordered, and the persistent record does not say policy=wildcard.",
		Causes: []string{"The record was made for the plain name only."},
		Run:    runPersist,
	},
	{
		ID: "persist-expired", Type: "unauthorized",
		Codes:  []string{"dnspersist01.record.expired"},
		Says:   []Pattern{{Text: "Checking " + persistRecord + "validation time {when:time} is after persistUntil {until:time}", Wording: Today}},
		Means:  "The persistent record has run out: its persistUntil lies in the past.",
		Causes: []string{"The date was reached and the record not renewed.", "The timestamp was written in another unit than seconds."},
		Run:    runPersist,
	},
	{
		ID: "persist-check", Type: "unauthorized",
		Codes:  []string{"dnspersist01.record.malformed", "dnspersist01.account.mismatch"},
		Says:   []Pattern{{Text: "Checking " + persistRecord + "{why}", Wording: Today}},
		Means:  "The persistent record can be read, and does not allow this validation.",
		Causes: []string{"The reason is behind the last colon."},
		Run:    runPersist,
	},
}
