// Package world reads world files: a small simulated Internet and one ACME
// validation to perform in it. testdata/conformance/WORLD-FORMAT.md is the
// specification. A world is immutable and safe for concurrent use; nothing
// here opens a socket or reads a clock.
package world

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Defaults of the question.
const (
	DefaultToken      = "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
	DefaultThumbprint = "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
	DefaultAccount    = "https://acme-v02.api.letsencrypt.org/acme/acct/123"
)

// Primary is the name of the primary perspective, in every world.
const Primary = "Primary"

// maxFile is the largest world file that is read.
const maxFile = 1 << 20

// Resolver is where every world answers DNS, over UDP and TCP.
var Resolver = netip.MustParseAddrPort("192.0.2.53:53")

// Documentation are the only ranges in which a world has hosts; there they
// count as public (RFC 5737, RFC 3849).
var Documentation = []netip.Prefix{
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32"),
}

// A Perspective is a remote network perspective.
type Perspective struct{ Name, RIR string }

// A World is a parsed world file.
type World struct {
	Name         string
	Method       string
	Identifier   string
	Token        string
	Thumbprint   string
	Account      string
	Check        string // dcv, caa or both
	Perspectives []Perspective

	stmts []stmt
	views map[string]*View // by perspective
}

// TCP is the behaviour of a bare TCP port, or of a whole host.
type TCP struct {
	Kind  string // refuse drop netunreach hostunreach prohibited hang close reset say
	Say   string
	After bool // wait for the client's first bytes
	Delay time.Duration
	Then  string // close, hang or reset
}

// HTTP is one response rule of a port. Fields and Body are to be expanded for
// each request.
type HTTP struct {
	Host     string // lower case; empty: any
	UA       *regexp.Regexp
	Headers  []HeaderCond
	Pattern  string
	Status   int
	Fields   [][2]string
	Body     string
	Pad      int
	Gzip     string // empty, declared or undeclared
	Chunked  bool
	Length   string // empty, none or a number
	Stall    bool
	Delay    time.Duration
	Then     string
	Proto    string
	Interim  int
	expander *World
}

// HeaderCond is a condition on a request header; a nil Match means absent.
type HeaderCond struct {
	Name  string
	Match *regexp.Regexp
}

// TLS is a tls line.
type TLS struct {
	SNI                 string // empty: any; none: no SNI
	Cert, Signer        string
	SAN                 string // empty: the identifier
	SANExt, CN          string
	AcmeID, AcmeRaw     string
	AcmeCritical        bool
	AcmeOID, Extra      string
	NotBefore, NotAfter time.Duration
	Key                 string
	Chain               int
	Min, Max            string
	ALPN                []string
	Ciphers             string
	ClientAuth          bool
	Alert               int // -1: none
}

// KeyAuthorization is $KA.
func (w *World) KeyAuthorization() string { return w.Token + "." + w.Thumbprint }

// BareName is the identifier without a leading "*.".
func (w *World) BareName() string { return strings.TrimPrefix(w.Identifier, "*.") }

// IsIP reports whether the identifier is an IP address.
func (w *World) IsIP() bool {
	_, err := netip.ParseAddr(w.Identifier)
	return err == nil
}

// Digest is SHA-256 of the key authorization.
func (w *World) Digest() []byte {
	s := sha256.Sum256([]byte(w.KeyAuthorization()))
	return s[:]
}

// Load reads a world file of at most 1 MiB. The world's name is the file's
// base name without ".world".
func Load(path string) (*World, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxFile {
		return nil, fmt.Errorf("%s is larger than 1 MiB: not a world file", path)
	}
	w, err := Parse(strings.TrimSuffix(filepath.Base(path), ".world"), string(b))
	if p, ok := err.(*ParseError); ok { //nolint:errorlint // Parse returns it bare
		p.File = path
	}
	return w, err
}

// isDocumentation reports whether a host may have address a.
func isDocumentation(a netip.Addr) bool {
	return slices.ContainsFunc(Documentation, func(p netip.Prefix) bool { return p.Contains(a) })
}
