package explain

// This file explains what the CA has against an account or a request as such
// (Boulder wfe2/wfe.go, wfe2/verify.go).

var accountEntries = []Entry{
	{
		ID: "account-unknown", Type: "accountDoesNotExist",
		Codes: []string{"acme.account.refused"},
		Says: []Pattern{
			{Text: `Account "{account}" not found`, Wording: Today},
			{Text: "No account exists with the provided key", Wording: Today},
			{Text: "No registration exists matching provided key", Wording: Older},
		},
		Means:  "The CA does not know the account that the client uses.",
		Causes: []string{"An account of another environment is used: staging and production have separate accounts.", "The client was restored from an old backup, or its files were mixed up."},
		Run:    runAny,
	},
	{
		ID: "account-status", Type: "unauthorized",
		Codes:  []string{"acme.account.refused"},
		Says:   []Pattern{{Text: `Account is not valid, has status "{state:quoted}"`, Wording: Today}},
		Means:  "The account was deactivated or revoked and can no longer be used.",
		Causes: []string{"Somebody deactivated it; that cannot be undone. The client has to register a new account."},
		Run:    runAny,
	},
	{
		ID: "account-other", Type: "unauthorized",
		Codes: []string{"acme.account.refused"},
		Says: []Pattern{
			{Text: "User account ID doesn't match account ID in authorization", Wording: Today},
			{Text: "Account ID doesn't match ID for authorization", Wording: Today},
			{Text: "Request signing key did not match account key", Wording: Today},
		},
		Means:  "The request is signed by another account than the one that the order belongs to.",
		Causes: []string{"The client changed its account in the middle, or its files were mixed up."},
		Run:    runAny,
	},
	{
		ID: "account-terms", Type: "malformed",
		Codes:  []string{"acme.account.refused"},
		Says:   []Pattern{{Text: "must agree to terms of service", Wording: Today}},
		Means:  "The client did not agree to the CA's terms in its registration.",
		Causes: []string{"A setting of the client (agree to the terms of service) is missing."},
		Run:    runAny,
	},
	{
		ID: "account-contact", Type: "invalidContact",
		Codes: []string{"acme.account.refused"},
		Says: []Pattern{
			{Text: "Error validating contact(s) :: {why}", Wording: Today},
			{Text: "Error creating new account :: contact email {why}", Wording: Older},
			{Text: "invalid contact domain", Wording: Older},
			{Text: "contact email has forbidden domain", Wording: Older},
		},
		Means:  "The CA does not accept the account's e-mail address.",
		Causes: []string{"A placeholder is left in the client's configuration (admin@example.com).", "The address has a typo or something other than an address in it."},
		Run:    runAny,
	},
	{
		ID: "bad-nonce", Type: "badNonce",
		Codes: []string{"acme.problem.other"},
		Says: []Pattern{
			{Text: "JWS has an invalid anti-replay nonce", Wording: Today},
			{Text: "JWS has no anti-replay nonce", Wording: Today},
			{Text: "JWS has a malformed anti-replay nonce", Wording: Older},
		},
		Means:    "The request used a one-time number that the CA no longer accepts; clients get a new one and try again by themselves.",
		Causes:   []string{"The client waited long between two requests.", "A proxy between client and CA answers from its cache."},
		Misleads: "One of these in a log is normal and not why an order failed.",
		Run:      runAny,
	},
	{
		ID: "bad-key", Type: "badPublicKey",
		Codes:  []string{"acme.account.refused"},
		Says:   []Pattern{{Text: "invalid request signing key: {why}", Wording: Today}, {Text: "certificate public key must be different than account key", Wording: Today}},
		Means:  "The CA does not accept this key.",
		Causes: []string{"The key is too short, of an unusual kind, known to be compromised, or used for both account and certificate."},
		Run:    runAny,
	},
	{
		ID: "bad-csr", Type: "badCSR",
		Codes: []string{"acme.problem.other"},
		Says: []Pattern{
			{Text: "unable to parse CSR: {why}", Wording: Today},
			{Text: "invalid public key in CSR", Wording: Today},
			{Text: "signature algorithm not supported", Wording: Today, Plain: true},
			{Text: "invalid signature on CSR", Wording: Today},
			{Text: "CSR contains one or more email address fields", Wording: Today},
			{Text: "CSR contains one or more URI fields", Wording: Today},
			{Text: "CSR contains IP address in Common Name", Wording: Today},
			{Text: "at least one identifier is required", Wording: Today, Plain: true},
		},
		Means:  "The CA does not accept the certificate request that the client made.",
		Causes: []string{"The request was made by hand or by an old tool, with fields, keys or signatures a public CA does not take."},
		Run:    runAny,
	},
	{
		ID: "directory-unreachable", Type: "",
		Codes: []string{"acme.directory.unreachable", "local.clock.skewed"},
		Says:  []Pattern{{Text: `Get "{directory}": {why}`, Wording: Today}, {Text: `Post "{directory}": {why}`, Wording: Today}},
		Means: "The client could not reach the CA at all; this is the client's own error and says nothing about the site.",
		Causes: []string{
			"No DNS or no outbound HTTPS from where the client runs (a container, a proxy, an outbound firewall).",
			"The machine's clock or its list of root certificates is out of date.",
		},
		Run: runAny,
	},
	{
		ID: "acme-v1", Type: "unauthorized",
		Codes:  []string{"acme.problem.other"},
		Says:   []Pattern{{Text: "Account creation on ACMEv1 is disabled", Wording: Older}},
		Means:  "The client speaks the first version of ACME, which the CA switched off in 2021.",
		Causes: []string{"A client that has not been updated for years."},
		Run:    runAny,
	},
}
