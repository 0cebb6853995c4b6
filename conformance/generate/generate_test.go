package generate

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// texts are worlds by their names.
func texts(seed uint64, count int, from []area) map[string]string {
	out := map[string]string{}
	for i := range count {
		name, text := one(from, seed, i)
		out[name] = text
	}
	return out
}

// Every world parses, and a seed always gives the same ones.
func TestRunRepeatsItself(t *testing.T) {
	var first map[string]string
	for range 2 {
		files, err := Run(filepath.Join(t.TempDir(), "worlds"), Options{Seed: 99, Count: 300})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, f := range files {
			w, err := world.Load(f)
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			got[w.Name] = string(b)
		}
		if len(got) != 300 {
			t.Errorf("%d worlds", len(got))
		}
		if diff := cmp.Diff(first, got); first != nil && diff != "" {
			t.Errorf("(-first +second):\n%s", diff)
		}
		first = got
	}
}

func TestEveryWorldParses(t *testing.T) {
	for name, text := range texts(8, 5000, areas) {
		if _, err := world.Parse(name, text); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

func TestSeedsDiffer(t *testing.T) {
	for name, text := range texts(1, 3, areas) {
		for other, same := range texts(2, 3, areas) {
			if text == same {
				t.Errorf("%s is %s", name, other)
			}
		}
	}
}

func TestAreas(t *testing.T) {
	for _, area := range Areas() {
		from, err := chosen([]string{area})
		if err != nil {
			t.Fatal(err)
		}
		for name := range texts(3, 30, from) {
			if !strings.HasPrefix(name, area+"-random-3-") {
				t.Errorf("area %s made %s", area, name)
			}
		}
	}
	if _, err := Run(t.TempDir(), Options{Areas: []string{"ftp"}}); err == nil {
		t.Error("an area that there is not")
	}
}

// edges are what has to turn up sooner or later: an edge that the generator
// lost is lost in silence.
var edges = []string{
	`//user:pass@`, `//user:@`, `^tcp .*:443 hang`, `^tls .* alert=40$`, `length=200 then=reset`, `then=reset$`, `stall`, ` drop$`,
	`body="\$\(a\*127\)"`, `body="\$\(a\*128\)"`, `body="\$\(a\*129\)"`, `pad=128`, `pad=129`, `"/hop1/\$\(a\*1993\)"`, `"/hop1/\$\(a\*1994\)"`, `"/hop1/\$\(a\*1995\)"`,
	`TXT "\$\(a\*99\)"`, `TXT "\$\(a\*100\)"`, `TXT "\$\(a\*101\)"`, `"\$\(x\*255\)"`, `"\$\(x\*256\)"`,
	`^challenge http-01 192\.`, `^challenge http-01 2001:`, `^challenge tls-alpn-01 2001:`, `^challenge dns-\S+ 192\.`, `^challenge dns-account-01 \*\.`,
	`^check dcv`, `^check caa`, `^check both`, `ede=\d+`, `ede=27`, `^perspectives( \S+){3}$`, `^perspectives( \S+){6}$`, `^from \w+ `, `^from \w+,\w+,\w+ `, `^from remotes`, `^from Primary`,
	`CAA 128 `, `CAA \d+ issuewild`, `validationmethods=,http-01`, `validationmethods=http-01,`, `accounturi=https://acme-v01`, `CAA .*=b`, `CAA .*;;`, `CAA !tc`,
	`policy=Wildcard`, `persistUntil=1000000000`, `persistUntil=9223372036854775808`, `TXT "LetsEncrypt.org`, `TXT .*accounturi=;`,
	`acmeraw=0421`, `acmeid=\$\(ab\*31\)`, `signer=broken`, `sanext=dup`, `san=none`, `acmecritical=no`, `alpn=none`, `dns:\$NAME,email`, `extra=2\.5\.29\.17`, `sni=\d+\.\d+`,
}

func TestEdgesTurnUp(t *testing.T) {
	var all strings.Builder
	chains := map[int]bool{} // lengths of CNAME chains
	for _, text := range texts(4, 10_000, areas) {
		all.WriteString(text)
		chains[strings.Count(text, " CNAME alias")] = true
	}
	for _, e := range edges {
		if !regexp.MustCompile("(?m)" + e).MatchString(all.String()) {
			t.Errorf("no %s", e)
		}
	}
	for _, n := range []int{10, 11, 12} {
		if !chains[n] {
			t.Errorf("no chain of %d CNAMEs", n)
		}
	}
}

var (
	fromLine = regexp.MustCompile(`(?m)^from `)
	lateLine = regexp.MustCompile(`(?m)^(?:from \S+ )?dns .*!delay (\S+)`)
	talkLine = regexp.MustCompile(`(?m)^(?:from \S+ )?tcp \S+:80 say=`)
)

// The package comment promises that no verdict depends on chance.
func TestNothingDependsOnChance(t *testing.T) {
	for name, text := range texts(5, 5000, areas) {
		if n := len(fromLine.FindAllString(text, -1)); n > 1 {
			t.Errorf("%s: perspectives fail in %d ways", name, n)
		}
		var late time.Duration
		for _, m := range lateLine.FindAllStringSubmatch(text, -1) {
			d, err := time.ParseDuration(m[1])
			if err != nil {
				t.Fatal(err)
			}
			late = max(late, d)
		}
		if late > 600*time.Millisecond && late < 1400*time.Millisecond {
			t.Errorf("%s: an answer is %s late", name, late)
		}
		for l := range strings.SplitSeq(text, "\n") {
			if talkLine.MatchString(l) && !strings.Contains(l, "after=request") {
				t.Errorf("%s: the server speaks first: %s", name, l)
			}
		}
	}
}

// A world waits for one timeout at most, or live runs would take for ever.
func TestFewWorldsWait(t *testing.T) {
	waiting := regexp.MustCompile(`(?m)\b(drop|hang|delay=12s|delay 1500ms|delay 4s)\b|body="\$KA".* stall$`)
	n := 0
	for _, text := range texts(6, 2000, areas) {
		if waiting.MatchString(text) {
			n++
		}
	}
	if n < 20 || n > 160 {
		t.Errorf("%d of 2000 worlds wait", n)
	}
}
