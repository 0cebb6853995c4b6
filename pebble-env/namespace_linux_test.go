package lab_test

// Tests that need true ports and addresses run in a network namespace of
// their own: the test binary starts itself again there.

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	lab "github.com/acmecheck/acmecheck/pebble-env"
)

// inside is set in the environment of a test that is in its namespace.
const inside = "ACMECHECK_TEST_NAMESPACE"

// inNamespace runs the calling test again in a fresh namespace where the
// documentation ranges are local, and reports whether the caller is that second
// run. It skips what cannot be had.
func inNamespace(t *testing.T, programs ...string) bool {
	t.Helper()
	if !inEmptyNamespace(t, programs...) {
		return false
	}
	if err := lab.PrepareNamespace(t.Context()); err != nil {
		t.Fatal(err)
	}
	return true
}

// inEmptyNamespace is inNamespace without any address or interface but lo.
func inEmptyNamespace(t *testing.T, programs ...string) bool {
	t.Helper()
	if os.Getenv(inside) != "" {
		return true
	}
	if os.Geteuid() != 0 {
		t.Skip("needs root, for a network namespace")
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("needs %s", p)
		}
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	c.Env = append(os.Environ(), inside+"=1")
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	out, err := c.CombinedOutput()
	t.Logf("in the namespace:\n%s", out)
	if err != nil {
		t.Error(err)
	}
	return false
}

// build makes the binary under test.
func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "acmecheck")
	c := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "../cmd/acmecheck")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return bin
}
