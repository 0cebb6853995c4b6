package checks

// This file recognises who answered, by what its answer says of itself.

import (
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// A signature is how a kind of server shows in its Server field.
type signature struct{ kind, prefix string }

var signatures = []signature{
	{"nginx", "nginx"},
	{"nginx", "openresty"},
	{"nginx", "tengine"},
	{"Apache", "apache"},
	{"Caddy", "caddy"},
	{"HAProxy", "haproxy"},
	{"Traefik", "traefik"},
	{"IIS", "microsoft-iis"},
	{"IIS", "microsoft-httpapi"},
	{"lighttpd", "lighttpd"},
}

// serverKinds are the kinds of server that fixes are written for.
var serverKinds = []string{"nginx", "Apache", "Caddy", "HAProxy", "Traefik", "IIS", "lighttpd"}

func isServer(kind string) bool { return slices.Contains(serverKinds, kind) }

// ServerKind is the kind of server that gave the CA's last answer; empty if
// none did or it does not say. In a handshake it never does: others asked.
func (in *In) ServerKind() string {
	if in.Given.Method == probes.TLSALPN01 {
		return in.holder().kind
	}
	for _, r := range slices.Backward(in.Requests) {
		if r.Fetched != nil && r.Fetched.Fault == nil {
			return kindOf(r.Fetch)
		}
	}
	return ""
}

func kindOf(f probes.Fetch) string {
	server := strings.ToLower(f.Field("Server"))
	for _, s := range signatures {
		if strings.HasPrefix(server, s.prefix) {
			return s.kind
		}
	}
	return ""
}

// byAgent reports that a filter refuses the CA's User-Agent: the same request
// with curl's is answered otherwise, and so it is for another path.
func (in *In) byAgent() bool {
	f := in.Last()
	refused := f.Fetched != nil && refuses(*f.Fetched)
	if !refused || in.Decision.Rule == "" {
		return false
	}
	for _, l := range in.Looked(probes.BeyondAgent) {
		if l.Fetched != nil && !refuses(*l.Fetched) && l.Fetch.Status != f.Fetch.Status && steady(in, f) {
			return true
		}
	}
	return false
}

// refuses reports whether an answer says no to whoever asks, rather than that
// there is nothing: an error status other than 404 and 410, or no answer.
func refuses(s Step) bool {
	f, ok := s.Fact.(probes.Fetch)
	return !ok || s.Fault != nil || f.Status >= 400 && f.Status != 404 && f.Status != 410
}

// steady reports whether the first request was answered alike each time it
// was repeated: only then may a difference be put down to what was changed.
func steady(in *In, first Request) bool {
	if first.N != in.Opening().N {
		return true // only the first request is repeated
	}
	for _, l := range in.Looked(probes.BeyondAgain) {
		if l.Fetched != nil && l.Fetch.Status != first.Fetch.Status {
			return false
		}
	}
	return true
}
