package issue

// This file writes files that are there whole or not at all, whoever else
// writes them and whenever the process is killed.

import (
	"crypto"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const mostFile = 64 << 10 // octets of a key or account

// readKey reads a key that nobody else can read.
func readKey(path string) (crypto.Signer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the account key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading the account key: %w", err)
	}
	// Windows has no such bits: its files inherit the profile's protection.
	if others := info.Mode().Perm() & 0o077; others != 0 && runtime.GOOS != "windows" {
		return nil, fault("chmod 600 "+path, "others can read the account key %s (mode %04o)", path, info.Mode().Perm())
	}
	b, err := io.ReadAll(io.LimitReader(f, mostFile))
	if err != nil {
		return nil, fmt.Errorf("reading the account key: %w", err)
	}
	k, err := DecodeKey(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// newKey makes a key and keeps it. Where another process was faster, its key is
// taken.
func newKey(dir, path string, t KeyType) (crypto.Signer, error) {
	k, err := t.New()
	if err != nil {
		return nil, err
	}
	text, err := EncodeKey(k)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keeping the account key: %w", err)
	}
	sweep(dir)
	err = claim(path, text)
	if errors.Is(err, fs.ErrExist) {
		return readKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("keeping the account key: %w", err)
	}
	return k, nil
}

// claim writes a file that must not exist. A link to a complete file appears at
// once and never over another, which neither a rename nor O_EXCL alone can do.
func claim(path string, text []byte) error {
	temporary, err := scratch(path, text)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary) }()
	err = os.Link(temporary, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, there := os.Lstat(path); there == nil {
		return fs.ErrExist
	}
	return os.Rename(temporary, path) // FAT has no links: between the two lines somebody else may win
}

// replace writes a file, over an old one if there is one.
func replace(path string, text []byte) error {
	temporary, err := scratch(path, text)
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		_ = os.Remove(temporary)
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// scratchPrefix begins the names of files that are not finished.
const scratchPrefix = ".unfinished-"

// scratch writes a complete file beside another, readable by us alone, which is
// what os.CreateTemp makes.
func scratch(path string, text []byte) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), scratchPrefix+"*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// sweep removes what killed processes left: a file is unfinished for
// milliseconds.
func sweep(dir string) {
	const old = time.Hour
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), scratchPrefix) && time.Since(info.ModTime()) > old {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
