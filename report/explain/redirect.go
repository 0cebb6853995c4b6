package explain

// This file explains redirects that the CA does not follow (Boulder
// va/http.go; the wordings changed in September 2026).

var redirectEntries = []Entry{
	{
		ID: "redirect-port", Type: "connection",
		Codes: []string{"http01.redirect.port"},
		Says: []Pattern{
			{Text: "invalid port {port}: must be 80 or 443", Wording: Today},
			{Text: "Invalid port in redirect target. Only ports 80 and 443 are supported, not {port:digits}", Wording: Older},
		},
		Means: "Your server redirects the CA to a port other than 80 and 443, and the CA follows to these two only.",
		Causes: []string{
			"Everything on port 80 is redirected to the port of an application.",
			"Port 443 belongs to another service, so the site moved to another port. The certificate will work on any port; only the validation is bound to 80 and 443.",
			"A router's own administration page answers on port 80.",
		},
		Misleads: "Taking the port out of the redirect helps only if port 443 then serves the token. It is enough to answer /.well-known/acme-challenge/ on port 80 itself and to redirect all other paths.",
		Run:      runHTTP,
	},
	{
		ID: "redirect-port-number", Type: "connection",
		Codes:  []string{"http01.redirect.port"},
		Says:   []Pattern{{Text: `invalid port "{port:quoted}": must be an integer`, Wording: Today}},
		Means:  "The port in the redirect's target is no number that the CA can read.",
		Causes: []string{"A variable in the redirect rule is expanded to something else than a port."},
		Run:    runHTTP,
	},
	{
		ID: "redirect-scheme", Type: "connection",
		Codes: []string{"http01.redirect.scheme"},
		Says: []Pattern{
			{Text: `invalid protocol scheme: only "http" and "https" are supported, not "{scheme:quoted}"`, Wording: Today},
			{Text: `Invalid protocol scheme in redirect target. Only "http" and "https" protocol schemes are supported, not "{scheme:quoted}"`, Wording: Older},
		},
		Means:  "Your server redirects to something that is neither http nor https.",
		Causes: []string{"A rewrite rule or application sends visitors to another protocol.", "A variable in the redirect rule is empty or expanded wrongly."},
		Run:    runHTTP,
	},
	{
		ID: "redirect-status", Type: "connection",
		Codes: []string{"http01.redirect.status"},
		Says: []Pattern{
			{Text: "Received disallowed redirect status code {status}", Wording: Today},
			{Text: "received disallowed redirect status code", Wording: Older},
			{Text: "Invalid response from {url}: {status:3xx}", Wording: Older},
		},
		Means:  "The answer has a redirect status that the CA does not follow; it follows 301, 302, 307 and 308 only.",
		Causes: []string{"An application answers with 303 See Other, as after a form.", "A cache answers 304 Not Modified to a request that was not conditional.", "Content negotiation answers 300 Multiple Choices."},
		Run:    runHTTP,
	},
	{
		ID: "redirect-location", Type: "connection",
		Codes:  []string{"http01.redirect.location"},
		Says:   []Pattern{{Text: "Invalid Location header in {status} redirect", Wording: Today}},
		Means:  "The answer is a redirect, but says nowhere to: its Location header is missing or empty.",
		Causes: []string{"An application or rewrite rule sets the status without a target.", "A proxy removes the Location header."},
		Run:    runHTTP,
	},
	{
		ID: "redirect-slash", Type: "connection",
		Codes: []string{"http01.redirect.missing-slash"},
		Says: []Pattern{
			{Text: `invalid host in redirect target "{host:quoted}": check webserver config for missing '/' in redirect target`, Wording: Today},
			{Text: `Invalid host in redirect target "{host:quoted}". Check webserver config for missing '/' in redirect target.`, Wording: Older},
		},
		Means:  `The redirect glues the host and the path together ("example.com.well-known/..."): a slash is missing after the host.`,
		Causes: []string{`Apache: "Redirect / https://example.com" without a final slash.`, `nginx: "return 301 https://example.com$1" where $1 does not start with a slash.`},
		Run:    runHTTP,
	},
	{
		ID: "redirect-loop", Type: "connection",
		Codes: []string{"http01.redirect.loop", "http01.redirect.false-loop"},
		Says: []Pattern{
			{Text: "redirect loop detected", Wording: Today},
		},
		Means: "A redirect leads back to a URL that the CA has already asked for in this validation.",
		Causes: []string{
			"The server behind a TLS-terminating proxy sees plain HTTP and redirects to https for ever (X-Forwarded-Proto is not passed on or not looked at).",
			"A CDN fetches by http from an origin that redirects to https.",
			"A page sets a cookie and redirects to itself; the CA keeps no cookies.",
		},
		Misleads: "Before September 2026 a CA could say this of a redirect whose target was merely dead, if the first host had an IPv6 address too.",
		Run:      runHTTP,
	},
	{
		ID: "redirect-hops", Type: "connection",
		Codes: []string{"http01.redirect.too-many"},
		Says: []Pattern{
			{Text: "Too many hops", Wording: Today, Plain: true},
			{Text: "Too many redirects", Wording: Older, Plain: true},
			{Text: `Get "{url:token}": stopped after 10 redirects`, Wording: Pebble},
		},
		Means:    "The redirects did not end within what the CA allows: 10 requests in all, so 9 redirects.",
		Causes:   []string{"Redirects that each change the URL a little (a counter, a session in the query) and never end.", "A long chain of http to https, with and without www, old to new names."},
		Misleads: "The CA's documentation speaks of 10 redirects. A retry over IPv4 after a dead IPv6 address uses up one of the 10 requests too.",
		Run:      runHTTP,
	},
	{
		ID: "redirect-path", Type: "connection",
		Codes: []string{"http01.redirect.path-too-long"},
		Says: []Pattern{
			{Text: "invalid url: path component too long", Wording: Today},
			{Text: "Redirect target too long", Wording: Older},
		},
		Means:  "The path in the redirect's target is longer than 2000 bytes.",
		Causes: []string{"A rule appends the path to itself on each redirect.", "An application carries its state in the path."},
		Run:    runHTTP,
	},
	{
		ID: "redirect-host-empty", Type: "connection",
		Codes: []string{"http01.redirect.host-empty"},
		Says: []Pattern{
			{Text: "invalid host: host must be non-empty", Wording: Today},
			{Text: "Invalid empty host in redirect target", Wording: Older},
		},
		Means:  "The redirect's target has no host.",
		Causes: []string{"A variable in the redirect rule is empty: the rule uses a server name or a header that is not set."},
		Run:    runHTTP,
	},
	{
		ID: "redirect-suffix", Type: "connection",
		Codes: []string{"http01.redirect.not-public", "name.suffix.unknown"},
		Says: []Pattern{
			{Text: "invalid host: must end in IANA registered TLD", Wording: Today},
			{Text: "Invalid host in redirect target, must end in IANA registered TLD", Wording: Older},
		},
		Means: "The host to connect to does not end in a public suffix, so no public CA can reach it by that name.",
		Causes: []string{
			"The redirect names an internal host (localhost, a bare server name, .local, .internal).",
			"The redirect's host ends in a dot.",
			"An IP address is written in an unusual form (127.1, hexadecimal).",
		},
		Misleads: "A final dot after a perfectly public name has the same effect.",
		Run:      runHTTP,
	},
	{
		ID: "reserved-address", Type: "connection",
		Codes: []string{"http01.redirect.reserved-ip", "name.address.reserved"},
		Says: []Pattern{
			{Text: "invalid host: IP address is in a reserved address block: {block:text}", Wording: Today},
			{Text: "Invalid host in redirect target: IP address is in a reserved address block: {block:text}", Wording: Older},
		},
		Means:  "The address to connect to is reserved (private, loopback, documentation and the like); a public CA never connects there.",
		Causes: []string{"The redirect uses the server's internal address.", "The certificate was asked for a private IP address."},
		Run:    runTarget,
	},
	{
		ID: "redirect-zone", Type: "connection",
		Codes: []string{"http01.redirect.zone"},
		Says: []Pattern{
			{Text: "invalid host: contains IPv6 scope zone", Wording: Today},
			{Text: "Invalid host in redirect target: contains scope zone", Wording: Older},
		},
		Means:  "The redirect's target is an IPv6 address that is valid on one network link only.",
		Causes: []string{"The redirect uses the server's own link-local address (fe80::...%eth0)."},
		Run:    runHTTP,
	},
	{
		ID: "redirect-tls-old", Type: "connection",
		Codes:  []string{"http01.tls.version"},
		Says:   []Pattern{{Text: "validation attempt was redirected to an HTTPS server that doesn't support TLSv1.2 or better", Wording: Older}},
		Means:  "The redirect leads to an https server that speaks only TLS 1.1 or older; the CA needs TLS 1.2 or 1.3.",
		Causes: []string{"An old server or load balancer, or one that is configured for very old clients only."},
		Run:    runHTTP,
	},
}
