package explain

// This file explains tls-alpn-01 (Boulder va/tlsalpn.go; RFC 8737). The CA
// looks at the certificate more strictly than the RFC asks.

const wrongCert = "Incorrect validation certificate for tls-alpn-01 challenge. Requested {name:word} from {hostport:word}. "

const alpnClient = "Another server than the ACME client answers on port 443: a web server, CDN or load balancer that ends TLS."

var alpnEntries = []Entry{
	{
		ID: "alpn-none", Type: "unauthorized",
		Codes: []string{"tlsalpn01.protocol.missing"},
		Says: []Pattern{
			{Text: `Cannot negotiate ALPN protocol "acme-tls/1" for tls-alpn-01 challenge`, Wording: Today},
		},
		Means:  "Port 443 speaks TLS, but does not take part in choosing a protocol, so acme-tls/1 was not agreed on.",
		Causes: []string{alpnClient, "The TLS library or proxy in use knows no ALPN."},
		Run:    runALPN,
	},
	{
		ID: "alpn-ipv6-only", Type: "malformed",
		Codes:    []string{"tlsalpn01.ipv6.only", "net.ipv6.broken", "net.ipv6.dropped"},
		Says:     []Pattern{{Text: `Unable to contact "{name}" at "{ip:quoted}", no IPv4 addresses to try as fallback`, Wording: Today}},
		Means:    "Connecting or the TLS handshake over IPv6 failed, and the name has no IPv4 address to try instead.",
		Causes:   []string{"IPv6 does not reach this machine, or nothing listens there on port 443.", "The AAAA record leads elsewhere."},
		Misleads: "It hides the real reason: refused, silent and a failed handshake over IPv6 are all said in these words.",
		Run:      runALPN,
	},
	{
		ID: "alpn-connect-pebble", Type: "unauthorized",
		Codes:  []string{"net.connect.refused", "net.connect.timeout", "tlsalpn01.tls.refused"},
		Says:   []Pattern{{Text: "Failed to connect to {hostport:word} for the tls-alpn-01 challenge", Wording: Pebble}},
		Means:  "The test CA could not open a TLS connection to the port.",
		Causes: []string{"Nothing listens on the port that the test CA is told to use.", "What listens does not speak TLS."},
		Run:    runALPN,
	},
	{
		ID: "alpn-no-certificate", Type: "unauthorized",
		Codes:  []string{"tlsalpn01.cert.missing"},
		Says:   []Pattern{{Text: "No certs presented for tls-alpn-01 challenge", Wording: Today}},
		Means:  "The server agreed on the protocol and showed no certificate.",
		Causes: []string{"The ACME client's TLS server is faulty or not ready."},
		Run:    runALPN,
	},
	{
		ID: "alpn-not-self-signed", Type: "unauthorized",
		Codes:  []string{"tlsalpn01.cert.not-self-signed"},
		Says:   []Pattern{{Text: wrongCert + "Received certificate which is not self-signed.", Wording: Today}},
		Means:  "The server showed an ordinary certificate in place of the self-signed one made for this challenge.",
		Causes: []string{alpnClient, "The client signs the challenge's certificate with another key (this CA wants it self-signed)."},
		Run:    runALPN,
	},
	{
		ID: "alpn-extensions", Type: "unauthorized",
		Codes: []string{"tlsalpn01.cert.extension", "tlsalpn01.cert.wrong-san"},
		Says: []Pattern{
			{Text: wrongCert + `Received certificate with unexpected extensions: "Required extension OID {oid} is not present"`, Wording: Today},
			{Text: wrongCert + `Received certificate with unexpected extensions: "Extension OID {oid} seen twice"`, Wording: Today},
			{Text: wrongCert + `Received certificate with unexpected extensions: "{why:quoted}"`, Wording: Today},
			{Text: wrongCert + "Missing acmeValidationV1 extension.", Wording: Pebble},
			{Text: "Missing acmeValidationV1 extension.", Wording: Pebble},
		},
		Means:  "The certificate lacks an extension that the challenge demands, or has one twice.",
		Causes: []string{"A self-signed certificate of a server or device answers, not the challenge's.", "The client is outdated (it uses the extension's old number) or faulty."},
		Run:    runALPN,
	},
	{
		ID: "alpn-identifiers", Type: "unauthorized",
		Codes: []string{"tlsalpn01.cert.wrong-san"},
		Says: []Pattern{
			{Text: wrongCert + `Received certificate with unexpected identifiers ("{got}"): "wrong number of identifiers"`, Wording: Today},
			{Text: wrongCert + `Received certificate with unexpected identifiers ("{got}"): "identifier does not match expected identifier"`, Wording: Today},
			{Text: wrongCert + `Received certificate with unexpected identifiers ("{got}"): "SAN extension does not match expected bytes"`, Wording: Today},
			{Text: wrongCert + `Received certificate with unexpected identifiers ("{got}"): "{why:quoted}"`, Wording: Today},
		},
		Means: "The certificate does not name exactly the one identifier that is validated, in lower case and nothing else.",
		Causes: []string{
			"A certificate for another challenge or name is shown: the server does not look at the name the CA asks for (SNI).",
			"The client puts several names into one certificate, or upper-case letters, or an e-mail address.",
			"For an IP address: it is written as a DNS name in the certificate.",
		},
		Misleads: "The quoted list also holds the certificate's Common Name, in lower case; the CA compares the SAN extension only.",
		Run:      runALPN,
	},
	{
		ID: "alpn-not-critical", Type: "unauthorized",
		Codes:  []string{"tlsalpn01.cert.extension"},
		Says:   []Pattern{{Text: wrongCert + "Received certificate with acmeValidationV1 extension that is not Critical.", Wording: Today}},
		Means:  "The challenge's extension is there, but not marked as critical, as RFC 8737 demands.",
		Causes: []string{"The client that makes the certificate is faulty."},
		Run:    runALPN,
	},
	{
		ID: "alpn-extension-value", Type: "unauthorized",
		Codes:  []string{"tlsalpn01.cert.extension"},
		Says:   []Pattern{{Text: wrongCert + "Received certificate with malformed acmeValidationV1 extension value.", Wording: Today}},
		Means:  "The value of the challenge's extension is not the DER encoding of 32 bytes.",
		Causes: []string{"The client that makes the certificate is faulty."},
		Run:    runALPN,
	},
	{
		ID: "alpn-digest", Type: "unauthorized",
		Codes:  []string{"tlsalpn01.cert.digest"},
		Says:   []Pattern{{Text: wrongCert + "Received certificate with acmeValidationV1 extension value {got:hex} but expected {expected:hex}.", Wording: Today}},
		Means:  "The certificate is for another challenge or another account's key.",
		Causes: []string{"Two clients or machines answer for this name.", "The certificate of an earlier challenge is still shown."},
		Run:    runALPN,
	},
	{
		ID: "alpn-certificate", Type: "unauthorized",
		Codes: []string{"tlsalpn01.cert.extension", "tlsalpn01.cert.wrong-san", "tlsalpn01.cert.digest"},
		Says: []Pattern{
			{Text: wrongCert + "Received {why}", Wording: Today},
			{Text: "Incorrect validation certificate for tls-alpn-01 challenge.", Wording: Today},
		},
		Means:  "The certificate on port 443 is not the one that the challenge demands.",
		Causes: []string{alpnClient},
		Run:    runALPN,
	},
	{
		ID: "alpn-identifier", Type: "malformed",
		Codes:  []string{"name.type.refused"},
		Says:   []Pattern{{Text: "Identifier type for TLS-ALPN-01 challenge was not DNS or IP", Wording: Today}, {Text: "Identifier type for TLS-ALPN-01 was not DNS", Wording: Older}},
		Means:  "tls-alpn-01 was asked for something that it cannot validate.",
		Causes: []string{"The client orders an identifier that is neither a DNS name nor an IP address."},
		Run:    runAny,
	},
}
