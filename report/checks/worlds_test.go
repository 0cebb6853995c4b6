package checks_test

// This file holds that every code fires in at least one world and stays quiet
// in at least one, lists those of which no world can tell, and that the page of
// what is not yet told apart names codes that exist.

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/acmecheck/acmecheck/report/checks"
)

const (
	needsOrder  = "a CA has to be asked: the answers are recorded"
	needsSolver = "a solver has to have tried its key: what it may write is recorded"
	needsPlace  = "it is about this machine or its network, and a world has none"
	needsServer = "each name server is asked by itself, and a world has one resolver for all"
	needsMemory = "a server answers otherwise the second time, or keeps a count; one of a world has no memory"
	needsFault  = "a world's network and servers do not fail in this way: the steps are recorded"
)

// recorded are the codes whose fixture is of recorded steps or answers: why,
// and the test that sees the code on real sockets, where one does. The others
// have TestEveryCheckHasItsFixture (report/judge) alone.
var recorded = map[string]struct{ why, file, test string }{
	"acme.account.paused":             {needsOrder, "", ""},
	"acme.account.refused":            {needsOrder, "cmd/acmecheck/issue_test.go", "TestRefusalsOfACA"},
	"acme.directory.unreachable":      {needsOrder, "", ""},
	"acme.limit.near":                 {needsOrder, "", ""},
	"acme.limit.reached":              {needsOrder, "cmd/acmecheck/issue_test.go", "TestRefusalsOfACA"},
	"acme.problem.other":              {needsOrder, "", ""},
	"dns.delegation.lame":             {needsServer, "pebble-env/dns_linux_test.go", "TestDNS"},
	"dns.server.mangles-case":         {needsServer, "", ""},
	"dns.tcp.blocked":                 {needsServer, "pebble-env/dns_linux_test.go", "TestDNS"},
	"dns.view.split":                  {needsOrder, "", ""},
	"dns01.answer.cached":             {needsServer, "", ""},
	"dns01.credentials.broad":         {needsSolver, "pebble-env/solver_linux_test.go", "TestSolverDelegated"},
	"dns01.credentials.scope":         {needsSolver, "pebble-env/solver_linux_test.go", "TestSolverDelegated"},
	"dns01.delegation.dnssec-partial": {needsServer, "", ""},
	"dns01.servers.disagree":          {needsServer, "", ""},
	"dns01.servers.lagging":           {needsServer, "", ""},
	"http01.response.rate-limited":    {needsMemory, "", ""},
	"http01.response.unsteady":        {needsMemory, "", ""},
	"http01.server.stranger":          {needsPlace, "", ""},
	"local.clock.skewed":              {needsOrder, "", ""},
	"local.firewall.rejects":          {needsPlace, "", ""},
	"local.ipv6.missing":              {needsPlace, "pebble-env/standing_linux_test.go", "TestStanding"},
	"local.look.cut-off":              {needsPlace, "", ""},
	"local.network.missing":           {needsPlace, "pebble-env/standing_linux_test.go", "TestStanding"},
	"local.port.in-use":               {needsPlace, "", ""},
	"local.route.missing":             {needsPlace, "pebble-env/standing_linux_test.go", "TestStanding"},
	"local.socket.failed":             {needsPlace, "", ""},
	"net.firewall.blocks-ca-only":     {needsOrder, "", ""},
	"net.inbound.filtered":            {needsOrder, "pebble-env/rehearse_linux_test.go", "TestRehearseFiltered"},
	"net.mtu.black-hole":              {needsFault, "", ""},
	"net.nat.hairpin":                 {needsPlace, "pebble-env/standing_linux_test.go", "TestStanding"},
	"net.request.failed":              {needsFault, "", ""},
	"tlsalpn01.cert.missing":          {needsFault, "", ""},
	"tlsalpn01.hello.too-large":       {needsFault, "pebble-env/alpn_linux_test.go", "TestALPNHello"},
	"tlsalpn01.tls.malformed":         {needsFault, "", ""},
	"vantage.inside.only":             {needsPlace, "pebble-env/standing_linux_test.go", "TestStoryFromInside"},
	"vantage.server.differs":          {needsOrder, "", ""},
}

// The list is exact: a code leaves it as soon as a world can show it.
func TestEveryCodeHasItsWorlds(t *testing.T) {
	eachCheck(t, func(t *testing.T, c *checks.Check) {
		fires, quiet := inWorlds(t, c.Code)
		r, listed := recorded[c.Code]
		switch {
		case listed && fires && quiet:
			t.Error("worlds show it: take it off the list of those that none can")
		case !listed && !fires:
			t.Error("fires in no world, and is not listed with the reason")
		case !listed && !quiet:
			t.Error("stays quiet in no world of its fixture")
		case r.test != "":
			seenBy(t, r.file, r.test, c.Code)
		}
	})
	for code := range recorded {
		if checks.ByCode(code) == nil {
			t.Errorf("%s is listed and does not exist", code)
		}
	}
}

// inWorlds reports whether a code's fixture has a world in which it fires, and
// one in which it does not. That the fixture tells the truth is held by
// TestEveryCheckHasItsFixture of report/judge.
func inWorlds(t *testing.T, code string) (fires, quiet bool) {
	t.Helper()
	file := strings.NewReplacer(".", "_", "-", "_").Replace(code) + ".txtar"
	a, err := txtar.ParseFile(filepath.Join("../../testdata/checks", file))
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, f := range a.Files {
		sections[f.Name] = string(f.Data)
	}
	for name, want := range sections {
		scene, part, _ := strings.Cut(name, "/")
		if part != "want" || sections[scene+"/world"] == "" || sections[scene+"/order"] != "" {
			continue
		}
		if strings.Contains(want, "\n"+code+" ") {
			fires = true
		} else {
			quiet = true
		}
	}
	return fires, quiet
}

// seenBy holds that a test is where the list says, in a file that asks for the
// code.
func seenBy(t *testing.T, file, test, code string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../..", file))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), "func "+test+"(") || !strings.Contains(string(b), code) {
		t.Errorf("%s has no %s that asks for it", file, test)
	}
}

var linkedCode = regexp.MustCompile(`\[([^\]]+)\]\(codes/([^)]+)\.md\)`)

// docs/not-yet.md names codes that exist, and every cause it has is said to
// have one or to lack evidence.
func TestNotYet(t *testing.T) {
	b, err := os.ReadFile("../../docs/not-yet.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| cause ") {
			continue
		}
		rows++
		codes := linkedCode.FindAllStringSubmatch(line, -1)
		if len(codes) == 0 {
			t.Errorf("no code in %q", line)
		}
		for _, m := range codes {
			if m[1] != m[2] || checks.ByCode(m[1]) == nil {
				t.Errorf("no such code: %s (%s)", m[1], m[2])
			}
		}
	}
	if rows < 48 {
		t.Errorf("%d causes; 48 are known", rows)
	}
}
