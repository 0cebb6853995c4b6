package checks

// Where rules are written that several checks cite.
const (
	docsHTTP01 = "https://letsencrypt.org/docs/challenge-types/#http-01-challenge"
	docsPort80 = "https://letsencrypt.org/docs/allow-port-80/"
	docsIPv6   = "https://letsencrypt.org/docs/ipv6-support/"
	rfcHTTP01  = "https://www.rfc-editor.org/rfc/rfc8555#section-8.3"
	vaHTTP     = "boulder va/http.go"
	vaDNS      = "boulder va/dns.go; bdns/problem.go"
)
