package issue

// This file binds an account to a customer of the CA (RFC 8555 §7.3.4).

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mholt/acmez/v3/acme"

	"github.com/acmecheck/acmecheck/probes/solve"
)

// EAB is an external account binding: what a CA's web site gives its customer.
type EAB struct {
	KeyID string
	key   solve.Secret // raw
}

// NewEAB takes the HMAC key as CAs give it: in base64, of either alphabet, with
// padding or without.
func NewEAB(keyID, hmac string) (*EAB, error) {
	text := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(strings.TrimSpace(hmac), "="))
	key, err := base64.RawURLEncoding.DecodeString(text)
	if keyID == "" || err != nil || len(key) == 0 {
		return nil, fault("the CA gives it as base64, beside a key identifier", "the HMAC key of the external account binding cannot be read")
	}
	return &EAB{keyID, solve.Secret(key)}, nil
}

// ReadEAB reads the HMAC key from a file, where it stands alone.
func ReadEAB(keyID, path string) (*EAB, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the HMAC key: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, mostFile))
	if err != nil {
		return nil, fmt.Errorf("reading the HMAC key: %w", err)
	}
	return NewEAB(keyID, string(b))
}

func (e *EAB) forLibrary() acme.EAB {
	return acme.EAB{KeyID: e.KeyID, MACKey: base64.RawURLEncoding.EncodeToString([]byte(e.key))}
}
