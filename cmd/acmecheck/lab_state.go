package main

// This file is what a lab leaves in its directory: how to reach it, and what
// clients need.

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	lab "github.com/acmecheck/acmecheck/pebble-env"
)

// labState says how to reach a lab that runs. Whoever can read it can end it.
type labState struct {
	PID     int       `json:"pid"`
	Control string    `json:"control"` // address and port
	Token   string    `json:"token"`
	Started time.Time `json:"started"`
}

// The files in a lab's directory.
const (
	stateFile   = "lab.json"
	bundleFile  = "ca.pem"      // to reach the API
	rootsFile   = "roots.pem"   // of what it issues
	keyFile     = "tsig.key"    // as tsig-keygen(8) writes it
	certbotFile = "rfc2136.ini" // the same, for certbot
	caddyFile   = "Caddyfile"
)

func readLabState(dir string) (labState, error) {
	var s labState
	b, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("%s: %w", filepath.Join(dir, stateFile), err)
	}
	return s, nil
}

func (s labState) write(dir string) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return putFile(filepath.Join(dir, stateFile), append(b, '\n'), 0o600)
}

// remove takes the state away, unless another lab has written its own.
func (s labState) remove(dir string) error {
	if now, err := readLabState(dir); err != nil || now.Token != s.Token {
		return nil //nolint:nilerr // there is none of ours
	}
	return os.Remove(filepath.Join(dir, stateFile))
}

// putFile writes a file that is there whole or not at all, and that nobody else
// could read for a moment.
func putFile(file string, content []byte, mode fs.FileMode) error {
	temp := file + "." + rand.Text()[:8] + ".tmp"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temp, file)
	}
	if err != nil {
		_ = os.Remove(temp)
	}
	return err
}

// writeClientFiles puts down what clients need to find and trust the lab.
func writeClientFiles(dir string, t *lab.Town, i *labInfo) error {
	secret := base64.StdEncoding.EncodeToString(t.Key.Secret)
	dns := t.Zone.Address()
	return errors.Join(
		putFile(filepath.Join(dir, bundleFile), t.CA.Bundle(), 0o644),
		putFile(filepath.Join(dir, rootsFile), t.CA.Roots(), 0o644),
		putFile(filepath.Join(dir, keyFile), fmt.Appendf(nil, "key %q {\n\talgorithm hmac-sha256;\n\tsecret %q;\n};\n", t.Key.Name+".", secret), 0o600),
		putFile(filepath.Join(dir, certbotFile), fmt.Appendf(nil,
			"dns_rfc2136_server = %s\ndns_rfc2136_port = %d\ndns_rfc2136_name = %s.\ndns_rfc2136_secret = %s\ndns_rfc2136_algorithm = HMAC-SHA256\n",
			dns.Addr(), dns.Port(), t.Key.Name, secret), 0o600),
		putFile(filepath.Join(dir, caddyFile), []byte(caddyConfig(i)), 0o644),
	)
}

// caddyConfig has Caddy answer on the lab's ports for one name.
func caddyConfig(i *labInfo) string {
	return fmt.Sprintf(`{
	admin off
	acme_ca %q
	acme_ca_root %q
	storage file_system %q
	http_port %d
	https_port %d
	default_bind 127.0.0.1
}
%s {
	respond "it works"
}
`, i.Directory, i.Bundle, filepath.Join(i.Dir, "caddy"), i.HTTPPort, i.TLSPort, i.example())
}
