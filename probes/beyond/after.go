package beyond

// This file plans what is worth a look once the CA's own has ended.

import (
	"crypto/sha256"
	"encoding/base64"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

// Curl is the User-Agent of a visitor who is no CA.
const Curl = "curl/8.14.1"

func (s scene) after(o Options) []probes.Errand {
	d := s.p.Decide(s.given, s.trace.Replay())
	if d.Undecided {
		return s.resolver()
	}
	out := append(s.resolver(), s.aliases(d)...)
	out = append(out, s.repeats(d)...)
	last, ok := s.last(d)
	if !ok {
		return out
	}
	if o.Deep || !d.Valid && !d.Excused(s.given.Proof) && (d.Rule != policy.RuleFault || !last.dialFault()) {
		out = append(out, last.filters()...)
	}
	if d.Rule == policy.RuleFault {
		out = append(out, last.protocols(d.Fault)...)
	}
	if d.Rule == policy.RuleStatus && d.Status == 400 && last.u.Scheme == "http" {
		out = append(out, last.asTLS())
	}
	if d.Rule == policy.RulePort {
		out = append(out, s.withoutPort(d)...)
	}
	if s.given.Proof == probes.ProofWebroot && !d.Valid {
		out = append(out, s.here()...)
	}
	return out
}

// resolver asks whether the resolver is there at all, when it gave no answer.
func (s scene) resolver() []probes.Errand {
	failed := false
	for _, step := range s.trace {
		if l, ok := step.Fact.(probes.Lookup); ok && l.Resolver != "" && step.Beyond == "" {
			if step.Fault == nil || step.Fault.Kind == probes.FaultCanceled {
				return nil
			}
			failed = true
		}
	}
	if !failed {
		return nil
	}
	ask := probes.Ask{Fact: probes.Lookup{Name: ".", Type: "NS"}, Limit: s.p.Resolver.Timeout, Tries: 1}
	return []probes.Errand{{Why: probes.BeyondResolver, Asks: []probes.Ask{ask}}}
}

// repeats asks again what was answered: at the name's other addresses, for
// another token, and for the same several times, as far as manners allow.
func (s scene) repeats(d policy.Decision) []probes.Errand {
	to, answered := s.answered()
	room := Requests - len(d.Records)
	var out []probes.Errand
	for _, a := range s.alive() {
		if len(out) < min(maxFetched, room) {
			at := netip.AddrPortFrom(a, s.port)
			out = append(out, probes.Errand{Why: probes.BeyondAddress, Asks: []probes.Ask{s.dial(at), s.get(at, s.url)}})
		}
	}
	if !answered {
		return out
	}
	if room > len(out) {
		out = append(out, probes.Errand{Why: probes.BeyondToken, Asks: []probes.Ask{s.dial(to), s.get(to, s.other())}})
	}
	for n := range min(again, room-len(out)) {
		out = append(out, probes.Errand{Why: probes.BeyondAgain, N: n + 1, Asks: []probes.Ask{s.dial(to), s.get(to, s.url)}})
	}
	return out
}

// answered is where the CA's first request was answered.
func (s scene) answered() (netip.AddrPort, bool) {
	for _, step := range s.trace {
		if f, ok := step.Fact.(probes.Fetch); ok && step.Beyond == "" {
			return f.To, f.Status != 0 && f.URL == s.url
		}
	}
	return netip.AddrPort{}, false
}

// alive are the name's addresses other than the one that answered which did
// not turn out to be dead.
func (s scene) alive() []netip.Addr {
	at, _ := s.answered()
	dead := map[netip.Addr]bool{at.Addr(): true}
	for _, step := range s.trace {
		if dial, ok := step.Fact.(probes.Dial); ok && step.Fault != nil && dial.TTL == 0 && dial.To.Port() == s.port {
			dead[dial.To.Addr()] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(s.addrs[:min(maxAddresses, len(s.addrs))]), func(a netip.Addr) bool { return dead[a] })
}

// other is the URL of another token that nobody knows. It is made from the
// token, so that a plan is a function of what was seen.
func (s scene) other() string {
	sum := sha256.Sum256([]byte("another " + s.given.Token))
	task := s.given.Task
	task.Token = base64.RawURLEncoding.EncodeToString(sum[:])
	return s.p.FirstURL(task).String()
}

// A request is the CA's last one: the one it ended at.
type request struct {
	scene
	u     *url.URL
	to    netip.AddrPort
	fault *probes.Fault // of the dial
}

func (s scene) last(d policy.Decision) (request, bool) {
	r := request{scene: s}
	for _, step := range s.trace {
		if dial, ok := step.Fact.(probes.Dial); ok && step.Beyond == "" {
			r.to, r.fault = dial.To, step.Fault
			r.host = dial.Host
		}
	}
	if len(d.Records) == 0 || !r.to.IsValid() {
		return r, false
	}
	u, err := url.Parse(d.Records[len(d.Records)-1].URL)
	r.u = u
	return r, err == nil
}

func (r request) dialFault() bool { return r.fault != nil }

// filters asks the same in the four ways a content filter tells apart: the
// CA's User-Agent or another, the challenge's path or another; and whether it
// is any path with a dot.
func (r request) filters() []probes.Errand {
	name := "acmecheck-" + r.given.Token[:min(8, len(r.given.Token))]
	plain, dot := *r.u, *r.u
	plain.Path, plain.RawPath, plain.RawQuery = "/"+name, "", ""
	dot.Path, dot.RawPath, dot.RawQuery = "/."+name, "", ""
	return []probes.Errand{
		r.errand(probes.BeyondAgent, r.u.String(), Curl),
		r.errand(probes.BeyondPath, plain.String(), r.p.UserAgent),
		r.errand(probes.BeyondAgentPath, plain.String(), Curl),
		r.errand(probes.BeyondDot, dot.String(), Curl),
	}
}

func (r request) errand(why probes.Beyond, url, agent string) probes.Errand {
	asks := []probes.Ask{r.dial(r.to)}
	if r.u.Scheme == "https" {
		asks = append(asks, r.handshake(r.to, ""))
	}
	get := r.get(r.to, url)
	if f, ok := get.Fact.(probes.Fetch); ok {
		f.UserAgent = agent
		get.Fact = f
	}
	return probes.Errand{Why: why, Asks: append(asks, get)}
}

// protocols tries what else the port may speak, or what else may go through.
func (r request) protocols(f *probes.Fault) []probes.Errand {
	dial := r.dial(r.to)
	switch f.Op {
	case "dial":
		return nil
	case "handshake":
		clamped := probes.Ask{Fact: probes.Dial{To: r.to, Host: r.host, MSS: 1000}, Limit: dialLimit}
		plain := *r.u
		plain.Scheme, plain.Host = "http", strings.TrimSuffix(plain.Host, ":443")
		return []probes.Errand{
			{Why: probes.BeyondPlain, Asks: []probes.Ask{dial, r.get(r.to, plain.String())}},
			{Why: probes.BeyondSmall, Asks: []probes.Ask{dial, r.handshake(r.to, probes.SmallHello)}},
			{Why: probes.BeyondClamped, Asks: []probes.Ask{clamped, r.handshake(r.to, "")}},
			{Why: probes.BeyondLegacy, Asks: []probes.Ask{dial, r.handshake(r.to, probes.LegacyHello)}},
		}
	}
	if r.u.Scheme == "https" {
		return nil
	}
	preface := probes.Ask{Fact: probes.Fetch{URL: r.url, To: r.to, UserAgent: r.p.UserAgent, Preface: true}, Limit: replyLimit}
	return []probes.Errand{
		{Why: probes.BeyondPreface, Asks: []probes.Ask{dial, preface}},
		r.asTLS(),
	}
}

func (r request) asTLS() probes.Errand {
	return probes.Errand{Why: probes.BeyondTLS, Asks: []probes.Ask{r.dial(r.to), r.handshake(r.to, "")}}
}

// maxAliases is one more than resolvers follow.
const maxAliases = 12

// aliases asks one by one where the CNAMEs of a name lead that its resolver
// fails to look up.
func (s scene) aliases(d policy.Decision) []probes.Errand {
	name, asked := "", 0
	for _, step := range s.trace {
		l, ok := step.Fact.(probes.Lookup)
		switch {
		case !ok:
		case step.Beyond == probes.BeyondAlias:
			asked++
			name = cname(l)
		case step.Beyond == "" && step.Hop == d.Hop && l.RCode == "SERVFAIL" && l.EDE == nil && d.Rule == policy.RuleLookup:
			name = l.Name
		}
	}
	if name == "" || asked >= maxAliases {
		return nil
	}
	ask := probes.Ask{Fact: probes.Lookup{Name: name, Type: "CNAME"}, Limit: s.p.Resolver.Timeout, Tries: s.p.Resolver.Tries}
	return []probes.Errand{{Why: probes.BeyondAlias, Asks: []probes.Ask{ask}}}
}

// cname is the alias that an answer gives; empty: none.
func cname(l probes.Lookup) string {
	for _, r := range l.Answers {
		if r.Type == "CNAME" {
			return strings.TrimSuffix(r.Data, ".")
		}
	}
	return ""
}

// withoutPort fetches a redirect's target as if it named no port, if it is on
// the same host: whether dropping the port would do.
func (s scene) withoutPort(d policy.Decision) []probes.Errand {
	at, ok := s.answered()
	u, err := url.Parse(d.Target)
	if err != nil || !ok || !strings.EqualFold(u.Hostname(), s.host) {
		return nil
	}
	r := request{scene: s, u: u, to: netip.AddrPortFrom(at.Addr(), 443)}
	if u.Scheme == "http" {
		r.to = netip.AddrPortFrom(at.Addr(), 80)
	}
	u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	return []probes.Errand{r.errand(probes.BeyondDropPort, u.String(), s.p.UserAgent)}
}

// here asks the web server of this machine, past the network: is the token
// there and only the name leads elsewhere?
func (s scene) here() []probes.Errand {
	var out []probes.Errand
	for _, a := range []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.IPv6Loopback()} {
		to := netip.AddrPortFrom(a, s.port)
		out = append(out, probes.Errand{Why: probes.BeyondHere, Asks: []probes.Ask{s.dial(to), s.get(to, s.url)}})
	}
	return out
}
