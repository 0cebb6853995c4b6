package checks_test

// This file holds the catalogue to its form: what every entry has to say, and
// what none may say.

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
)

// eachCheck runs a test for every entry.
func eachCheck(t *testing.T, f func(t *testing.T, c *checks.Check)) {
	t.Helper()
	all := checks.All()
	if len(all) < 80 {
		t.Fatalf("only %d checks", len(all))
	}
	for _, c := range all {
		t.Run(c.Code, func(t *testing.T) { f(t, c) })
	}
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9]*\.[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$`)

// properStart are first words of titles that are spelled with a capital.
var properStart = regexp.MustCompile(`^(IPv4|IPv6|IIS|TLS|DNS|DNSSEC|CNAME|HTTP|[0-9])`)

func TestCodesAndFiles(t *testing.T) {
	files := map[string]bool{}
	eachCheck(t, func(t *testing.T, c *checks.Check) {
		if !codeForm.MatchString(c.Code) {
			t.Errorf("%q is not of the form area.object.problem", c.Code)
		}
		file := strings.NewReplacer(".", "_", "-", "_").Replace(c.Code) + ".go"
		files[file] = true
		if b, err := os.ReadFile(file); err != nil || !strings.Contains(string(b), `"`+c.Code+`"`) {
			t.Errorf("the code is not in a file of its name, %s: %v", file, err)
		}
	})
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		if b, err := os.ReadFile(e.Name()); err == nil && strings.Contains(string(b), "= register(Check{") && !files[e.Name()] {
			t.Errorf("%s holds a check of another name", e.Name())
		}
	}
}

func TestEntriesAreComplete(t *testing.T) {
	roles := []checks.Role{checks.DNSAdmin, checks.Network, checks.Server, checks.App, checks.Client, checks.Nobody}
	eachCheck(t, func(t *testing.T, c *checks.Check) {
		first, _ := firstRune(c.Title)
		switch {
		case c.Title == "" || strings.HasSuffix(c.Title, ".") || strings.Contains(c.Title, "\n"):
			t.Errorf("title %q: want one line without a full stop", c.Title)
		case !unicode.IsLower(first) && !properStart.MatchString(c.Title):
			t.Errorf("title %q starts with a capital", c.Title)
		}
		if !strings.HasSuffix(c.Means, ".") && !strings.HasSuffix(c.Means, ".)") {
			t.Errorf("means %q: want sentences", c.Means)
		}
		if !slices.Contains(roles, c.FixBy) {
			t.Errorf("fixed by %q", c.FixBy)
		}
		if len(c.Fixes) == 0 && c.FixBy != checks.Nobody && c.FixBy != checks.Client {
			t.Error("no fix")
		}
		if len(c.Sources) == 0 || slices.Contains(c.Sources, "") {
			t.Error("no source")
		}
		if c.Again == "" || c.Detect == nil {
			t.Error("no command that shows whether it is mended, or no detector")
		}
		for _, f := range c.Fixes {
			if f.For == "" || f.Text == "" {
				t.Errorf("fix %+v: for whom, or what?", f)
			}
		}
	})
}

func firstRune(s string) (rune, bool) {
	for _, r := range s {
		return r, true
	}
	return 0, false
}

// What an entry masks has to exist, and no two entries may mask each other:
// both would be gone.
func TestMasks(t *testing.T) {
	eachCheck(t, func(t *testing.T, c *checks.Check) {
		for _, m := range c.Masks {
			d := checks.ByCode(m)
			switch {
			case d == nil:
				t.Errorf("masks %q, which does not exist", m)
			case d.Code == c.Code || slices.Contains(d.Masks, c.Code):
				t.Errorf("%s and %s mask each other", c.Code, m)
			case d.Severity > c.Severity:
				t.Errorf("masks %s, which weighs more", m)
			}
		}
	})
}

// listed are the severities that the list of codes gives (reference/ux.md §3.7).
var listed = map[report.Severity]string{
	report.Error: `name.character.invalid name.suffix.unknown name.address.invalid name.address.reserved http01.redirect.port
		http01.redirect.scheme http01.redirect.status http01.redirect.location http01.redirect.missing-slash http01.redirect.loop
		http01.redirect.too-many http01.redirect.path-too-long http01.redirect.host-empty http01.redirect.not-public
		http01.redirect.reserved-ip http01.redirect.zone http01.tls.version http01.tls.ciphers http01.tls.client-cert
		http01.tls.alert http01.tls.plain http01.protocol.http2 http01.protocol.tls http01.protocol.not-http
		http01.response.not-found http01.response.dot-denied http01.response.iis http01.response.status http01.response.html
		http01.response.mismatch http01.response.too-long http01.response.broken-off http01.response.router
		http01.response.bot-wall http01.cdn.blocked http01.waf.user-agent http01.waf.path http01.server.stranger
		http01.server.ipv6-stranger net.connect.timeout net.connect.refused net.connect.reset net.connect.closed
		net.connect.rejected net.connect.unreachable net.read.timeout net.mtu.black-hole dns.name.nxdomain
		dns.name.no-address dns.address.private dns.answer.servfail dns.answer.refused dns.answer.timeout dns.cname.loop
		dns.cname.dangling dnssec.chain.bogus dnssec.signature.expired`,
	report.Warning: `http01.redirect.public-ip http01.response.catch-all http01.addresses.disagree local.port.in-use net.ipv6.broken
		net.ipv6.dropped net.ipv4.dropped net.address.dead dns.address.ignored dns.family.failing`,
	report.Info: `http01.redirect.many http01.tls.certificate http01.cdn.in-front http01.waf.ca-only net.nat.hairpin
		vantage.inside.only local.network.missing`,
}

// deviating are listed codes whose severity is another, and why.
var deviating = map[string]struct {
	severity report.Severity
	why      string
}{
	"local.ipv6.missing": {report.Warning, "\"exit 0 with a warning\": what the CA tries first was not seen"},
}

func TestSeverities(t *testing.T) {
	want := map[string]report.Severity{}
	for s, codes := range listed {
		for code := range strings.FieldsSeq(codes) {
			want[code] = s
		}
	}
	for code, d := range deviating {
		if checks.ByCode(code) == nil || d.why == "" {
			t.Errorf("%s does not exist, or has no reason for a severity of its own", code)
		}
		want[code] = d.severity
	}
	eachCheck(t, func(t *testing.T, c *checks.Check) {
		if s, listed := want[c.Code]; listed && s != c.Severity {
			t.Errorf("severity %v; list: %v", c.Severity, s)
		}
	})
}

// Only what stops the CA is generic, and only what is no error leaves open
// what it would say.
func TestFlags(t *testing.T) {
	eachCheck(t, func(t *testing.T, c *checks.Check) {
		if c.Generic && c.Severity != report.Error || c.Unsettles && c.Severity == report.Error {
			t.Errorf("generic %v, unsettles %v, %v", c.Generic, c.Unsettles, c.Severity)
		}
	})
}

// prose is everything an entry may say to a user.
func prose(c *checks.Check) []string {
	out := []string{c.Title, c.Means, c.Again, c.Ignore}
	out = append(out, c.Causes...)
	for _, f := range c.Fixes {
		out = append(out, f.Text, f.Snippet)
	}
	return out
}

// forbidden is advice that harms or does not help: a CA has no addresses to
// let in, and nobody needs to be told to check what he has.
var forbidden = []string{
	"allow let's encrypt", "allow lets encrypt", "whitelist", "allowlist", "open all ports", "check your", "disable the firewall",
	"turn off the firewall", "le ip addresses", "let's encrypt's ip", "make sure", "try again later", "contact your administrator", "simply", "just ",
}

func TestNoForbiddenAdvice(t *testing.T) {
	eachCheck(t, func(t *testing.T, c *checks.Check) {
		for _, text := range prose(c) {
			for _, bad := range forbidden {
				if strings.Contains(strings.ToLower(text), bad) {
					t.Errorf("%q: says %q", text, bad)
				}
			}
		}
	})
}

// argument is a place that an argument fills. Apache's %{…} and lighttpd's
// ${…} are their own.
var argument = regexp.MustCompile(`(?:^|[^%$])\{([a-z]+)\}`)

// Every place that a fix leaves to be filled has an argument. Caddy's own
// {uri} is none.
func TestArguments(t *testing.T) {
	args := (&checks.In{Policy: policy.LetsEncrypt()}).Args()
	eachCheck(t, func(t *testing.T, c *checks.Check) {
		for _, text := range prose(c) {
			for _, m := range argument.FindAllStringSubmatch(text, -1) {
				if _, ok := args[m[1]]; !ok && m[1] != "uri" {
					t.Errorf("%q: nothing fills {%s}", text, m[1])
				}
			}
		}
	})
}

func TestAllIsSortedAndApart(t *testing.T) {
	all := checks.All()
	if !slices.IsSortedFunc(all, func(a, b *checks.Check) int { return strings.Compare(a.Code, b.Code) }) {
		t.Error("not sorted by code")
	}
	all[0] = nil
	if checks.All()[0] == nil {
		t.Error("the catalogue can be changed from outside")
	}
	if checks.ByCode("no.such.code") != nil {
		t.Error("a code that does not exist is found")
	}
}

// vague is advice with nothing in it to do: a fix says what to type, or which
// of two things has to be otherwise.
var vague = regexp.MustCompile(`(?i)\b(check (the|that|whether|if|all)\b|verify (that|your|the)|ensure|be sure|please|properly|correctly configured|misconfigur\w*|(check|review|fix|correct) (the|your) (config\w*|settings?|set-up|name servers?)|some(how|thing) is wrong|as needed|if necessary|in a while|newcomers?\b|BRs\b|etc\.)`)

// misspelt are names of products and protocols as their makers do not write
// them. What is typed is as it has to be, so snippets are not looked at.
var misspelt = regexp.MustCompile(`\b(Nginx|NGINX|NginX|apache|Haproxy|HAproxy|HaProxy|LightTPD|Lighttpd|Letsencrypt|LetsEncrypt|Lets Encrypt|CloudFlare|cloudflare|Cloudfront|Wordpress|traefik|caddy|Iptables|Github|OpenSSL's|ipv6|ipv4|Https|Http|Dnssec)\b|\bIPV[46]\b[^=]`)

func TestProse(t *testing.T) {
	eachCheck(t, func(t *testing.T, c *checks.Check) {
		texts := append([]string{c.Title, c.Means, c.Ignore}, c.Causes...)
		for _, f := range c.Fixes {
			texts = append(texts, f.For+": "+f.Text)
			if strings.HasPrefix(f.Text, "or ") {
				t.Errorf("fix %q: reports put the \"or\" in front", f.Text)
			}
		}
		for _, text := range texts {
			if bad := vague.FindString(text); bad != "" {
				t.Errorf("%q: says %q", text, bad)
			}
			if bad := misspelt.FindString(text); bad != "" {
				t.Errorf("%q: %q is spelt otherwise", text, bad)
			}
			if strings.Contains(text, "  ") || strings.TrimSpace(text) != text {
				t.Errorf("%q: a space too many", text)
			}
		}
	})
}

// One meaning belongs to one code: who reads two findings should not read the
// same twice.
func TestMeaningsDiffer(t *testing.T) {
	titles, means := map[string]string{}, map[string]string{}
	eachCheck(t, func(t *testing.T, c *checks.Check) {
		if other := titles[c.Title]; other != "" {
			t.Errorf("has the title of %s", other)
		}
		if other := means[c.Means]; other != "" {
			t.Errorf("means the same as %s", other)
		}
		titles[c.Title], means[c.Means] = c.Code, c.Code
	})
}
