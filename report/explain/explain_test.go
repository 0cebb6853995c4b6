package explain

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A verdict is what a real Boulder said of a world of testdata/conformance.
type verdict struct {
	World   string    `json:"world"`
	Problem *recorded `json:"problem"`
	CAA     *struct {
		Problem *recorded `json:"problem"`
	} `json:"caa"`
	MPIC []struct {
		Problem *recorded `json:"problem"`
	} `json:"mpic"`
}

type recorded struct {
	Type   string `json:"type"`
	Detail string `json:"detail"`
}

func (v verdict) problems() []recorded {
	all := []*recorded{v.Problem}
	if v.CAA != nil {
		all = append(all, v.CAA.Problem)
	}
	for _, m := range v.MPIC {
		all = append(all, m.Problem)
	}
	var said []recorded
	for _, p := range all {
		if p != nil && !slices.Contains(said, *p) {
			said = append(said, *p)
		}
	}
	return said
}

func verdicts(t *testing.T, file string) []verdict {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "conformance", file))
	if err != nil {
		t.Fatal(err)
	}
	var all []verdict
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// areas are the areas of codes that may explain a world of a kind.
var areas = map[string][]string{
	"http": {"http01", "net", "dns", "dnssec", "name"},
	"dns":  {"dns01", "dnspersist01", "dns", "dnssec", "target"},
	"alpn": {"tlsalpn01", "net"},
	"caa":  {"caa", "http01"},
	"mpic": {"http01", "net", "dns01", "caa", "vantage"},
}

// Whatever a real CA said of a world is recognised, as the type it was.
func TestRecogniseVerdicts(t *testing.T) {
	for file, wordings := range map[string][]Wording{
		"verdicts-new.json": {Today},
		"verdicts-old.json": {Today, Older},
	} {
		t.Run(file, func(t *testing.T) {
			for _, v := range verdicts(t, file) {
				for _, p := range v.problems() {
					checkVerdict(t, v.World, p, wordings)
				}
			}
		})
	}
}

func checkVerdict(t *testing.T, world string, p recorded, wordings []Wording) {
	t.Helper()
	found := Recognise(p.Detail)
	if len(found) != 1 {
		t.Errorf("%s: %d matches in %q: %v", world, len(found), p.Detail, ids(found))
		return
	}
	m := found[0]
	if m.Text != collapse(p.Detail) {
		t.Errorf("%s: took %q of %q", world, m.Text, p.Detail)
	}
	if !slices.Contains(wordings, m.Wording) || m.Wording == Today && m.Entry.Type != p.Type {
		t.Errorf("%s: %s is %s, %s; want %s, one of %v", world, m.Entry.ID, m.Entry.Type, m.Wording, p.Type, wordings)
	}
	if m.Secondary != strings.HasPrefix(p.Detail, "During secondary") || m.Secondary != (m.Remote != nil) {
		t.Errorf("%s: secondary %v of %q", world, m.Secondary, p.Detail)
	}
	kind, _, _ := strings.Cut(world, "-")
	fits := func(code string) bool {
		area, _, _ := strings.Cut(code, ".")
		return slices.Contains(areas[kind], area)
	}
	if !slices.ContainsFunc(m.Entry.Codes, fits) {
		t.Errorf("%s: none of %v explains a world of %s", world, m.Entry.Codes, kind)
	}
}

func ids(found []Match) []string {
	var all []string
	for _, m := range found {
		all = append(all, m.Entry.ID)
	}
	return all
}

const token = "http://www.example.com/.well-known/acme-challenge/7Hq2"

