package explain

// This file explains TLS handshakes that fail, of a redirect to https as of
// tls-alpn-01 (Boulder va/va.go detailedError).

var tlsEntries = []Entry{
	{
		ID: "tls-handshake", Type: "tls",
		Codes: []string{"http01.tls.ciphers", "http01.tls.client-cert", "tlsalpn01.tls.refused"},
		Says:  []Pattern{{Text: "remote error: tls: handshake failure", Wording: Today, Plain: true}, {Text: `Get "{url}": remote error: tls: handshake failure`, Wording: Pebble}},
		Means: "The server ended the TLS handshake: it found nothing that both sides can do.",
		Causes: []string{
			"The server offers only old cipher suites (RSA key exchange, CBC).",
			"The server demands a client certificate, in TLS 1.2.",
			"The server has no certificate for this name and refuses.",
		},
		Misleads: "In TLS 1.2 a demanded client certificate is said in the same words.",
		Run:      runTarget,
	},
	{
		ID: "tls-version", Type: "tls",
		Codes:  []string{"http01.tls.version", "tlsalpn01.tls.refused"},
		Says:   []Pattern{{Text: "remote error: tls: protocol version not supported", Wording: Today, Plain: true}},
		Means:  "The server does not speak TLS 1.2 or 1.3, and the CA speaks nothing else.",
		Causes: []string{"An old server or load balancer, or one that is configured for very old clients only."},
		Run:    runTarget,
	},
	{
		ID: "tls-no-alpn", Type: "tls",
		Codes:  []string{"tlsalpn01.protocol.other"},
		Says:   []Pattern{{Text: "remote error: tls: no application protocol", Wording: Today, Plain: true}},
		Means:  "Port 443 speaks TLS, but refuses the protocol acme-tls/1 that tls-alpn-01 needs.",
		Causes: []string{"An ordinary web server, CDN or load balancer ends TLS on port 443, in place of the ACME client.", "The client does not answer on 443 at the moment the CA comes."},
		Run:    runALPN,
	},
	{
		ID: "tls-client-cert", Type: "tls",
		Codes:  []string{"http01.tls.client-cert"},
		Says:   []Pattern{{Text: "remote error: tls: certificate required", Wording: Today, Plain: true}},
		Means:  "The https server demands a client certificate, and the CA has none.",
		Causes: []string{"The redirect leads to a site with mutual TLS, or to an origin that lets only its CDN in."},
		Run:    runTarget,
	},
	{
		ID: "tls-name", Type: "tls",
		Codes:  []string{"http01.tls.alert", "tlsalpn01.tls.refused"},
		Says:   []Pattern{{Text: "remote error: tls: unrecognized name", Wording: Today, Plain: true}},
		Means:  "The TLS server does not know the name it was asked for.",
		Causes: []string{"No site or certificate for this name is set up on port 443.", "The DNS record leads to another server."},
		Run:    runTarget,
	},
	{
		ID: "tls-internal", Type: "tls",
		Codes:  []string{"http01.tls.alert", "tlsalpn01.tls.refused"},
		Says:   []Pattern{{Text: "remote error: tls: internal error", Wording: Today, Plain: true}},
		Means:  "The TLS server gave up the handshake because of a fault of its own.",
		Causes: []string{"The server has no certificate to show for this name (yet).", "A TLS proxy or CDN is not set up for the name."},
		Run:    runTarget,
	},
	{
		ID: "tls-alert", Type: "tls",
		Codes: []string{"http01.tls.alert", "tlsalpn01.tls.refused"},
		Says: []Pattern{
			{Text: "remote error: tls: {why}", Wording: Today, Plain: true},
			{Text: "local error: tls: {why}", Wording: Today, Plain: true},
		},
		Means:  "The TLS handshake was ended by an alert.",
		Causes: []string{"The server's TLS set-up does not fit what the CA can do: TLS 1.2 or 1.3 with today's cipher suites."},
		Run:    runTarget,
	},
	{
		ID: "tls-plain", Type: "malformed",
		Codes:  []string{"tlsalpn01.protocol.plain"},
		Says:   []Pattern{{Text: "Server only speaks HTTP, not TLS", Wording: Today}},
		Means:  "Port 443 answers in plain HTTP.",
		Causes: []string{"The web server listens on 443 without TLS switched on.", "A port forward sends 443 to port 80 or to an application."},
		Run:    runALPN,
	},
}
