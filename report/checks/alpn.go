package checks

// This file has what the checks of tls-alpn-01 share: who has port 443 in the
// ACME client's place, and how the client gets to answer there.

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

// Where the rules of tls-alpn-01 are written.
const (
	docsALPN = "https://letsencrypt.org/docs/challenge-types/#tls-alpn-01"
	rfcALPN  = "https://www.rfc-editor.org/rfc/rfc8737#section-3"
	vaALPN   = "boulder va/tlsalpn.go"
)

// byHTTP and byALPN tell for which method a fix is.
func byHTTP(in *In) bool { return in.Given.Method != probes.TLSALPN01 }
func byALPN(in *In) bool { return in.Given.Method == probes.TLSALPN01 }

// shaken is the CA's last handshake; the zero Request if it came to none.
func (in *In) shaken() Request {
	for _, r := range slices.Backward(in.Requests) {
		if r.Shaken != nil {
			return r
		}
	}
	return Request{}
}

// troubled is the fault that ended a tls-alpn-01 look, also where the CA hides
// it because there is no IPv4 address to turn to.
func (in *In) troubled(op string, kinds ...probes.FaultKind) bool {
	f := in.Decision.Fault
	return in.Stopped(policy.RuleFault, policy.RuleNoFallback) && f != nil && f.Op == op && slices.Contains(kinds, f.Kind)
}

// A holder is who answers on port 443 in place of an ACME client, as far as it
// shows.
type holder struct {
	cert     *x509.Certificate // nil: none was seen
	kind     string            // of server
	network  string            // whose it is, if a CDN's
	evidence []report.Evidence
}

// holder goes by the certificate of the CA's own handshake or an ordinary one,
// and by what HTTP servers say of themselves inside TLS and without it.
func (in *In) holder() holder {
	var h holder
	r := in.shaken()
	if h.cert = leaf(r.Handshake); h.cert != nil {
		h.evidence = append(h.evidence, in.saw(r, "tls.certificate", "%s  %s", r.where(), certWords(h.cert)))
	}
	for _, l := range slices.Concat(in.Looked(probes.BeyondPort443), in.Looked(probes.BeyondPlain)) {
		h.learn(l, r)
	}
	h.kind = cmp.Or(h.kind, certServer(h.cert))
	h.network = cmp.Or(h.network, certNetwork(h.cert))
	return h
}

// learn adds what one look shows about who answered the CA.
func (h *holder) learn(l Look, r Request) {
	if l.Dial.To != r.Dial.To {
		return
	}
	if c := leaf(l.Handshake); c != nil && h.cert == nil {
		h.cert = c
		h.evidence = append(h.evidence, look(l, "an ordinary handshake: %s, %s", l.Handshake.Version, certWords(c)))
	}
	network, sign := cdn(l.Fetch)
	server := l.Fetch.Field("Server")
	switch {
	case network != "" && h.network == "":
		h.evidence = append(h.evidence, look(l, "%s", sign))
	case server != "" && h.kind == "" && h.network == "":
		h.evidence = append(h.evidence, look(l, "%s: %d   %s", l.Fetch.URL, l.Fetch.Status, server))
	}
	h.network = cmp.Or(h.network, network)
	h.kind = cmp.Or(h.kind, kindOf(l.Fetch))
}

// certWords describe a certificate in a few words.
func certWords(c *x509.Certificate) string {
	const few = 2
	names := sans(c)
	text := "a certificate without names"
	if len(names) > 0 {
		text = "a certificate for " + strings.Join(names[:min(len(names), few)], ", ")
	}
	if len(names) > few {
		text += fmt.Sprintf(" and %d more", len(names)-few)
	}
	return text + " (" + issuer(c) + ")"
}

func issuer(c *x509.Certificate) string {
	switch {
	case c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil && bytes.Equal(c.RawIssuer, c.RawSubject):
		return "self-signed"
	case len(c.Issuer.Names) == 0:
		return "issuer without a name"
	}
	return "issuer " + cut(c.Issuer.String())
}