func TestRecognise(t *testing.T) {
	tests := []struct {
		name string
		text string
		want string // IDs
		args map[string]string
		run  string
	}{
		{
			name: "bare detail", text: "203.0.113.10: Fetching " + token + ": Timeout during connect (likely firewall problem)",
			want: "connect-timeout", args: map[string]string{"ip": "203.0.113.10", "url": token}, run: "acmecheck http-01@www.example.com",
		},
		{
			name: "no address, before 2022", text: "Fetching " + token + ": Timeout during connect (likely firewall problem)",
			want: "connect-timeout", args: map[string]string{"url": token}, run: "acmecheck http-01@www.example.com",
		},
		{
			name: "problem type in front", text: "urn:ietf:params:acme:error:connection :: 2001:db8::10: Fetching " + token + ": Connection refused",
			want: "connection-refused", args: map[string]string{"ip": "2001:db8::10", "url": token}, run: "acmecheck http-01@www.example.com",
		},
		{
			name: "tls-alpn-01 names neither name nor method", text: "203.0.113.10: Connection refused",
			want: "connection-refused", args: map[string]string{"ip": "203.0.113.10"}, run: "acmecheck NAME",
		},
		{
			name: "redirect target is not the name", text: "203.0.113.10: Fetching https://login.example.net:4434/x: invalid port 4434: must be 80 or 443",
			want: "redirect-port", args: map[string]string{"ip": "203.0.113.10", "url": "https://login.example.net:4434/x", "port": "4434"}, run: "acmecheck http-01@NAME",
		},
		{
			name: "two address look-ups",
			text: "DNS problem: NXDOMAIN looking up A for x.example.com - check that a DNS record exists for this domain; DNS problem: NXDOMAIN looking up AAAA for x.example.com - check that a DNS record exists for this domain",
			want: "dns-nxdomain", args: map[string]string{"rcode": "NXDOMAIN", "rrtype": "A and AAAA", "host": "x.example.com"}, run: "acmecheck x.example.com",
		},
		{
			name: "two different look-ups, redirected",
			text: "During secondary validation: 192.0.2.1: Fetching http://r.example.net/x: DNS problem: SERVFAIL looking up A for r.example.net - the domain's nameservers may be malfunctioning; no valid AAAA records found for r.example.net",
			want: "dns-servfail dns-no-address", args: map[string]string{"ip": "192.0.2.1", "url": "http://r.example.net/x", "rcode": "SERVFAIL", "rrtype": "A", "host": "r.example.net"}, run: "acmecheck http-01@NAME",
		},
		{
			name: "TXT", text: "DNS problem: NXDOMAIN looking up TXT for _acme-challenge.example.com - check that a DNS record exists for this domain",
			want: "dns-nxdomain-txt", args: map[string]string{"rcode": "NXDOMAIN", "host": "_acme-challenge.example.com"}, run: "acmecheck dns-01@example.com",
		},
		{
			name: "CAA of a wildcard", text: "While processing CAA for *.example.com: CAA record for example.com prevents issuance",
			want: "caa-forbidden", args: map[string]string{"name": "*.example.com", "found": "example.com"}, run: "acmecheck 'caa@*.example.com'",
		},
		{
			name: "CAA look-up", text: "rechecking caa: While processing CAA for example.com: DNS problem: query timed out looking up CAA for com",
			want: "caa-lookup", args: map[string]string{"name": "example.com", "found": "com"}, run: "acmecheck caa@example.com",
		},
		{
			name: "name refused", text: `Error creating new order :: Cannot issue for "traefik-docker": Domain name needs at least one dot`,
			want: "name-no-dot", args: map[string]string{"name": "traefik-docker"}, run: "acmecheck traefik-docker",
		},
		{
			name: "rate limit", text: `too many failed authorizations (5) for "example.com" in the last 1h0m0s, retry after 2026-11-24 05:00:00 UTC: see https://letsencrypt.org/docs/rate-limits/#authorization-failures-per-identifier-per-account`,
			want: "limit-failures", args: map[string]string{"number": "5", "name": "example.com", "in": "1h0m0s", "retry": "2026-11-24 05:00:00 UTC"}, run: "acmecheck example.com",
		},
		{
			name: "older page", text: "Invalid response from " + token + ` [203.0.113.10]: "<html>\r\n<head><title>404 Not Found</title>"`,
			want: "response-body-older", args: map[string]string{"url": token, "ip": "203.0.113.10", "got": `<html>\r\n<head><title>404 Not Found</title>`}, run: "acmecheck http-01@www.example.com --webroot DIR",
		},
		{
			name: "older mismatch", text: "The key authorization file from the server did not match this challenge [a.b] != [a]",
			want: "mismatch", args: map[string]string{"expected": "a.b", "got": "a"}, run: "acmecheck http-01@NAME --webroot DIR",
		},
		{name: "upper case", text: "192.0.2.1: FETCHING " + token + ": REDIRECT LOOP DETECTED", want: "redirect-loop", args: map[string]string{"ip": "192.0.2.1", "url": token}, run: "acmecheck http-01@www.example.com"},
		{name: "quotes of JSON", text: `{"detail":"Incorrect TXT record \"one\" (and 2 more) found at _acme-challenge.example.com"}`, want: "txt-incorrect", args: map[string]string{"got": "one", "number": "2", "host": "_acme-challenge.example.com"}, run: "acmecheck dns-01@example.com"},
		{name: "quotes of a forum", text: "Cannot negotiate ALPN protocol “acme-tls/1” for tls-alpn-01 challenge", want: "alpn-none", args: map[string]string{}, run: "acmecheck tls-alpn-01@NAME"},
		{name: "wrapped", text: "203.0.113.10: Fetching\n   " + token + ":\n   Timeout during connect (likely\n   firewall problem)", want: "connect-timeout", args: map[string]string{"ip": "203.0.113.10", "url": token}, run: "acmecheck http-01@www.example.com"},
		{name: "unknown text of a known type", text: "urn:ietf:params:acme:error:externalAccountRequired :: no binding", want: "type-external-account-required", args: map[string]string{}, run: "acmecheck NAME"},
		{name: "unknown type", text: "urn:ietf:params:acme:error:teapot :: short and stout"},
		{name: "words that others use", text: "dial tcp 192.0.2.1:5432: connect: connection refused (postgres)"},
		{name: "alone they count", text: "Connection refused", want: "connection-refused", args: map[string]string{}, run: "acmecheck NAME"},
		{name: "inside of a word", text: "MyService busy; retry later"},
		{name: "behind an escaped newline", text: `x\nService busy; retry later`, want: "service-busy", args: map[string]string{}, run: "acmecheck NAME"},
		{name: "the type behind the detail", text: `"detail":"No TXT record found at _acme-challenge.example.com","type":"urn:ietf:params:acme:error:unauthorized"`, want: "txt-none", args: map[string]string{"host": "_acme-challenge.example.com"}, run: "acmecheck dns-01@example.com"},
		{name: "the nearest address", text: "198.51.100.1: 203.0.113.10: Connection refused", want: "connection-refused", args: map[string]string{"ip": "203.0.113.10"}, run: "acmecheck NAME"},
		{name: "the client's own error", text: `Get "https://acme-v02.api.letsencrypt.org/directory": x509: certificate has expired`, want: "directory-unreachable", args: map[string]string{"directory": "https://acme-v02.api.letsencrypt.org/directory", "why": "x509: certificate has expired"}, run: "acmecheck NAME"},
		{name: "words that follow", text: "DNS problem: NXDOMAIN looking up TXT for _acme-challenge.example.com - check that a DNS record exists for this domain\nno TXT record found at _acme-challenge.example.net", want: "dns-nxdomain-txt txt-none", args: map[string]string{"rcode": "NXDOMAIN", "host": "_acme-challenge.example.com"}, run: "acmecheck dns-01@example.com"},
		{name: "nothing", text: "certificate renewed, all fine"},
		{name: "a name for a shell", text: "While processing CAA for $(reboot): CAA record for `id` prevents issuance", want: "caa-forbidden", args: map[string]string{"name": "$(reboot)", "found": "`id`"}, run: "acmecheck caa@NAME"},
		{name: "an option for a name", text: `Cannot issue for "--deep": Domain name contains an invalid character`, want: "name-character", args: map[string]string{"name": "--deep"}, run: "acmecheck NAME"},
		{name: "IPv6 identifier", text: "2001:db8::10: Fetching http://[2001:db8::10]/.well-known/acme-challenge/x: Network unreachable", want: "network-unreachable", args: map[string]string{"ip": "2001:db8::10", "url": "http://[2001:db8::10]/.well-known/acme-challenge/x"}, run: "acmecheck 'http-01@[2001:db8::10]'"},
		{name: "Pebble", text: "Non-200 status code from HTTP: http://www.example.com:5002/x returned 404", want: "response-404", args: map[string]string{"url": "http://www.example.com:5002/x", "status": "404"}, run: "acmecheck http-01@NAME --webroot DIR"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := Recognise(tt.text)
			if got := strings.Join(ids(found), " "); got != tt.want {
				t.Fatalf("Recognise(%q) = %q, want %q", tt.text, got, tt.want)
			}
			if len(found) == 0 {
				return
			}
			if !maps.Equal(found[0].Args, tt.args) {
				t.Errorf("args %v, want %v", found[0].Args, tt.args)
			}
			if got := found[0].Command(); got != tt.run {
				t.Errorf("command %q, want %q", got, tt.run)
			}
			for _, m := range found[1:] {
				if m.Args["ip"] != found[0].Args["ip"] || m.Secondary != found[0].Secondary {
					t.Errorf("%s lost what the CA printed once: %v", m.Entry.ID, m.Args)
				}
			}
		})
	}
}

// Two problems in one text come in the text's order.
func TestRecogniseOrder(t *testing.T) {
	found := Recognise("a: 192.0.2.1: Fetching " + token + ": Connection refused\n\nb: No TXT record found at _acme-challenge.example.com\n\nc: urn:ietf:params:acme:error:dns :: something new")
	if got, want := ids(found), []string{"connection-refused", "txt-none", "type-dns"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Texts as CAs print them, not as the catalogue's templates have them.
func TestRecogniseTexts(t *testing.T) {
	data, err := os.ReadFile("testdata/texts.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		want, text, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue // a comment
		}
		if got := ids(Recognise(text)); !slices.Equal(got, []string{want}) {
			t.Errorf("%q is taken for %v, want %s", text, got, want)
		}
		unambiguous(t, text)
	}
}

func TestRecogniseLimit(t *testing.T) {
	text := strings.Repeat("Service busy; retry later\n", maxMatches+1) + strings.Repeat("Error getting validation data\n", maxMatches)
	if n := len(Recognise(text)); n != maxMatches {
		t.Errorf("%d matches, want %d", n, maxMatches)
	}
}
