package main

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
	"github.com/spf13/pflag"

	"github.com/acmecheck/acmecheck/probes/beyond"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/walk"
	"github.com/acmecheck/acmecheck/probes/wire"
	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/judge"
)

// lookOptions are the flags of every command that looks.
type lookOptions struct {
	resolver string
	public   []string
	policy   string
	issuer   string
	dial     wire.Dial // nil: the real network
}

func (o *lookOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.resolver, "resolver", "", "ask this resolver, IP or IP:PORT (default: the system's)")
	f.StringSliceVar(&o.public, "treat-as-public", nil, "count these reserved ranges (CIDR,...) as public")
	f.StringVar(&o.policy, "policy", "letsencrypt", "whose rules: "+strings.Join(policy.Known, ", "))
	f.StringVar(&o.issuer, "issuer-domain", "", "the name by which CAA records permit the CA (default: the policy's)")
}

// rules is the policy asked for, with the ranges the user declared public.
func (o *lookOptions) rules() (*policy.Policy, error) {
	p := policy.Named(o.policy)
	if p == nil {
		return nil, usage("unknown policy %q", o.policy).try("policies: %s", strings.Join(policy.Known, ", "))
	}
	if o.issuer != "" {
		p.CAA.Issuer = o.issuer
	}
	for _, s := range o.public {
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, usage("--treat-as-public %q is no CIDR range", s).try("--treat-as-public 10.0.0.0/8,fd00::/8")
		}
		p.Addresses.Public = append(p.Addresses.Public, prefix.Masked())
	}
	return p, nil
}

// network is the real network with the resolver asked for.
func (o *lookOptions) network(p *policy.Policy) (*wire.Net, error) {
	r, err := o.resolverAddr()
	if err != nil {
		return nil, err
	}
	return &wire.Net{Dial: o.dial, Resolver: r, Refuses: p.Addresses.Refusal}, nil
}

func (o *lookOptions) resolverAddr() (netip.AddrPort, error) {
	if o.resolver == "" {
		return systemResolver()
	}
	if a, err := netip.ParseAddr(strings.Trim(o.resolver, "[]")); err == nil {
		return netip.AddrPortFrom(a, 53), nil
	}
	ap, err := netip.ParseAddrPort(o.resolver)
	if err != nil {
		return ap, usage("--resolver %q is not an address", o.resolver).try("--resolver 192.0.2.53 or --resolver [2001:db8::53]:53")
	}
	return ap, nil
}

// systemResolver is the first name server of /etc/resolv.conf.
func systemResolver() (netip.AddrPort, error) {
	var none netip.AddrPort
	c, err := dns.ClientConfigFromFile("/etc/resolv.conf")
	if err != nil || len(c.Servers) == 0 {
		return none, &exitError{code: exitCannotTell, msg: "this system names no resolver (/etc/resolv.conf)", hint: "--resolver IP names one"}
	}
	ap, err := netip.ParseAddrPort(net.JoinHostPort(c.Servers[0], c.Port))
	if err != nil {
		return none, &exitError{code: exitCannotTell, msg: "the resolver in /etc/resolv.conf is not an address: " + c.Servers[0], hint: "--resolver IP names another"}
	}
	return ap, nil
}

// checkOptions are the flags of check.
type checkOptions struct {
	lookOptions
	outputs
	patience
	gateOptions
	sources

	conf         *configuration
	only4, only6 bool
	resolve      []string
	timeout      time.Duration
	solver       solverOptions
	token, ka    string
	txt, account string
	world        string
	methods      []string
	pace         pace
	deep         bool
	requireIPv6  bool
}

func (o *checkOptions) flags(f *pflag.FlagSet) {
	o.lookOptions.flags(f)
	o.outputs.flags(f)
	configFlag(f)
	o.gateOptions.flags(f)
	o.sources.flags(f)
	f.IntVarP(&o.pace.jobs, "jobs", "j", atOnce, "look at so many targets at the same time, 1 to 1000; of one registered domain at two")
	f.DurationVar(&o.pace.deadline, "deadline", 0, "look no longer than this in all; what was not seen by then cannot be told")
	f.BoolVarP(&o.only4, "ipv4", "4", false, "look at IPv4 addresses only")
	f.BoolVarP(&o.only6, "ipv6", "6", false, "look at IPv6 addresses only")
	f.StringSliceVar(&o.resolve, "resolve", nil, "HOST:PORT:ADDR: use this address for the name; PORT * means any")
	f.DurationVar(&o.timeout, "timeout", 0, "wait less than the CA does for a connection (default: as long as the CA)")
	o.solver.flags(f)
	f.StringVar(&o.token, "token", "", "ask for this token")
	f.StringVar(&o.world, "world", "", "check in this world file, in memory: its own question, or the targets")
	f.BoolVar(&o.deep, "deep", false, "look for filters too, even where nothing fails")
	f.BoolVar(&o.requireIPv6, "require-ipv6", false, "without IPv6 here the answer is cannot tell")
	f.BoolVar(&o.ticket, "ticket", false, "print what to send to the firewall team")
	f.StringVar(&o.ka, "key-authorization", "", "and expect this answer")
	f.StringVar(&o.txt, "expect-txt", "", "expect this TXT value of dns-01")
	f.StringVar(&o.account, "account-uri", "", "the account's URL, for the dns-account and dns-persist methods and CAA")
	f.StringSliceVarP(&o.methods, "method", "m", nil, "methods of targets that name none: http-01, dns-01, tls-alpn-01 ...")
}

// judging is what counts.
func (o *checkOptions) judging() judge.Options {
	return judge.Options{Options: checks.Options{RequireIPv6: o.requireIPv6}, AnyMethod: o.gate.AnyMethod}
}

// examine is how to look, and what counts.
func (o *checkOptions) examine(p *policy.Policy) *examination {
	return &examination{policy: p, judged: o.judging(), gate: o.gate, pace: o.pace}
}

// walker is how to look: in a hurry, since only the decision counts.
func (o *checkOptions) walker(p *policy.Policy, n *wire.Net) (*walk.Walker, error) {
	w := &walk.Walker{Net: n, Policy: p, Hurry: true, Beyond: beyond.Plan(p, beyond.Options{Deep: o.deep}), Patience: o.timeout}
	switch {
	case o.only4 && o.only6:
		return nil, usage("-4 and -6 exclude each other").try("leave both away: the CA looks at both")
	case o.only4:
		w.Family = 4
	case o.only6:
		w.Family = 6
	}
	switch {
	case o.timeout < 0, o.pace.deadline < 0:
		return nil, usage("a time cannot be negative").try("--timeout 5s, --deadline 1m")
	case o.pace.jobs < 0 || o.pace.jobs > 1000:
		return nil, usage("--jobs %d is not between 1 and 1000", o.pace.jobs)
	}
	for _, s := range o.resolve {
		pin, err := parsePin(s)
		if err != nil {
			return nil, err
		}
		w.Pins = append(w.Pins, pin)
	}
	return w, nil
}

func parsePin(s string) (walk.Pin, error) {
	bad := usage("--resolve %q is not HOST:PORT:ADDR", s).try("--resolve example.com:80:192.0.2.10")
	host, rest, ok := strings.Cut(s, ":")
	port, addr, ok2 := strings.Cut(rest, ":")
	a, err := netip.ParseAddr(strings.Trim(addr, "[]"))
	if !ok || !ok2 || host == "" || err != nil {
		return walk.Pin{}, bad
	}
	pin := walk.Pin{Name: host, Addr: a}
	if port == "*" {
		return pin, nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return walk.Pin{}, bad
	}
	pin.Port = uint16(n)
	return pin, nil
}
