package lab_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
	"github.com/acmecheck/acmecheck/probes/wire"
)

const (
	conformance = "../testdata/conformance/"
	public      = "192.0.2.0/24,198.51.100.0/24,203.0.113.0/24,2001:db8::/32"
)

type problem struct{ Type, Detail string }

type recorded struct {
	World   string
	Valid   bool
	Problem *problem
	MS      int64
}

// sample is every fifth quick world of http, every third of the other areas and
// a few slow ones, or all of them with SAMPLE=all. What the command line cannot
// ask on sockets is left out: several perspectives, and one part alone.
func sample(t *testing.T) []recorded {
	t.Helper()
	b, err := os.ReadFile(conformance + "verdicts-new.json")
	if err != nil {
		t.Fatal(err)
	}
	var all, out []recorded
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(v recorded) bool {
		w := loadWorld(t, v.World)
		return len(w.Perspectives) > 0 || w.Check != "both"
	})
	if os.Getenv("SAMPLE") == "all" {
		return all
	}
	slow := []string{"http-connect-drop", "http-dns-timeout", "http-v6-unreachable-v4-ok", "http-e-v6-prohibited", "alpn-drop", "caa-timeout", "dns-timeout"}
	for i, v := range all {
		every := 3
		if strings.HasPrefix(v.World, "http-") {
			every = 5
		}
		if v.MS <= 900 && i%every == 0 || slices.Contains(slow, v.World) {
			out = append(out, v)
		}
	}
	return out
}

func loadWorld(t *testing.T, name string) *world.World {
	t.Helper()
	w, err := world.Load(conformance + "worlds/" + name + ".world")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// The recorded verdicts must come out on real sockets too, from the binary
// users run, on true ports 80 and 443.
func TestSocketsAgreeWithTheRecordings(t *testing.T) {
	if !inNamespace(t, "ip", "nft") {
		return
	}
	bin := build(t)
	vs := sample(t)
	if len(vs) < 60 {
		t.Fatalf("a sample of %d worlds", len(vs))
	}
	agree := 0
	for _, v := range vs {
		if got, want := onSockets(t, bin, loadWorld(t, v.World)), said(v.Valid, v.Problem); got != want {
			t.Errorf("%s:\n got %s\nwant %s", v.World, got, want)
			continue
		}
		agree++
	}
	t.Logf("on sockets: %d of %d worlds agree", agree, len(vs))
}

func onSockets(t *testing.T, bin string, w *world.World) string {
	t.Helper()
	l, err := lab.StartNative(t.Context(), w.View(""))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	out, err := exec.CommandContext(t.Context(), bin, "validate", w.Method+"@"+w.Identifier, "--token", w.Token,
		"--key-authorization", w.KeyAuthorization(), "--account-uri", w.Account, "--resolver", world.Resolver.String(),
		"--treat-as-public", public, "--policy", "letsencrypt", "--format", "json").Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) {
		return err.Error()
	}
	var a struct {
		Valid   bool
		Problem *problem
	}
	if err := json.Unmarshal(out, &a); err != nil {
		return err.Error() + ": " + string(out)
	}
	return said(a.Valid, a.Problem)
}

var local = regexp.MustCompile(`read tcp \S+->`)

func said(valid bool, p *problem) string {
	if valid || p == nil {
		return "valid"
	}
	return strings.TrimPrefix(p.Type, "urn:ietf:params:acme:error:") + ": " + local.ReplaceAllString(p.Detail, "read tcp LOCAL->")
}

// A firewall that says no by ICMP leaves its message in the trace: errno alone
// does not tell it from a host that is not there, nor from a reset.
func TestSocketsKeepTheICMPMessage(t *testing.T) {
	if !inNamespace(t, "ip", "nft") {
		return
	}
	for _, tt := range []struct{ address, behaviour, kind, icmp string }{
		{"192.0.2.10", "prohibited", "host-unreachable", "3/13"},
		{"192.0.2.10", "hostunreach", "host-unreachable", "3/1"},
		{"192.0.2.10", "netunreach", "net-unreachable", "3/0"},
		{"192.0.2.10", "refuse", "refused", ""},
		{"[2001:db8::10]", "prohibited", "prohibited", "1/1"},
	} {
		w, err := world.Parse("icmp", "challenge http-01 www.example.com\ntcp "+tt.address+":80 "+tt.behaviour)
		if err != nil {
			t.Fatal(err)
		}
		l, err := lab.StartNative(t.Context(), w.View(""))
		if err != nil {
			t.Fatal(err)
		}
		_, f := (&wire.Net{}).Connect(t.Context(), probes.Dial{To: netip.MustParseAddrPort(tt.address + ":80")})
		l.Close()
		if f == nil || string(f.Kind) != tt.kind || f.ICMP != tt.icmp || (f.From == "") != (tt.icmp == "") {
			t.Errorf("%s %s: %+v, want %s %s", tt.address, tt.behaviour, f, tt.kind, tt.icmp)
		}
	}
}
