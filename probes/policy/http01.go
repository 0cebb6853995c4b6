package policy

// This file is an http-01 validation from the first URL to the verdict
// (Boulder va/http.go processHTTPValidation and validateHTTP01; RFC 8555
// §8.3). It reads as the CA's own loop; everything it wants to know it asks
// through a probes.Look.

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// HTTP01 is how a CA validates http-01.
type HTTP01 struct {
	Port   uint16 // of the first request
	Prefix string // of the first request's path
	// Requests is the most HTTP requests one validation makes: the first, the
	// redirects and the fallbacks together. A hop is one of them.
	Requests int
	// Reserve is kept of Policy.Budget for the way back, once the first
	// lookup is done.
	Reserve          time.Duration
	DialTimeout      time.Duration
	HandshakeTimeout time.Duration
	Fallback         bool  // from IPv6 to IPv4, when dialling fails
	Follow           []int // redirect statuses
	Success          int   // status of a final response
	MaxBody          int   // octets, decoded; 0: no limit of the CA's
	MaxPath          int   // octets, decoded
	Ports            []int // a URL may name
	Schemes          []string
	URL              []URLRule
	Location         []RedirectRule
	Redirect         []RedirectRule
	Trim             func(rune) bool // at the end of the body
	Source           string
}

// An http01 is one validation under way.
type http01 struct {
	validation
	seen    []string // URLs requested
	referer string
}

// A goal is what one request is for, and the addresses it may go to.
type goal struct {
	url    *url.URL
	v6, v4 []netip.Addr
	used   netip.Addr
}

func (p *Policy) http01(g probes.Given, look probes.Look) Decision {
	v := &http01{validation: p.validation(g, look)}
	v.clock.budget -= p.HTTP01.Reserve
	v.run()
	v.d.Spent = v.clock.spent
	return v.d
}

// run makes requests until one gives a final answer, one fails without a
// fallback, or the CA has made all it is willing to make.
func (v *http01) run() {
	t, ok := v.resolve(v.p.FirstURL(v.given.Task))
	for hop := 1; ok && hop <= v.p.HTTP01.Requests; hop++ {
		v.d.Hop = hop
		v.record(t)
		answer, fault := v.request(t)
		switch {
		case fault != nil && v.fallsBack(t, fault):
			t.used = t.v4[0]
		case fault != nil:
			v.failed(t, fault)
			return
		case slices.Contains(v.p.HTTP01.Follow, answer.Status):
			t, ok = v.redirect(t, answer)
		default:
			v.final(t, answer)
			return
		}
	}
	if ok {
		v.stop(RuleTooMany, v.p.Says.TooMany(v.d.Target))
	}
}

// FirstURL is the URL of the first request of an http-01 validation: no query
// or fragment, and a port only where the policy has an odd one.
func (p *Policy) FirstURL(t probes.Task) *url.URL {
	host := string(t.Identifier)
	if t.Identifier.Addr().Is6() {
		host = "[" + host + "]" // RFC 3986 §3.2.2
	}
	if p.HTTP01.Port != 80 {
		host += ":" + strconv.Itoa(int(p.HTTP01.Port))
	}
	return &url.URL{Scheme: "http", Host: host, Path: p.HTTP01.Prefix + t.Token}
}

// resolve applies the rules to a URL and finds its addresses. On a refusal it
// stops the validation and returns false.
func (v *http01) resolve(u *url.URL) (goal, bool) {
	v.d.Target = u.String()
	for _, r := range v.p.HTTP01.URL {
		if why := r.Refuses(v.p, u); why != "" {
			return goal{}, v.refuse(r.Rule, Connection, why)
		}
	}
	t := goal{url: u}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil {
		t.v6, t.v4 = split(a)
		t.used = a
		return t, true
	}
	a := v.addresses(u.Hostname(), portNumber(u))
	switch {
	case a.cutOff:
		return goal{}, v.undecided()
	case a.why != "":
		v.d.Fault = a.fault
		return goal{}, v.refuse(RuleLookup, DNS, a.why)
	}
	t.v6, t.v4 = a.v6, a.v4
	t.used = a.all()[0]
	return t, true
}

// request dials, shakes hands if the URL is https, and fetches.
func (v *http01) request(t goal) (probes.Fetch, *probes.Fault) {
	if !requestable(t.url) {
		return probes.Fetch{}, &probes.Fault{Kind: probes.FaultUnsendable, Op: "request"}
	}
	to := netip.AddrPortFrom(t.used, portNumber(t.url))
	dial := probes.Ask{Fact: probes.Dial{To: to, Host: t.url.Hostname()}, Limit: v.p.HTTP01.DialTimeout}
	if v.mayFallBack(t) {
		dial.Else = netip.AddrPortFrom(t.v4[0], to.Port())
	}
	if s := v.ask(dial)[0]; s.Fault != nil {
		return probes.Fetch{}, s.Fault
	}
	if t.url.Scheme == "https" {
		h := probes.Handshake{To: to, ServerName: SNI(t.url.Hostname())}
		if s := v.ask(probes.Ask{Fact: h, Limit: v.p.HTTP01.HandshakeTimeout})[0]; s.Fault != nil {
			return probes.Fetch{}, s.Fault
		}
	}
	f := probes.Fetch{URL: t.url.String(), To: to, Referer: v.referer, UserAgent: v.p.UserAgent, MaxBody: v.p.HTTP01.MaxBody}
	s := v.ask(probes.Ask{Fact: f, Limit: v.clock.left()})[0] // the head and the body have no limit of their own
	answer, _ := s.Fact.(probes.Fetch)
	return answer, s.Fault
}

