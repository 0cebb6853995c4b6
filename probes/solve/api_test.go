package solve_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/acmecheck/acmecheck/probes/solve"
)

// A service is a fake API on loopback, whose handler runs one request at a
// time.
type service struct {
	*httptest.Server
	mu       sync.Mutex
	requests []string // "METHOD /path?query"; guarded by mu
}

func serve(t *testing.T, h http.HandlerFunc) *service {
	t.Helper()
	s := &service{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests = append(s.requests, r.Method+" "+r.URL.String())
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// A service that is busy is asked again when it says; one that redirects is
// not followed with the credentials; one that never ends is cut off.
func TestAPIManners(t *testing.T) {
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	tries := 0
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		switch tries++; tries {
		case 1:
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		case 2:
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(http.StatusFound)
		}
	})
	c := &solve.Cloudflare{Token: "t", URL: s.URL}
	wants(t, c.Present(t.Context(), dns01("example.com", "a")), "answers GET /zones with 302")
	if tries != 3 {
		t.Errorf("%d tries, want 3", tries)
	}
	endless := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 100 {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	})
	c = &solve.Cloudflare{Token: "t", URL: endless.URL}
	wants(t, c.Present(t.Context(), dns01("example.com", "a")), "more than 1048576 octets")
	dead := &solve.Cloudflare{Token: "secret-token", URL: "http://127.0.0.1:1"}
	wants(t, dead.Present(t.Context(), dns01("example.com", "a")), "connection refused")
}

// A stopper lets requests through, and cancels the context of the challenge
// when the service has answered a certain one of them, before the solver hears
// of it. What comes afterwards is let through again.
type stopper struct {
	at     int
	cancel func()

	mu sync.Mutex
	n  int // guarded by mu
}

func (s *stopper) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.n++
	stop := s.n == s.at
	s.mu.Unlock()
	resp, err := http.DefaultTransport.RoundTrip(r)
	if stop && err == nil {
		_ = resp.Body.Close()
		s.cancel()
		return nil, context.Canceled
	}
	return resp, err
}

// canceled presents and cleans up under a context that the stopper ends, and
// returns the error of the former.
func canceled(t *testing.T, s solve.Solver, stop *stopper) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop.cancel = cancel
	err := s.Present(ctx, dns01("example.com", "a"))
	stop.at = 0
	must(t, s.CleanUp(ctx, dns01("example.com", "a")))
	must(t, s.CleanUp(ctx, dns01("example.com", "a")))
	return err
}
