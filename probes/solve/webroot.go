package solve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"

	"github.com/acmecheck/acmecheck/probes"
)

// Webroot answers http-01 with a file below a directory that a web server
// serves. It removes what it made, file or directory, and nothing else; a file
// that is there already is not touched. It must not be copied.
type Webroot struct {
	Dir string

	mu    sync.Mutex
	files map[string]string // by token: those that we made; guarded by mu
	dirs  []string          // that we made, outer ones first; guarded by mu
}

// WellKnown is the path of http-01 below a webroot (RFC 8555 §8.3).
const WellKnown = ".well-known/acme-challenge"

// The token becomes the name of a file: a CA that sends "../../x" must not
// choose where that is (RFC 8555 §8.3 allows the base64url alphabet only).
var tokens = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// Present writes the file. Readers never see a part of it.
func (w *Webroot) Present(ctx context.Context, c Challenge) error {
	if c.Method != probes.HTTP01 {
		return fmt.Errorf("a webroot answers http-01, not %s", c.Method)
	}
	if !tokens.MatchString(c.Token) {
		return fmt.Errorf("the token %q is not in the base64url alphabet", short(c.Token))
	}
	if info, err := os.Stat(w.Dir); err != nil || !info.IsDir() {
		return fault("name the directory that the web server serves, such as /var/www/html", "the webroot %s is not a directory", w.Dir)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	err := w.write(c)
	if err != nil {
		w.tidy()
		return fault("write as a user who may write to "+w.Dir, "writing into the webroot: %w", err)
	}
	return nil
}

func (w *Webroot) write(c Challenge) error {
	dir := filepath.Join(w.Dir, filepath.FromSlash(WellKnown))
	made, err := makeDirs(dir)
	w.dirs = append(w.dirs, made...)
	if err != nil {
		return err
	}
	file := filepath.Join(dir, c.Token)
	if err := writeWhole(file, c.KeyAuthorization); err != nil {
		return err
	}
	if w.files == nil {
		w.files = map[string]string{}
	}
	w.files[c.Token] = file
	return nil
}

// CleanUp removes the file, and after the last one the directories.
func (w *Webroot) CleanUp(_ context.Context, c Challenge) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if file, ours := w.files[c.Token]; ours {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		delete(w.files, c.Token)
	}
	w.tidy()
	return nil
}

// tidy removes the directories that we made, once none of our files needs
// them. One that is not empty holds something of somebody else's and stays.
func (w *Webroot) tidy() {
	if len(w.files) > 0 {
		return
	}
	for _, dir := range slices.Backward(w.dirs) {
		_ = os.Remove(dir)
	}
	w.dirs = nil
}

// The web server runs as another user and must be able to read what we write,
// whatever our umask.
const (
	dirMode  = 0o755
	fileMode = 0o644
)

// makeDirs is os.MkdirAll, and tells which directories it made.
func makeDirs(dir string) (made []string, err error) {
	var missing []string
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, d)
	}
	for _, d := range slices.Backward(missing) {
		if err := os.Mkdir(d, dirMode); err != nil {
			return made, err
		}
		made = append(made, d)
		if err := os.Chmod(d, dirMode); err != nil {
			return made, err
		}
	}
	return made, nil
}

// writeWhole writes a file that does not exist yet: under another name first,
// since a link appears at once and fails where there is something.
func writeWhole(file, text string) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".acmecheck-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // there is nothing more to do about it
	_, err = io.WriteString(f, text)
	if err := errors.Join(err, f.Chmod(fileMode), f.Close()); err != nil {
		return err
	}
	err = os.Link(f.Name(), file)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return writeNew(file, text) // a file system without links, such as FAT or some shares
}

func writeNew(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	if err = errors.Join(err, f.Chmod(fileMode), f.Close()); err != nil {
		_ = os.Remove(file)
	}
	return err
}