// sans are the names of a certificate's SAN extension, as they are written.
func sans(c *x509.Certificate) []string {
	names := slices.Clone(c.DNSNames)
	for _, a := range c.IPAddresses {
		names = append(names, a.String())
	}
	names = append(names, c.EmailAddresses...)
	for _, u := range c.URIs {
		names = append(names, u.String())
	}
	return names
}

// networkNames are names that CDNs put into the certificates of their customers.
var networkNames = []struct{ name, suffix string }{
	{"Cloudflare", ".cloudflaressl.com"},
	{"Amazon CloudFront", ".cloudfront.net"},
	{"Akamai", ".akamai.net"},
	{"Akamai", ".akamaized.net"},
	{"Fastly", ".fastly.net"},
	{"Fastly", ".fastlylb.net"},
	{"Imperva", "imperva.com"},
	{"Sucuri", ".sucuri.net"},
	{"Bunny", ".b-cdn.net"},
	{"Azure Front Door", ".azureedge.net"},
	{"Azure Front Door", ".azurefd.net"},
}

// certNetwork is the CDN that a certificate gives away; empty: none.
func certNetwork(c *x509.Certificate) string {
	if c == nil {
		return ""
	}
	if slices.ContainsFunc(c.Issuer.Organization, func(o string) bool { return strings.HasPrefix(o, "Cloudflare") }) {
		return "Cloudflare"
	}
	for _, n := range networkNames {
		if slices.ContainsFunc(c.DNSNames, func(s string) bool { return strings.HasSuffix(strings.ToLower(s), n.suffix) }) {
			return n.name
		}
	}
	return ""
}

// certServer is the server whose own default certificate it is.
func certServer(c *x509.Certificate) string {
	if c == nil {
		return ""
	}
	for kind, mark := range map[string]string{
		"Traefik": "TRAEFIK DEFAULT CERT",
		"Caddy":   "Caddy Local Authority",
		"nginx":   "Kubernetes Ingress Controller Fake Certificate", // ingress-nginx
	} {
		if strings.HasPrefix(c.Subject.CommonName, mark) || strings.HasPrefix(c.Issuer.CommonName, mark) {
			return kind
		}
	}
	return ""
}

// rule is the first of the CA's rules that what a handshake showed breaks. A
// token that nobody knows has no digest to compare.
func (in *In) rule(h probes.Handshake) policy.Rule {
	s := policy.Shown{Identifier: in.Given.Identifier, Digest: in.digest(), Known: in.Given.KeyAuthorization != "", Protocol: h.Negotiated, Cert: leaf(h)}
	for _, r := range in.Policy.TLSALPN01.Rules {
		if r.Refuses(in.Policy, s) != "" && (s.Known || r.Rule != policy.RuleDigest) {
			return r.Rule
		}
	}
	return policy.RuleAccepted
}

func (in *In) digest() [sha256.Size]byte { return sha256.Sum256([]byte(in.Given.KeyAuthorization)) }

// digestHex is what the challenge certificate has to hold, if that is known.
func (in *In) digestHex() string {
	if in.Given.KeyAuthorization == "" {
		return "…"
	}
	d := in.digest()
	return hex.EncodeToString(d[:])
}

// elsewhere is a look at another address of the name, which answers as the one
// that the CA asked should have.
func (in *In) elsewhere() (Look, bool) {
	for _, l := range in.Looked(probes.BeyondAddress) {
		if l.Shaken != nil && l.Fault == nil && len(l.Handshake.ALPN) > 0 && in.rule(l.Handshake) == policy.RuleAccepted {
			return l, true
		}
	}
	return Look{}, false
}

func (in *In) isElsewhere() bool { _, ok := in.elsewhere(); return ok }
func (in *In) isHere() bool      { return !in.isElsewhere() }

