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
		Names:     letsEncryptNames(),
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
		DNS01: DNS01{
			Label:        "_acme-challenge",
			PersistLabel: "_validation-persist",
			Shown:        100,
			Persist:      Persist{Wildcard: "wildcard", Source: "va/dns_persist.go; core/util.go NormalizeIssuerDomainName"},
			Source:       "core/objects.go DNSPrefix, DNSPersistPrefix; va/dns.go validateDNS",
		},
		TLSALPN01: TLSALPN01{
			Port:     443,
			Protocol: "acme-tls/1",
			Timeout:  10 * time.Second,
			Fallback: true,
			Rules:    slices.Clone(certRules),
			Source:   "va/tlsalpn.go tryGetChallengeCert, getChallengeCert; va/va.go singleDialTimeout",
		},
		CAA: CAA{
			Issuer:   "letsencrypt.org", // https://letsencrypt.org/docs/caa/
			Accounts: []string{"https://acme-v02.api.letsencrypt.org/acme/acct/", "https://acme-v01.api.letsencrypt.org/acme/reg/"},
			Known:    []string{"issue", "issuewild", "iodef", "issuemail", "issuevmc"},
			Critical: 128 | 1, // many take bit 1 for the critical one
			Rules:    slices.Clone(caaRules),
			Source:   "va/caa.go",
		},
		MPIC: MPIC{
			Primary: "Primary",
			Remotes: 4, // 5 from 2026-12-15 (BRs 3.2.2.9)
			RIRs:    2,
			Quorum:  []Quorum{{From: 2, May: 1}, {From: 6, May: 2}},
			Timeout: 15*time.Second - 20*time.Millisecond, // test/config-next/va.json remoteVAs
			Source:  "va/va.go doRemoteOperation, maxAllowedFailures",
		},
		Says: boulder(),
	}
}