// SNI is the server name sent for a host: none for an address (RFC 6066 §3).
func SNI(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	return host
}

// requestable reports whether the CA's HTTP client can send a request for u
// and its dialler recognise the host: net/http asks for the A-label of a
// Unicode host, while Boulder's preresolvedDialer waits for the U-label.
func requestable(u *url.URL) bool {
	again, err := url.Parse(u.String())
	return err == nil && again.Host != "" && !strings.ContainsFunc(again.Hostname(), func(r rune) bool { return r >= 0x80 })
}

func (v *http01) mayFallBack(t goal) bool {
	return v.p.HTTP01.Fallback && !t.used.Is4() && len(t.v4) > 0
}

// fallsBack reports whether a fault sends the CA to IPv4: only a failed dial
// does, and only while there is time (va/http.go fallbackErr).
func (v *http01) fallsBack(t goal, f *probes.Fault) bool {
	return v.mayFallBack(t) && f.Op == opDial && f.Kind != probes.FaultCanceled && v.clock.left() > 0
}

// redirect follows a redirect, or stops the validation and returns false.
func (v *http01) redirect(t goal, answer probes.Fetch) (goal, bool) {
	r := redirectOf(answer, asked(t.url), v.seen)
	for _, rule := range v.p.HTTP01.Location {
		if why := rule.Refuses(r); why != "" {
			v.d.Target = r.From.String()
			if rule.Masked {
				v.d.Target = masked(r.From)
			}
			return goal{}, v.refuse(rule.Rule, Connection, why)
		}
	}
	r.To = r.target()
	v.d.Target = r.To.String()
	for _, rule := range v.p.HTTP01.Redirect {
		if why := rule.Refuses(r); why != "" {
			return goal{}, v.refuse(rule.Rule, Connection, why)
		}
	}
	v.referer = refererAfter(r.From, r.To)
	return v.resolve(r.To)
}

// final judges the response that is no redirect.
func (v *http01) final(t goal, f probes.Fetch) {
	h, says := v.p.HTTP01, v.p.Says
	v.d.Status = f.Status
	ip := t.used.String()
	switch body := strings.TrimRightFunc(string(f.Body), h.Trim); {
	case f.Status != h.Success && f.Status/100 == 3:
		v.stop(RuleRedirectStatus, says.RedirectStatus(ip, f))
	case f.Status != h.Success:
		v.stop(RuleStatus, says.Status(ip, f))
	case h.MaxBody > 0 && len(f.Body) > h.MaxBody:
		v.stop(RuleTooLong, says.TooLong(ip))
	case f.BodyFault != nil && f.BodyFault.Kind == probes.FaultCanceled:
		v.undecided()
	case f.BodyFault != nil:
		v.d.Fault = f.BodyFault
		v.stop(RuleBrokenOff, says.BodyFault(ip, f.BodyFault))
	case body != v.given.KeyAuthorization || v.given.KeyAuthorization == "":
		v.stop(RuleMismatch, says.Mismatch(v.given.KeyAuthorization, body))
	default:
		v.d.Valid = true
	}
}

func (v *http01) record(t goal) {
	v.seen = append(v.seen, t.url.String())
	v.d.Records = append(v.d.Records, Record{
		URL: t.url.String(), Hostname: t.url.Hostname(), Port: portOf(t.url),
		AddressesResolved: texts(slices.Concat(t.v6, t.v4)), AddressUsed: t.used.String(),
	})
}

// failed stops at a request that got no answer.
func (v *http01) failed(t goal, f *probes.Fault) {
	if f.Kind == probes.FaultCanceled {
		v.undecided()
		return
	}
	v.d.Fault = f
	rule := RuleFault
	if f.Kind == probes.FaultUnsendable {
		rule = RuleUnsendable
	}
	v.stop(rule, v.p.Says.Fault(t.used.String(), asked(t.url), f, v.clock.left() <= 0))
}

// refuse stops before a request is made: at the first URL with the bare
// reason, after a redirect with the redirector and the target in front.
func (v *http01) refuse(r Rule, t ProblemType, why string) bool {
	if n := len(v.d.Records); n > 0 {
		why = v.p.Says.At(v.d.Records[n-1].AddressUsed, v.d.Target, why)
	}
	return v.stop(r, problem(t, why))
}

func portNumber(u *url.URL) uint16 {
	n, err := strconv.ParseUint(portOf(u), 10, 16)
	if err != nil {
		return 0 // the port rule has refused it
	}
	return uint16(n)
}
