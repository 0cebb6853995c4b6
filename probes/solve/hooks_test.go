//go:build unix

package solve_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes/solve"
)

func note(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	must(t, err)
	return string(b)
}

func environ(dir string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "NOTES=" + dir, "CERTBOT_TOKEN=stale"}
}

// The hooks see what certbot 2 would have told them, in its order.
func TestCertbotHooks(t *testing.T) {
	dir := t.TempDir()
	h := &solve.Certbot{Auth: "./testdata/auth.sh; echo second", Cleanup: "./testdata/cleanup.sh", Environ: environ(dir)}
	set := solve.Set{Solver: h}
	a, b, c := dns01("example.com", "a"), dns01("*.example.com", "b"), http01("www.example.com", "c")
	must(t, set.Present(t.Context(), []solve.Challenge{a, b, c}))
	want := "CERTBOT_ALL_DOMAINS=example.com,example.com,www.example.com\n" +
		"CERTBOT_ALL_IDENTIFIERS=example.com,example.com,www.example.com\n" +
		"CERTBOT_DOMAIN=example.com\nCERTBOT_IDENTIFIER=example.com\n" +
		"CERTBOT_REMAINING_CHALLENGES=1\nCERTBOT_VALIDATION=" + b.TXTValue + "\n"
	if got := note(t, dir, "auth.example.com.1"); got != want {
		t.Errorf("the auth hook saw\n%s\nwant\n%s", got, want)
	}
	if got := note(t, dir, "auth.www.example.com.0"); !strings.Contains(got, "CERTBOT_TOKEN=c\n") || !strings.Contains(got, "CERTBOT_VALIDATION=c.thumb\n") {
		t.Errorf("for http-01 the auth hook saw\n%s", got)
	}
	must(t, set.CleanUp(t.Context()))
	must(t, h.CleanUp(t.Context(), a)) // a second time runs nothing
	want = "CERTBOT_ALL_DOMAINS=example.com,example.com,www.example.com\nCERTBOT_ALL_IDENTIFIERS=example.com,example.com,www.example.com\n" +
		"CERTBOT_AUTH_OUTPUT=record-1\nsecond\n" + strings.SplitAfterN(want, "\n", 3)[2]
	// sort(1) puts the second line of the output where it belongs by letters.
	if got := note(t, dir, "cleanup.example.com.1"); got != strings.Replace(want, "second\n", "", 1) {
		t.Errorf("the cleanup hook saw\n%s\nwant\n%s", got, want)
	}
	if left, _ := filepath.Glob(dir + "/value.*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestLegoHooks(t *testing.T) {
	dir := t.TempDir()
	c := dns01("*.example.com", "tok")
	for _, raw := range []bool{false, true} {
		l := &solve.Lego{Program: "./testdata/lego.sh", Raw: raw, Environ: environ(dir)}
		must(t, l.Present(t.Context(), c))
		must(t, l.CleanUp(t.Context(), c))
	}
	want := "mode= present _acme-challenge.example.com. " + c.TXTValue + "\nmode= cleanup _acme-challenge.example.com. " + c.TXTValue + "\n" +
		"mode=RAW present -- example.com tok " + c.KeyAuthorization + "\nmode=RAW cleanup -- example.com tok " + c.KeyAuthorization + "\n"
	if got := note(t, dir, "lego"); got != want {
		t.Errorf("the program was called\n%s\nwant\n%s", got, want)
	}
}

// A hook that fails says why, its cleanup hook still runs, and a flood of
// output neither fills the memory nor stops it.
func TestHooksFail(t *testing.T) {
	dir := t.TempDir()
	h := &solve.Certbot{Auth: `echo "no such zone" >&2; exit 3`, Cleanup: "touch $NOTES/cleaned", Environ: environ(dir)}
	c := dns01("example.com", "a")
	err := h.Present(t.Context(), c)
	if e, ok := errors.AsType[*solve.HookError](err); !ok || e.Status != "exit status 3" || e.Stderr != "no such zone" {
		t.Errorf("error %v", err)
	}
	must(t, h.CleanUp(t.Context(), c))
	note(t, dir, "cleaned")
	flood := &solve.Certbot{Auth: "head -c 10000000 /dev/zero | tr '\\0' x", Cleanup: "printf %s \"$CERTBOT_AUTH_OUTPUT\" | wc -c > $NOTES/size", Environ: environ(dir)}
	must(t, flood.Present(t.Context(), c))
	must(t, flood.CleanUp(t.Context(), c))
	if got := strings.TrimSpace(note(t, dir, "size")); got != "65536" {
		t.Errorf("%s octets of output were kept", got)
	}
}

// A hook that leaves something running in the background is done when it ends.
func TestHooksBackground(t *testing.T) {
	h := &solve.Certbot{Auth: "sleep 20 >&1 & echo ok", Environ: environ(t.TempDir())}
	began := time.Now()
	must(t, h.Present(t.Context(), dns01("example.com", "a")))
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
}

// Canceled, the whole group goes, even one that does not listen.
func TestHooksCanceled(t *testing.T) {
	dir := t.TempDir()
	h := &solve.Certbot{Auth: "exec ./testdata/stubborn.sh", Cleanup: "touch $NOTES/cleaned", Environ: environ(dir)}
	ctx, cancel := context.WithCancel(t.Context())
	c := dns01("example.com", "a")
	done := make(chan error)
	go func() { done <- h.Present(ctx, c) }()
	pid := child(t, dir)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	must(t, h.CleanUp(ctx, c))
	note(t, dir, "cleaned")
	if err := gone(t.Context(), pid); err != nil {
		t.Error(err)
	}
}

// child waits for the process id that the hook's child writes.
func child(t *testing.T, dir string) int {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 2000 {
		b, err := os.ReadFile(filepath.Join(dir, "child"))
		if pid, bad := strconv.Atoi(strings.TrimSpace(string(b))); err == nil && bad == nil {
			return pid
		}
		<-tick.C
	}
	t.Fatal("the hook does not start")
	return 0
}

// gone waits until a killed process is no more than a zombie of init's.
func gone(ctx context.Context, pid int) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || err == nil && strings.Contains(string(stat), ") Z ") {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.New("the hook's child is still there")
		}
	}
}

// Hooks run one after the other and in the order of the set, on the way out
// too: many do their work in the last one.
func TestHooksInOrder(t *testing.T) {
	dir := t.TempDir()
	log := ` $CERTBOT_REMAINING_CHALLENGES >> "$NOTES/log"`
	set := solve.Set{Solver: &solve.Certbot{Auth: "echo auth" + log, Cleanup: "echo cleanup" + log, Environ: environ(dir)}}
	must(t, set.Present(t.Context(), many(4)))
	must(t, set.CleanUp(t.Context()))
	want := "auth 3\nauth 2\nauth 1\nauth 0\ncleanup 3\ncleanup 2\ncleanup 1\ncleanup 0\n"
	if got := note(t, dir, "log"); got != want {
		t.Errorf("they ran\n%s\nwant\n%s", got, want)
	}
}
