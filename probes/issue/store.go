package issue

// This file keeps accounts. An account is two files, each written whole or not
// at all: the key, which is there before the CA hears of it, so that an account
// whose registration was cut off is found again; and what the CA said.

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A Store keeps accounts and their keys in a directory, separately for every
// CA. Any number of processes may use it at the same time: of two that register
// at once, both get the same account.
type Store struct {
	Dir string
}

// accountFile is what is kept of an account beside its key.
type accountFile struct {
	Directory string    `json:"directory"` // URL
	URL       string    `json:"url"`
	Created   time.Time `json:"created"`
	Terms     string    `json:"terms,omitempty"` // that were agreed to
}

// Account has an account at a CA: the one that is kept, if the CA still knows
// it, or a new one. Before anything is made or sent it finds out whether the
// registration would do (ErrTerms).
func (s *Store) Account(ctx context.Context, c *CA, r Registration) (*Account, error) {
	if r.Kind == "" {
		r.Kind = Orders
	}
	dir := s.Folder(c.Directory)
	kept, err := readAccount(s.file(c.Directory, r.Kind, "json"), c.Directory)
	if err != nil {
		return nil, err
	}
	keyFile := s.file(c.Directory, r.Kind, "pem")
	key, err := readKey(keyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && kept != nil:
		return nil, fault("put it back, or remove "+s.file(c.Directory, r.Kind, "json")+" to register another account",
			"the key of the account %s is missing: %s", kept.URL, keyFile)
	case errors.Is(err, fs.ErrNotExist):
		if err = c.permits(r); err == nil {
			key, err = newKey(dir, keyFile, r.Key)
		}
		if err != nil {
			return nil, err
		}
		return s.register(ctx, c, key, r)
	case err != nil:
		return nil, err
	}
	return s.known(ctx, c, key, kept, r)
}

// known has the CA look up the account of a key that is kept.
func (s *Store) known(ctx context.Context, c *CA, key crypto.Signer, kept *accountFile, r Registration) (*Account, error) {
	found, known, err := c.lookUp(ctx, key)
	switch {
	case err != nil:
		return nil, err
	case !known && kept != nil && !r.Again:
		return nil, &Error{Stage: StageAccount, URL: kept.URL, Err: hinted{ErrUnknownAccount, "a test CA has started anew, or " + filepath.Base(s.Folder(c.Directory)) + " was copied from elsewhere; register again if that is so"}}
	case !known:
		if err := c.permits(r); err != nil {
			return nil, err
		}
		return s.register(ctx, c, key, r)
	}
	out := &Account{URL: found.Location, Kind: r.Kind, account: found}
	if kept != nil && kept.URL == found.Location {
		out.Created = kept.Created
		return out, nil
	}
	return out, s.write(c, out)
}

func (s *Store) register(ctx context.Context, c *CA, key crypto.Signer, r Registration) (*Account, error) {
	a, err := c.register(ctx, key, r)
	if err != nil {
		return nil, err
	}
	out := &Account{URL: a.Location, Kind: r.Kind, account: a}
	return out, s.write(c, out)
}

func (s *Store) write(c *CA, a *Account) error {
	a.Created = time.Now().UTC().Truncate(time.Second)
	b, err := json.MarshalIndent(accountFile{c.Directory, a.URL, a.Created, c.Meta.Terms}, "", "  ")
	if err != nil {
		return err
	}
	return replace(s.file(c.Directory, a.Kind, "json"), append(b, '\n'))
}

// Folder is where the accounts at a CA are kept: its host for people to read,
// and a digest of the URL, so that no two share one.
func (s *Store) Folder(directory string) string {
	canonical, host := directory, "ca"
	if u, err := url.Parse(directory); err == nil && u.Host != "" {
		u.Scheme, u.Host, u.Fragment = strings.ToLower(u.Scheme), strings.ToLower(u.Host), ""
		if u.Port() == "443" {
			u.Host = strings.TrimSuffix(u.Host, ":443")
		}
		canonical, host = u.String(), u.Host
	}
	sum := sha256.Sum256([]byte(canonical))
	return filepath.Join(s.Dir, "accounts", readable(host)+"-"+hex.EncodeToString(sum[:8]))
}

// readable is a host as part of a file's name, on any system.
func readable(host string) string {
	const most = 80
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-", r) {
			return r
		}
		return '_'
	}, host)
	return clean[:min(len(clean), most)]
}

func (s *Store) file(directory string, k Kind, extension string) string {
	return filepath.Join(s.Folder(directory), readable(string(k))+"."+extension)
}

// readAccount reads what is kept; nil: nothing is.
func readAccount(path, directory string) (*accountFile, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // nothing is kept, and that is no error
	}
	if err != nil {
		return nil, fmt.Errorf("reading the account: %w", err)
	}
	var a accountFile
	if err := json.Unmarshal(b, &a); err != nil || a.URL == "" {
		return nil, fault("remove it: the account is found by its key", "%s cannot be read", path)
	}
	if (&Store{}).Folder(a.Directory) != (&Store{}).Folder(directory) {
		return nil, fault("move it back to where it came from", "%s belongs to another CA: %s", path, a.Directory)
	}
	return &a, nil
}
