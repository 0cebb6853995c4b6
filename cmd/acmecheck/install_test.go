package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

var someFiles = map[string][]byte{certFile: []byte("c"), privkeyFile: []byte("k")}

func TestInstall(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "example.com")
	p := place{dir: dir}
	if err := p.free(); err != nil {
		t.Fatal(err)
	}
	if old, err := p.install(someFiles, time.Now()); err != nil || old != "" {
		t.Fatal(old, err)
	}
	if info, err := os.Stat(filepath.Join(dir, privkeyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v %v", info, err)
	}
	if err := p.free(); err == nil {
		t.Error("files that are there are not seen")
	}
	if _, err := p.install(someFiles, time.Now()); err == nil {
		t.Error("files that are there are overwritten")
	}
	p.force = true
	old, err := p.install(map[string][]byte{certFile: []byte("new")}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(old, privkeyFile)); err != nil || string(b) != "k" {
		t.Errorf("the old key is gone: %s %v", b, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, certFile)); err != nil || string(b) != "new" {
		t.Errorf("the new certificate: %s %v", b, err)
	}
	left, err := filepath.Glob(filepath.Dir(dir) + "/.acmecheck-*")
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A failure half-way leaves what was there.
func TestInstallFailure(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "example.com")
	if _, err := (place{dir: dir}).install(someFiles, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := (place{dir: dir, force: true}).install(map[string][]byte{"no/such/dir": nil}, time.Now()); err == nil {
		t.Error("no error")
	}
	if b, err := os.ReadFile(filepath.Join(dir, privkeyFile)); err != nil || string(b) != "k" {
		t.Errorf("the old key is gone: %s %v", b, err)
	}
}

func TestPlaces(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []place{{dir: file}, {dir: file, force: true}, {dir: file + "/x"}, {dir: t.TempDir()}} {
		if err := p.free(); err == nil {
			t.Errorf("%+v is free", p)
		}
	}
}
