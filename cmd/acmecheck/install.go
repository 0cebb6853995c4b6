package main

// This file puts a certificate and its key where they are to be used: all of
// them at once or none, never over something else.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A place is a directory that a certificate's files go to.
type place struct {
	dir   string
	force bool // what is there may be replaced; it is kept under another name
}

// The files of a certificate, by the names certbot has made familiar.
const (
	certFile      = "cert.pem"
	chainFile     = "chain.pem"
	fullchainFile = "fullchain.pem"
	privkeyFile   = "privkey.pem"
)

// free says before an order is placed whether its certificate can be put there.
func (p place) free() error {
	switch info, err := os.Lstat(p.dir); {
	case errors.Is(err, fs.ErrNotExist):
		return writable(filepath.Dir(p.dir))
	case err != nil:
		return usage("cannot look at %s: %s", p.dir, err)
	case !info.IsDir():
		return usage("%s is there, and is no directory", p.dir).try("--dir DIR names another place")
	case !p.force:
		return usage("%s is there already", p.dir).try("--force replaces it and keeps the old files beside it; --dir DIR names another place")
	}
	return writable(filepath.Dir(p.dir))
}

// writable tries to make a directory, which is all that install needs.
func writable(parent string) error {
	tmp, err := os.MkdirTemp(parent, ".acmecheck-*")
	if err != nil {
		return usage("cannot write to %s: %s", parent, err).try("--dir DIR names another place")
	}
	return os.Remove(tmp)
}

// install writes the files into a directory of their own and then moves it to
// its place in one step, so that a certificate never stands beside another's
// key. It returns where the old files are, if there were any.
func (p place) install(files map[string][]byte, now time.Time) (old string, err error) {
	tmp, err := os.MkdirTemp(filepath.Dir(p.dir), ".acmecheck-*")
	if err != nil {
		return "", fmt.Errorf("making a directory beside %s: %w", p.dir, err)
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	for name, content := range files {
		if err := writeFile(filepath.Join(tmp, name), content); err != nil {
			return "", err
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil { //nolint:gosec // servers read the certificate; the key has a mode of its own
		return "", err
	}
	if p.force {
		old = fmt.Sprintf("%s.before-%s", p.dir, now.UTC().Format("20060102T150405Z"))
		if err := os.Rename(p.dir, old); errors.Is(err, fs.ErrNotExist) {
			old = ""
		} else if err != nil {
			return "", fmt.Errorf("keeping the old files: %w", err)
		}
	}
	if err := os.Rename(tmp, p.dir); err != nil {
		if old != "" {
			err = errors.Join(err, os.Rename(old, p.dir))
		}
		return "", fmt.Errorf("putting the certificate into its place: %w", err)
	}
	return old, nil
}

// writeFile writes a file that did not exist, down to the disk. A key is for
// its owner alone.
func writeFile(name string, content []byte) error {
	mode := fs.FileMode(0o644)
	if filepath.Base(name) == privkeyFile {
		mode = 0o600
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}
