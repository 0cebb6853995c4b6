package explain

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

var update = flag.Bool("update", false, "rewrite what the logs are expected to yield")

// Each log of testdata/logs yields the problems in the .want beside it, and
// each of these is explained by an entry of its own.
func TestReadLog(t *testing.T) {
	logs, err := filepath.Glob("testdata/logs/*.txt")
	if err != nil || len(logs) == 0 {
		t.Fatal("no logs", err)
	}
	for _, file := range logs {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			problems, err := ReadLog(f)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, strings.TrimSuffix(file, ".txt")+".want", lines(t, problems))
			for _, p := range problems {
				if m := p.Explain(); len(m) == 0 || strings.HasPrefix(m[0].Entry.ID, "type-") {
					t.Errorf("%q is explained by %v", p.Detail, ids(m))
				}
			}
		})
	}
}

func lines(t *testing.T, problems []Problem) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, p := range problems {
		if err := e.Encode(p); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestExplain(t *testing.T) {
	tests := []struct {
		name    string
		problem Problem
		id, run string
	}{
		{"the log knows name and method", Problem{Name: "example.com", Method: "tls-alpn-01", Type: "connection", Detail: "203.0.113.10: Connection refused"}, "connection-refused", "acmecheck tls-alpn-01@example.com"},
		{"the log knows better than a redirect", Problem{Name: "example.com", Detail: "203.0.113.10: Fetching http://x.example.net/.well-known/acme-challenge/1: Connection refused"}, "connection-refused", "acmecheck http-01@example.com"},
		{"new words of a known type", Problem{Name: "*.example.com", Type: "caa", Detail: "no"}, "type-caa", "acmecheck 'caa@*.example.com'"},
		{"a name for a shell", Problem{Name: "`id`", Type: "dns", Detail: "no"}, "type-dns", "acmecheck NAME"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := tt.problem.Explain()
			if len(found) != 1 || found[0].Entry.ID != tt.id || found[0].Command() != tt.run {
				t.Errorf("got %v, want %s and %q", found, tt.id, tt.run)
			}
		})
	}
	if found := (Problem{Type: "teapot", Detail: "short and stout"}).Explain(); len(found) != 0 {
		t.Errorf("an unknown type is explained by %v", ids(found))
	}
}

func TestReadLogLimits(t *testing.T) {
	var b strings.Builder
	for i := range 3 * maxProblems {
		fmt.Fprintf(&b, "h%d.example.com: Invalid status. Verification error details: No TXT record found at _acme-challenge.h%d.example.com\n", i, i)
	}
	problems, err := ReadLog(strings.NewReader(b.String()))
	if err != nil || len(problems) != maxProblems || problems[0].Name != "h0.example.com" {
		t.Errorf("%d problems, %v; want %d", len(problems), err, maxProblems)
	}
	long := strings.Repeat("x", maxLog) + " No TXT record found at _acme-challenge.example.com"
	if problems, err := ReadLog(strings.NewReader(long)); err != nil || len(problems) != 0 {
		t.Errorf("read past the limit: %v, %v", problems, err)
	}
	broken := errors.New("unplugged")
	if _, err := ReadLog(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}

const hostileSize = maxLog / 16

// hostile are texts made to cost much: each is repeated.
var hostile = map[string]string{
	"open braces":      "{",
	"nested":           `{"a":`,
	"braces":           "{}",
	"types":            "urn:ietf:params:acme:error:dns",
	"typed":            "urn:ietf:params:acme:error:dns :: ",
	"quotes":           `Incorrect TXT record \"`,
	"lead-ins":         "Fetching http://x: ",
	"secondary":        "During secondary validation: ",
	"addresses":        "1.2.3.4: ",
	"plain":            "Connection refused",
	"plain, led":       "1.2.3.4: Connection refused\n",
	"mismatch":         "The key authorization file from the server did not match this challenge [",
	"wrong cert":       "Incorrect validation certificate for tls-alpn-01 challenge. Requested ",
	"details":          "Detail: x\n",
	"continued":        "x\n",
	"escaped newlines": `\n[`,
	"dns":              "DNS problem: ",
	"words":            "a",
	"white space":      " \n",
}

// Reading costs in proportion to the log, whatever is in it. The bound is
// generous: quadratic work on as much would take hours.
func TestReadLogHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("reads many full logs")
	}
	pieces := maps.Clone(hostile)
	for _, e := range Entries() {
		for _, p := range e.Says {
			pieces["all heads"] += anchor(p.Text)
			pieces["all sentences"] += instance(p) + "\n"
		}
	}
	for name, piece := range pieces {
		t.Run(name, func(t *testing.T) {
			log := strings.Repeat(piece, hostileSize/len(piece))
			start := time.Now()
			for _, before := range []string{"", "Detail: ", "{", `err="acme:error:`} {
				if _, err := ReadLog(strings.NewReader(before + log)); err != nil {
					t.Fatal(err)
				}
			}
			Recognise(log)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func FuzzReadLog(f *testing.F) {
	logs, _ := filepath.Glob("testdata/logs/*.txt")
	for _, file := range logs {
		if data, err := os.ReadFile(file); err == nil {
			f.Add(string(data))
		}
	}
	f.Fuzz(func(t *testing.T, log string) {
		problems, err := ReadLog(io.MultiReader(strings.NewReader(log)))
		if err != nil || len(problems) > maxProblems {
			t.Fatalf("%d problems, %v", len(problems), err)
		}
		for i, p := range problems {
			if p.Detail == "" || slices.Contains(problems[:i], p) {
				t.Errorf("empty or double: %+v", p)
			}
			for _, m := range p.Explain() {
				safe(t, m)
			}
		}
	})
}

// safe fails if a command holds what a shell might act on.
func safe(t *testing.T, m Match) {
	t.Helper()
	if i := strings.IndexFunc(m.Command(), func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 '@*.-_[]:", r)
	}); i >= 0 {
		t.Errorf("command %q", m.Command())
	}
}

func FuzzRecognise(f *testing.F) {
	for _, e := range Entries() {
		for _, p := range e.Says {
			f.Add(instance(p))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		found := Recognise(text)
		if len(found) > maxMatches {
			t.Fatalf("%d matches", len(found))
		}
		for _, m := range found {
			if m.Entry == nil || m.Text == "" || m.Args == nil || m.Secondary != (m.Remote != nil) {
				t.Errorf("incomplete: %+v", m)
			}
			safe(t, m)
		}
	})
}
