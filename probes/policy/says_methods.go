package policy

// This file words what is said of the dns methods, tls-alpn-01, CAA and the
// corroboration, as says.go does for http-01.

import (
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// SaysTXT words the dns methods.
type SaysTXT struct {
	NotDNS           func(m probes.Method) *Problem // the identifier is an address
	None             func(name string) *Problem
	Wrong            func(first string, more int, name string) *Problem
	OfAccount        func(p *Problem, account string) *Problem
	PersistLookup    func(why string) *Problem
	PersistNone      func() *Problem
	PersistNoneValid func() *Problem
	PersistBad       func(r PersistRecord) string
	PersistRefused   func(r PersistRecord) string
}

// SaysALPN words tls-alpn-01.
type SaysALPN struct {
	NoFallback func(id probes.Identifier, ip string) *Problem
	Reserved   func() *Problem
	Fault      func(ip string, f *probes.Fault) *Problem
	Refused    func(r CertRule, id probes.Identifier, hostPort, why string) *Problem
}

// SaysCAA words CAA.
type SaysCAA struct {
	While     func(id probes.Identifier, p *Problem) *Problem
	Prevents  func(name string) *Problem
	Truncated func(l probes.Lookup) string
}

// SaysMPIC words the corroboration.
type SaysMPIC struct {
	TooFew    func(least int) *Problem
	Secondary func(p *Problem) *Problem
	NoProblem func() *Problem
}

// boulderTXT is va/dns.go's and va/dns_persist.go's.
var boulderTXT = SaysTXT{
	NotDNS: func(m probes.Method) *Problem {
		return problem(Malformed, fmt.Sprintf("Identifier type for %s challenge was not DNS", strings.ToUpper(string(m))))
	},
	None: func(name string) *Problem { return problem(Unauthorized, "No TXT record found at "+name) },
	Wrong: func(first string, more int, name string) *Problem {
		and := ""
		if more > 0 {
			and = fmt.Sprintf(" (and %d more)", more)
		}
		return problem(Unauthorized, fmt.Sprintf("Incorrect TXT record %q%s found at %s", first, and, name))
	},
	OfAccount: func(p *Problem, account string) *Problem {
		return problem(p.Kind(), fmt.Sprintf("%s (account: %q)", p.Detail, account))
	},
	PersistLookup: func(why string) *Problem {
		return problem(DNS, "Retrieving TXT records for DNS-PERSIST-01 challenge: "+why)
	},
	PersistNone: func() *Problem {
		return problem(Unauthorized, "No TXT record found for DNS-PERSIST-01 challenge")
	},
	PersistNoneValid: func() *Problem {
		return problem(Unauthorized, "No valid TXT record found for DNS-PERSIST-01 challenge")
	},
	PersistBad: func(r PersistRecord) string {
		return fmt.Sprintf("Parsing DNS-PERSIST-01 challenge TXT record with issuer-domain-name %q: %s", r.Issuer, r.Bad)
	},
	PersistRefused: func(r PersistRecord) string {
		return fmt.Sprintf("Checking DNS-PERSIST-01 challenge TXT record with issuer-domain-name %q: %s", r.Issuer, r.Refused)
	},
}

// boulderALPN is va/tlsalpn.go's.
var boulderALPN = SaysALPN{
	NoFallback: func(id probes.Identifier, ip string) *Problem {
		return problem(Malformed, fmt.Sprintf("Unable to contact %q at %q, no IPv4 addresses to try as fallback", string(id), ip))
	},
	Reserved: func() *Problem { return problem(Connection, generic) },
	Fault: func(ip string, f *probes.Fault) *Problem {
		if f.Kind == probes.FaultPlain {
			return problem(Malformed, ip+": Server only speaks HTTP, not TLS")
		}
		t, why := boulderWhy(f, false) // a dial counts within the deadline here
		return problem(t, ip+": "+why)
	},
	Refused: func(r CertRule, id probes.Identifier, hostPort, why string) *Problem {
		if r.Bare {
			return problem(Unauthorized, why)
		}
		return problem(Unauthorized, fmt.Sprintf("Incorrect validation certificate for tls-alpn-01 challenge. Requested %s from %s. %s", id, hostPort, why))
	},
}

// boulderCAA is va/caa.go's and bdns/problem.go's.
var boulderCAA = SaysCAA{
	While: func(id probes.Identifier, p *Problem) *Problem {
		return problem(p.Kind(), fmt.Sprintf("While processing CAA for %s: %s", id, p.Detail))
	},
	Prevents: func(name string) *Problem {
		return problem(CAAForbids, fmt.Sprintf("CAA record for %s prevents issuance", name))
	},
	Truncated: func(l probes.Lookup) string {
		return fmt.Sprintf("DNS problem: response was truncated looking up %s for %s", l.Type, l.Name)
	},
}

// boulderMPIC is va/va.go's.
var boulderMPIC = SaysMPIC{
	TooFew: func(least int) *Problem {
		return problem(ServerInternal, fmt.Sprintf("Insufficient remote perspectives: need at least %d", least))
	},
	Secondary: func(p *Problem) *Problem {
		return problem(p.Kind(), "During secondary validation: "+p.Detail)
	},
	NoProblem: func() *Problem {
		return problem(ServerInternal, "During secondary validation: validation failed but the problem is unavailable")
	},
}