// answers443 is the finding that what answers on port 443 is not what the CA
// wants, and why it may be so.
func (in *In) answers443(say string, evidence ...report.Evidence) []Found {
	h := in.holder()
	f := Found{Subject: in.shaken().where(), Say: say, Certainty: report.Certain, Evidence: append(evidence, h.evidence...), Causes: in.heldBy(h)}
	if l, ok := in.elsewhere(); ok {
		f.Causes = append([]report.Cause{{Certainty: report.Certain, Text: l.Dial.To.Addr().String() + " answers as it should: the ACME client runs there, and the CA asks " + in.shaken().addr()}}, f.Causes...)
		f.Evidence = append(f.Evidence, look(l, "%s  the challenge certificate", l.where()))
	}
	return []Found{f}
}

// device is the router or modem whose own page answers where the CA looked last.
func (in *In) device() string {
	device := router(in.Last().Fetch, in.page())
	if byALPN(in) {
		for _, l := range slices.Concat(in.Looked(probes.BeyondPort443), in.Looked(probes.BeyondPlain)) {
			device = cmp.Or(device, router(l.Fetch, l.Fetch.Body))
		}
	}
	return device
}

// heldBy are the causes that the answer itself suggests.
func (in *In) heldBy(h holder) []report.Cause {
	likely := func(text string) []report.Cause { return []report.Cause{{Certainty: report.Likely, Text: text}} }
	switch {
	case in.device() != "":
		return likely("a router or modem has port 443 for its own page: " + in.device())
	case h.network != "":
		return likely(h.network + " ends TLS for this name, and a CDN passes no acme-tls/1 on")
	case h.kind == "Caddy" || h.kind == "Traefik":
		return likely(h.kind + " answers acme-tls/1 for orders of its own only, while they are under way")
	case h.kind == "Apache":
		return likely("Apache ends TLS, and mod_md with acme-tls/1 among its Protocols is not what answers")
	case h.kind != "":
		return likely(h.kind + " ends TLS by itself, so the handshake never comes to the ACME client")
	case h.cert != nil && h.cert.VerifyHostname(string(in.Given.Identifier)) != nil:
		return likely("the certificate is for other names: the address may be another server's")
	}
	return nil
}

// passALPN are the ways to let the ACME client answer on port 443.
func passALPN() []Fix {
	return append([]Fix{
		{For: "DNS", Text: "let the record name the server on which the ACME client runs, and remove the address of the other", When: (*In).isElsewhere},
		{For: "CDN", Text: "use http-01 or dns-01 behind a CDN, or let the record name the server itself while the order runs", When: func(in *In) bool { return in.holder().network != "" }},
		{For: "router", Text: "forward TCP 443 to the server on which the ACME client runs, and move the router's own page off its outer side", When: func(in *In) bool { return in.device() != "" }},
	}, when((*In).isHere, []Fix{
		{For: "nginx", Text: "read the protocol before TLS begins, pass acme-tls/1 to the ACME client (here on port 10443) and the rest to the sites, moved to port 8443 (needs the stream module)", Snippet: nginxPass},
		{For: "Apache", Text: "let mod_md order the certificate and answer; no other client can answer behind Apache", Snippet: "MDomain {name}\nMDCertificateAgreement accepted\nMDCAChallenges tls-alpn-01\nProtocols acme-tls/1 http/1.1"},
		{For: "Caddy", Text: "let Caddy order the certificate: a site named without http:// and without a certificate of its own, on port 443 itself, with nothing in front that ends TLS", Snippet: "{name} {\n\t…\n}"},
		{For: "HAProxy", Text: "pass acme-tls/1 to the ACME client (here on port 10443) and the rest to the sites, moved to port 8443", Snippet: haproxyPass},
		{For: "Traefik", Text: "let Traefik order the certificate by its tlsChallenge, on an entry point that is port 443 outside", Snippet: "certificatesResolvers:\n  acme:\n    acme:\n      tlsChallenge: {}"},
		{For: "your app", Text: "let the program on port 443 choose acme-tls/1 where that is all that is offered, and answer it with the challenge certificate; a load balancer has to pass it on unopened (TCP mode)"},
		{For: "http-01", Text: "where acme-tls/1 cannot be passed on: http-01 needs a file on port 80 in place of it"},
	})...)
}

