package solve_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/acmecheck/acmecheck/probes/solve"
)

// files are all the files and directories below dir.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	must(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, path); rel != "." {
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	}))
	return out
}

func TestWebrootLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	w := &solve.Webroot{Dir: dir}
	a, b := http01("example.com", "a"), http01("example.com", "b")
	must(t, w.Present(t.Context(), a))
	must(t, w.Present(t.Context(), b))
	file := filepath.Join(dir, filepath.FromSlash(solve.WellKnown), "a")
	if got, err := os.ReadFile(file); err != nil || string(got) != a.KeyAuthorization {
		t.Errorf("the file holds %q, %v", got, err)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o644 {
		t.Errorf("the file has mode %v, %v: the server must be able to read it", info.Mode(), err)
	}
	if got := files(t, dir); len(got) != 4 {
		t.Errorf("there are %v", got)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 2 {
		must(t, w.CleanUp(ended, a))
		must(t, w.CleanUp(ended, b))
	}
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
}

// What others put there stays: their file of the same name, their directory.
func TestWebrootKeepsOthers(t *testing.T) {
	dir := t.TempDir()
	there := filepath.Join(dir, filepath.FromSlash(solve.WellKnown))
	must(t, os.MkdirAll(there, 0o755))
	must(t, os.WriteFile(filepath.Join(there, "a"), []byte("theirs"), 0o600))
	w := &solve.Webroot{Dir: dir}
	err := w.Present(t.Context(), http01("example.com", "a"))
	if !errors.Is(err, fs.ErrExist) || solve.Hint(err) == "" {
		t.Errorf("error %v, want that it exists, with a hint", err)
	}
	must(t, w.CleanUp(t.Context(), http01("example.com", "a")))
	must(t, w.Present(t.Context(), http01("example.com", "b")))
	must(t, w.CleanUp(t.Context(), http01("example.com", "b")))
	if got := files(t, dir); len(got) != 3 {
		t.Errorf("there are %v, want the file and its two directories", got)
	}
}

// A hostile CA must not choose the file.
func TestWebrootTokens(t *testing.T) {
	dir := t.TempDir()
	w := &solve.Webroot{Dir: filepath.Join(dir, "web")}
	must(t, os.Mkdir(w.Dir, 0o755))
	for _, token := range []string{"", "../../x", "a/b", `a\b`, "..", "a\x00", "ä"} {
		wants(t, w.Present(t.Context(), http01("example.com", token)), "base64url")
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("there are %v", got)
	}
	wants(t, w.Present(t.Context(), dns01("example.com", "a")), "not dns-01")
	w.Dir += "/nowhere"
	wants(t, w.Present(t.Context(), http01("example.com", "a")), "not a directory")
}

func TestWebrootTogether(t *testing.T) {
	dir := t.TempDir()
	w := &solve.Webroot{Dir: dir}
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			c := http01("example.com", fmt.Sprint("t", i))
			for range 5 {
				if err := errors.Join(w.Present(t.Context(), c), w.CleanUp(t.Context(), c)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
}
