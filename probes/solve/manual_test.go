package solve_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/solve"
)

// A person does one challenge after the other, in the order of the set.
func TestManual(t *testing.T) {
	var out strings.Builder
	set := solve.Set{Solver: &solve.Manual{In: strings.NewReader("\n\n"), Out: &out}}
	cs := []solve.Challenge{dns01("example.com", "a"), http01("2001:db8::1", "b")}
	must(t, set.Present(t.Context(), cs))
	must(t, set.CleanUp(t.Context()))
	for _, want := range []string{
		`_acme-challenge.example.com. IN TXT "` + cs[0].TXTValue + `"`,
		"http://[2001:db8::1]/.well-known/acme-challenge/b\n\n  b.thumb\n",
		"You may remove the TXT record at _acme-challenge.example.com. now.",
		"You may remove the file .well-known/acme-challenge/b now.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it says\n%s\nwant %q", &out, want)
		}
	}
}

func TestManualWithoutAnybody(t *testing.T) {
	m := &solve.Manual{In: strings.NewReader(""), Out: io.Discard}
	wants(t, m.Present(t.Context(), dns01("example.com", "a")), "nobody is there")
	wants(t, m.Present(t.Context(), dns01("example.com", "b")), "nobody is there")
}

func TestManualCanceled(t *testing.T) {
	in, feed := io.Pipe()
	defer func() { _ = feed.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	m := &solve.Manual{In: in, Out: writer(func([]byte) { cancel() })}
	var wg sync.WaitGroup
	for _, token := range []string{"a", "b", "c"} {
		wg.Go(func() {
			if err := m.Present(ctx, dns01("example.com", token)); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want that of the context", err)
			}
		})
	}
	wg.Wait()
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }

func TestPersist(t *testing.T) {
	var out strings.Builder
	p := &solve.Persist{Out: &out}
	c := solve.Challenge{
		Method: probes.DNSPersist01, Identifier: "example.com", TXTName: "_validation-persist.example.com",
		TXTValue: "letsencrypt.org; accounturi=https://ca.example/" + strings.Repeat("x", 255),
	}
	must(t, p.Present(t.Context(), c))
	must(t, p.CleanUp(t.Context(), c))
	if want := `_validation-persist.example.com. IN TXT "letsencrypt.org; accounturi=https://ca.example/xxx`; !strings.Contains(out.String(), want) {
		t.Errorf("it says\n%s\nwant %q", &out, want)
	}
	if !strings.Contains(out.String(), `x" "x`) {
		t.Error("a value over 255 octets is not cut in pieces")
	}
	wants(t, p.Present(t.Context(), dns01("example.com", "a")), "does not answer dns-01")
}