// when adds a condition to fixes.
func when(holds func(*In) bool, fixes []Fix) []Fix {
	for i, f := range fixes {
		also := f.When
		fixes[i].When = func(in *In) bool { return holds(in) && (also == nil || also(in)) }
	}
	return fixes
}

// The snippets below are pasted into real servers by the tests of pebble-env.
const (
	nginxPass = "stream {\n\tmap $ssl_preread_alpn_protocols $client {\n\t\t~\\bacme-tls/1\\b 127.0.0.1:10443;\n\t\tdefault 127.0.0.1:8443;\n\t}\n\tserver { listen 443; listen [::]:443; ssl_preread on; proxy_pass $client; }\n}"
	// A frontend in TCP mode must see the whole hello before it can decide.
	haproxyPass = "frontend tls\n\tmode tcp\n\tbind :::443 v4v6\n\ttcp-request inspect-delay 5s\n\ttcp-request content accept if { req.ssl_hello_type 1 }\n\tuse_backend acme if { req.ssl_alpn acme-tls/1 }\n\tdefault_backend sites\nbackend acme\n\tmode tcp\n\tserver acme 127.0.0.1:10443\nbackend sites\n\tmode tcp\n\tserver sites 127.0.0.1:8443"
	opensslMake = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj / -keyout key.pem -out cert.pem -addext \"subjectAltName={san}\" -addext \"1.3.6.1.5.5.7.1.31=critical,DER:0420{digest}\""
)

// makeCert are the ways to a certificate as RFC 8737 §3 wants it.
func makeCert() []Fix {
	return append([]Fix{
		{For: "DNS", Text: "let the record name the server on which the ACME client runs, and remove the address of the other", When: (*In).isElsewhere},
	}, when((*In).isHere, []Fix{
		{For: "your app", Text: "make the certificate as RFC 8737 wants it: self-signed, {san} as its only name, and the critical extension 1.3.6.1.5.5.7.1.31 with the SHA-256 of the key authorization", Snippet: opensslMake},
		{For: "your app", Text: "update the ACME client, if it made this certificate"},
		{For: "http-01", Text: "with another client on port 80: http-01 needs a file in place of a certificate"},
	})...)
}

// challengeCert is the finding about a certificate that was shown for
// acme-tls/1.
func (in *In) challengeCert(say string, e report.Evidence) []Found {
	f := in.answers443(say, e)
	f[0].Causes = nil // it does not matter who else would answer
	if l, ok := in.elsewhere(); ok {
		f[0].Causes = []report.Cause{{Certainty: report.Certain, Text: l.Dial.To.Addr().String() + " shows the right certificate, and the CA asks " + in.shaken().addr()}}
	}
	return f
}

// heard reports whether a handshake got an answer, be it a No.
func heard(l Look) bool {
	return l.Shaken != nil && (l.Fault == nil || l.Fault.Kind == probes.FaultAlert)
}

// unheardAgain reports whether the CA's own hello, sent once more, got as
// little as the first time: only then may a difference be put down to what was
// changed.
func (in *In) unheardAgain() bool {
	return !slices.ContainsFunc(in.Looked(probes.BeyondAgain), func(l Look) bool { return l.Fetched == nil && heard(l) })
}

// openssl shows a CA's handshake without us.
func (in *In) openssl(r Request) string {
	name := policy.ALPNServerName(in.Given.Identifier)
	return "openssl s_client -connect " + shellWord(r.where()) + " -servername " + shellWord(name) + " -alpn " + in.Policy.TLSALPN01.Protocol + " </dev/null"
}
