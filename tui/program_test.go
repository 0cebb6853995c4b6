package tui

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/report"
)

// running is a program whose keys are written to a pipe.
type running struct {
	keys io.Writer
	done chan struct{}
	res  Result
	err  error
}

func start(ctx context.Context, t *testing.T, o Options) *running {
	t.Helper()
	in, keys := io.Pipe()
	screen, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	drained := make(chan struct{})
	go func() { defer close(drained); _, _ = io.Copy(io.Discard, screen) }()
	o.Input, o.Output, o.Now = in, out, func() time.Time { return asOf }
	r := &running{keys: keys, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.res, r.err = Run(ctx, o)
	}()
	t.Cleanup(func() {
		<-r.done
		if err := keys.Close(); err != nil {
			t.Error(err)
		}
		out.Close()
		<-drained
		screen.Close()
	})
	return r
}

// TestLeaving: whatever runs has ended when Run returns, and nothing is left
// behind.
func TestLeaving(t *testing.T) {
	s := demo(t, "healthy")
	for _, c := range []struct {
		name   string
		keys   string // empty: the context ends
		err    error
		silent bool
	}{
		{"q", "q", nil, false},
		{"Q", "Q", nil, true},
		{"ctrl+c", "\x03", ErrAborted, false},
		{"the context", "", context.Canceled, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			looking, ended := make(chan struct{}), make(chan struct{})
			r := start(ctx, t, Options{Targets: []string{s.target}, Backend: Backend{Look: func(ctx context.Context, _ Request, hear func(Update)) (*report.Report, error) {
				defer close(ended)
				for _, u := range s.updates {
					hear(u)
				}
				close(looking)
				<-ctx.Done()
				return nil, ctx.Err()
			}}})
			<-looking
			if c.keys == "" {
				cancel()
			} else if _, err := io.WriteString(r.keys, c.keys); err != nil {
				t.Fatal(err)
			}
			<-r.done
			select {
			case <-ended:
			default:
				t.Error("the look goes on")
			}
			if !errors.Is(r.err, c.err) || r.res.Silent != c.silent || r.res.Report != nil {
				t.Errorf("%+v, %v", r.res, r.err)
			}
			nothingLeft(t)
		})
	}
}

// TestResult: q hands over the report of the last run that ended.
func TestResult(t *testing.T) {
	s := demo(t, "healthy")
	kept := make(chan struct{})
	r := start(t.Context(), t, Options{Targets: []string{s.target}, Backend: Backend{
		Look: func(context.Context, Request, func(Update)) (*report.Report, error) { return s.report, nil },
		Save: func(_, _ string, got *report.Report) error { close(kept); return nil },
	}})
	for saved := false; !saved; { // x says so as long as no run has ended
		if _, err := io.WriteString(r.keys, "x\r\x1b[Z"); err != nil {
			t.Fatal(err)
		}
		select {
		case <-kept:
			saved = true
		case <-time.After(20 * time.Millisecond):
		}
	}
	if _, err := io.WriteString(r.keys, "\x03"); err != nil {
		t.Fatal(err)
	}
	<-r.done
	if r.res.Report != s.report {
		t.Errorf("%+v, %v", r.res, r.err)
	}
	nothingLeft(t)
}

// nothingLeft waits until none of our goroutines is left.
func nothingLeft(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		buf := make([]byte, 1<<20)
		all := strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")
		left := 0
		for _, g := range all[1:] {
			if strings.Contains(g, "acmecheck/tui.(*app)") || strings.Contains(g, "acmecheck/tui.(*feed") || strings.Contains(g, "acmecheck/tui.Run") {
				left++
			}
		}
		if left == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines are left:\n%s", left, strings.Join(all, "\n\n"))
		}
		runtime.Gosched()
	}
}
