package policy

import (
	"strings"
	"time"
)

// Pebble returns what Pebble v2 does with its default configuration. It is
// the most forgiving of CAs: any port, any address, any body, no fallback and
// no CAA. A pass under it proves little about Let's Encrypt.
func Pebble() *Policy {
	return &Policy{
		Name:      "pebble",
		Version:   "v2.10.1",
		Read:      "2026-11-21",
		Source:    "github.com/letsencrypt/pebble va/va.go",
		Budget:    15 * time.Second, // http.Client.Timeout
		UserAgent: "LetsEncrypt-Pebble-VA",
		Resolver:  Resolver{Timeout: 5 * time.Second, Tries: 2, Source: "the system's resolver"},
		Names:     pebbleNames(),
		HTTP01: HTTP01{
			Port:             5002, // test/config/pebble-config.json httpPort
			Prefix:           "/.well-known/acme-challenge/",
			Requests:         10, // Go's client: "stopped after 10 redirects"
			DialTimeout:      15 * time.Second,
			HandshakeTimeout: 10 * time.Second,
			Follow:           []int{301, 302, 303, 307, 308},
			Success:          200,
			Location:         locationRules[:1:1],
			Trim:             func(r rune) bool { return strings.ContainsRune("\n\r\t", r) },
			Source:           "va/va.go validateHTTP01, fetchHTTP",
		},
		Says: pebble,
	}
}
