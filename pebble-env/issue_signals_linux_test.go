package lab_test

// acmecheck issue is interrupted at every stage: what it has put in place goes,
// a certificate is there or it is not, and the next run works.

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// A blow is a signal that falls when acmecheck says something, which may be a
// stage later than that, or too late.
type blow struct {
	name   string
	says   string // how the line begins
	signal syscall.Signal
	solver string // webroot or zone
}

// blows are all of them.
func blows() (out []blow) {
	says := map[string]string{"preflight": "acmecheck: preflight by ", "directory": "acmecheck: order from "}
	for _, stage := range []string{"order", "authorizations", "present", "await", "challenge", "wait", "clean-up", "finalize", "download"} {
		says[stage] = "acmecheck: " + stage + "\n"
	}
	for stage, line := range says {
		for word, s := range map[string]syscall.Signal{"int": syscall.SIGINT, "kill": syscall.SIGKILL} {
			for _, solver := range []string{"webroot", "zone"} {
				out = append(out, blow{strings.Join([]string{solver, word, stage}, "-") + ".example.com", line, s, solver})
			}
		}
	}
	return append(out, blow{"webroot-term.example.com", "acmecheck: challenge\n", syscall.SIGTERM, "webroot"})
}

func TestIssueInterrupted(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "nginx") {
		return
	}
	newIssueZone(t)
	n, bin, w := newNotary(t), build(t), newWebroots(t)
	for _, tt := range blows() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, web := newApplicant(t, bin, n), w.of(t, tt.name)
			if tt.solver == "zone" {
				a.arg = slices.Concat(a.arg, []string{"dns-01@" + tt.name}, a.zoneSolver(t))
			} else {
				a.arg = append(a.arg, "http-01@"+tt.name, "--webroot", web)
			}
			said, code := a.interrupt(t, tt.says, tt.signal)
			t.Logf("exit code %d", code)
			if tt.signal != syscall.SIGKILL {
				polite(t, a, web, tt.name, said, code, 128+int(tt.signal))
			}
			if _, err := os.Lstat(a.out()); !errors.Is(err, fs.ErrNotExist) {
				complete(t, a.out(), n.roots, tt.name)
			}
			if said, code := a.issue(t, "--force", "--no-preflight"); code != 0 {
				t.Errorf("the next run: exit code %d:\n%s", code, said)
			}
			complete(t, a.out(), n.roots, tt.name)
		})
	}
}

// polite requires what must be after an interruption that can be heeded.
func polite(t *testing.T, a *applicant, web, name, said string, code, want int) {
	t.Helper()
	_, err := os.Lstat(a.out())
	switch issued := err == nil; {
	case code == want && !issued && !strings.Contains(said, "failed"):
	case code == 0 && issued: // it was too late
	default:
		t.Errorf("exit code %d, and a certificate: %v:\n%s", code, issued, said)
	}
	if left := beside(t, web); len(left) > 0 {
		t.Errorf("left in the webroot: %s", left)
	}
	if left := texts(t, world.Resolver, name); len(left) > 0 {
		t.Errorf("left in the zone: %q", left)
	}
	if left := slices.DeleteFunc(beside(t, a.dir+"/work"), func(n string) bool { return n == "cert" }); len(left) > 0 {
		t.Errorf("left beside the certificate: %s", left)
	}
}

// The CA in the process goes with it, and so does the account there.
func TestIssueEmbeddedInterrupted(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip") {
		return
	}
	newIssueZone(t)
	a := newApplicant(t, build(t), nil)
	a.arg = append(a.arg, "--ca", "pebble", "--serve", "--no-preflight", "a.example.com")
	tmp := a.temporary(t)
	for _, line := range []string{"acmecheck: order from ", "acmecheck: order\n", "acmecheck: challenge\n"} {
		said, code := a.interrupt(t, line, syscall.SIGINT)
		if left := beside(t, tmp); code != 130 || len(left) > 0 {
			t.Errorf("exit code %d after %q, left behind: %s:\n%s", code, line, left, said)
		}
	}
}
