package solve_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/solve"
)

// dns01 is a challenge with a value of its own for each token.
func dns01(id, token string) solve.Challenge {
	k := token + ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
	return solve.Challenge{
		Method: probes.DNS01, Identifier: probes.Identifier(id), Token: token, KeyAuthorization: k,
		TXTName: "_acme-challenge." + policy.Base(probes.Identifier(id)), TXTValue: policy.TXTDigest(k),
	}
}

func http01(id, token string) solve.Challenge {
	return solve.Challenge{Method: probes.HTTP01, Identifier: probes.Identifier(id), Token: token, KeyAuthorization: token + ".thumb"}
}

// wants fails the test unless the error says something.
func wants(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("error %v, want one that says %q", err, text)
	}
}

// must fails the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A secret does not show, however clumsily it is printed.
func TestSecretHides(t *testing.T) {
	const text = "hunter2"
	s := solve.Secret(text)
	holder := struct {
		Key  solve.Secret
		Map  map[string]solve.Secret
		List []solve.Secret
	}{s, map[string]solve.Secret{"k": s}, []solve.Secret{s}}
	var out strings.Builder
	for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%X", "%d", "%t", "%U"} {
		fmt.Fprintf(&out, verb+" "+verb+"\n", s, holder)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("key", "secret", s, "holder", holder)
	b, err := json.Marshal(holder)
	must(t, err)
	all := out.String() + string(b) + fmt.Sprint(fmt.Errorf("wrapped: %v", s))
	for _, leak := range []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text)} {
		if strings.Contains(all, leak) {
			t.Errorf("%q shows in:\n%s", leak, all)
		}
	}
}

// A fake solver notes what is there, and can be told to fail or to wait.
type fake struct {
	present func(ctx context.Context, c solve.Challenge) error

	mu    sync.Mutex
	there map[string]bool // by token; guarded by mu
	seen  []solve.Challenge
}

func (f *fake) Present(ctx context.Context, c solve.Challenge) error {
	f.mu.Lock()
	if f.there == nil {
		f.there = map[string]bool{}
	}
	f.there[c.Token] = true
	f.seen = append(f.seen, c)
	f.mu.Unlock()
	if f.present == nil {
		return nil
	}
	return f.present(ctx, c)
}

func (f *fake) CleanUp(_ context.Context, c solve.Challenge) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.there, c.Token)
	return nil
}

func (f *fake) left() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.there)
}

func many(n int) []solve.Challenge {
	var out []solve.Challenge
	for i := range n {
		out = append(out, dns01(fmt.Sprintf("h%d.example.com", i), fmt.Sprintf("token-%d", i)))
	}
	return out
}

func TestSetTellsEachOfTheOthers(t *testing.T) {
	f := &fake{}
	set := solve.Set{Solver: f}
	must(t, set.Present(t.Context(), many(20)))
	if f.left() != 20 {
		t.Errorf("%d challenges presented, want 20", f.left())
	}
	for _, c := range f.seen {
		if len(c.All) != 20 || c.All[19-c.Left] != c.Identifier {
			t.Errorf("%s: %d left of %d", c.Identifier, c.Left, len(c.All))
		}
	}
	must(t, set.CleanUp(t.Context()))
	must(t, set.CleanUp(t.Context()))
	if f.left() != 0 {
		t.Errorf("%d left behind", f.left())
	}
}

// One failure stops those that wait, and everything that was begun goes.
func TestSetFailsHalfway(t *testing.T) {
	boom := errors.New("boom")
	f := &fake{present: func(ctx context.Context, c solve.Challenge) error {
		if c.Token == "token-3" {
			return boom
		}
		<-ctx.Done()
		return ctx.Err()
	}}
	set := solve.Set{Solver: f}
	err := set.Present(t.Context(), many(20))
	if !errors.Is(err, boom) || errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want boom alone", err)
	}
	if f.left() != 0 {
		t.Errorf("%d left behind", f.left())
	}
}

func TestSetIsCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &fake{present: func(ctx context.Context, c solve.Challenge) error {
		if c.Token == "token-5" {
			cancel()
		}
		return ctx.Err()
	}}
	set := solve.Set{Solver: f}
	if err := set.Present(ctx, many(20)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	if f.left() != 0 {
		t.Errorf("%d left behind", f.left())
	}
}
