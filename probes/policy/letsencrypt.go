package policy

import (
	"slices"
	"time"
	"unicode"
)

// LetsEncrypt returns what Boulder v0.20261105.0 does, with the values of its
// published configuration where the code leaves them open: production's are
// not public.
func LetsEncrypt() *Policy {
	return &Policy{
		Name:    "letsencrypt",
		Version: "v0.20261105.0",
		Read:    "2026-11-21",
		Source:  "github.com/letsencrypt/boulder",
		// The RA gives a VA 20 s, of which the gRPC server shaves 20 ms
		// (test/config-next/ra.json, grpc/interceptors.go).
		Budget:    20*time.Second - 20*time.Millisecond,
		UserAgent: "Mozilla/5.0 (compatible; Let's Encrypt validation server; +https://www.letsencrypt.org)",
		Resolver:  Resolver{Timeout: time.Second, Tries: 3, Source: "test/config-next/va.json dnsTimeout, dnsTries"},
		Addresses: Addresses{Reserved: reserved(), Source: "iana/ip.go; va/dns.go getAddrs"},
		HTTP01: HTTP01{
			Port:             80,
			Prefix:           "/.well-known/acme-challenge/",
			Requests:         10,
			Reserve:          200 * time.Millisecond,
			DialTimeout:      10 * time.Second,
			HandshakeTimeout: 10 * time.Second,
			Fallback:         true,
			Follow:           []int{301, 302, 307, 308}, // BRs 3.2.2.4.19
			Success:          200,
			MaxBody:          128,
			MaxPath:          2000,
			Ports:            []int{80, 443},
			Schemes:          []string{"http", "https"},
			URL:              slices.Clone(urlRules),
			Location:         slices.Clone(locationRules),
			Redirect:         slices.Clone(redirectRules),
			Trim:             unicode.IsSpace,
			Source:           "va/http.go maxRequests, maxResponseSize, maxPathSize, processHTTPValidation; va/va.go singleDialTimeout",
		},
		Says: boulder(),
	}
}
