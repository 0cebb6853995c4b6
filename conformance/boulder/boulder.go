// Package boulder is Let's Encrypt's real validation authority, in-process,
// configured as testdata/conformance/WORLD-FORMAT.md §6 says. It connects to
// whatever the process's network leads to, so it belongs into a namespace.
package boulder

import (
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"runtime/debug"
	"slices"
	"time"

	"github.com/jmhodges/clock"
	"github.com/letsencrypt/boulder/bdns"
	"github.com/letsencrypt/boulder/features"
	"github.com/letsencrypt/boulder/iana"
	blog "github.com/letsencrypt/boulder/log"
	"github.com/letsencrypt/boulder/metrics"
	"github.com/letsencrypt/boulder/va"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

const (
	userAgent  = "Mozilla/5.0 (compatible; Let's Encrypt validation server; +https://www.letsencrypt.org)"
	issuer     = "letsencrypt.org"
	dnsTimeout = time.Second
	dnsTries   = 3
	slowRemote = 2 * time.Second
	callLimit  = 20 * time.Second // RA to VA
)

// Overhead is what Boulder's gRPC server takes off the time that a caller
// gives (grpc/interceptors.go returnOverhead).
const Overhead = 20 * time.Millisecond

const accountPrefix = "https://acme-v02.api.letsencrypt.org/acme/acct/"

// accountPrefixes are all spellings of an account; the first is the one that
// dns-account-01 and dns-persist-01 use.
var accountPrefixes = []string{accountPrefix, "https://acme-v01.api.letsencrypt.org/acme/reg/"}

// Version is the version of the Boulder that is linked in.
func Version() string {
	info, _ := debug.ReadBuildInfo()
	for _, d := range info.Deps {
		if d.Path == "github.com/letsencrypt/boulder" {
			return d.Version
		}
	}
	return "unknown"
}

// An Authority makes VAs that share one resolver.
type Authority struct{ dns bdns.Client }

// New makes an authority that asks the DNS-over-HTTPS server at doh, HOST:PORT,
// whose certificate roots must contain. It sets Boulder's process-wide feature
// flags.
func New(doh string, roots *x509.CertPool) (*Authority, error) {
	features.Set(features.Config{DNSAccount01Enabled: true, DNSPersist01Enabled: true})
	servers, err := bdns.NewStaticProvider([]string{doh})
	if err != nil {
		return nil, err
	}
	conf := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return &Authority{publicResolver{bdns.New(dnsTimeout, servers, metrics.NoopRegisterer, clock.New(), dnsTries, "boulder", blog.NewMock(), conf)}}, nil
}

// VA makes the VA of a perspective. With remotes it is a primary that does
// MPIC.
func (a *Authority) VA(p world.Perspective, remotes []va.RemoteVA) (*va.ValidationAuthorityImpl, error) {
	name := p.Name
	if name == va.PrimaryPerspective && len(remotes) == 0 {
		name = "alone" // the VA called Primary insists on remotes (va/va.go)
	}
	const allowRestricted = true // publicResolver and reserved know better: worlds live in documentation ranges
	return va.NewValidationAuthorityImpl(a.dns, remotes, userAgent, issuer, metrics.NoopRegisterer, clock.New(), blog.NewMock(),
		accountPrefixes, name, p.RIR, reserved, slowRemote, allowRestricted, nil, 0, 0)
}

// reserved is Boulder's own check, but documentation ranges count as public.
func reserved(a netip.Addr) error {
	if slices.ContainsFunc(world.Documentation, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return nil
	}
	return iana.IsReservedAddr(a)
}
