package main

// This file chooses the CA of an order, and how to be known to it.

import (
	"bufio"
	"cmp"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/issue"
	"github.com/acmecheck/acmecheck/report"
)

// directories are those of the CAs that have a name here.
var directories = map[string]string{
	"staging":     "https://acme-staging-v02.api.letsencrypt.org/directory",
	"letsencrypt": "https://acme-v02.api.letsencrypt.org/directory",
}

const embedded = "pebble" // a CA in this process

// authority are the flags that choose a CA and an account.
type authority struct {
	ca, bundle     string
	email          string
	agree          bool
	eabKey, eabMAC string
}

func (o *authority) flags(f *pflag.FlagSet) {
	f.StringVar(&o.ca, "ca", "staging", "staging, letsencrypt, pebble (in this process) or the URL of an ACME directory")
	f.StringVar(&o.bundle, "ca-bundle", "", "trust the certificates in this PEM file to reach the CA")
	f.StringVar(&o.email, "email", "", "contact of a new account")
	f.BoolVar(&o.agree, "agree-terms", false, "agree to the CA's terms of service for a new account")
	f.StringVar(&o.eabKey, "eab-kid", "", "key identifier of an external account binding")
	f.StringVar(&o.eabMAC, "eab-hmac-file", "", "the file with its HMAC key, in base64")
}

// directory is the CA's URL; empty: the embedded one.
func (o *authority) directory() string {
	if o.ca == embedded {
		return ""
	}
	return cmp.Or(directories[o.ca], o.ca)
}

// called is what people call the CA.
func (o *authority) called() string {
	if u, err := url.Parse(o.ca); err == nil && u.Host != "" {
		return u.Host
	}
	return o.ca
}

// production reports whether what is issued is real.
func (o *authority) production() bool { return o.ca != embedded && issue.Production(o.directory()) }

// private reports a CA that may well issue for names and addresses that are not
// public.
func (o *authority) private() bool { return o.ca != "staging" && !o.production() }

// everywhere are all addresses.
var everywhere = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}

// test reports a CA whose terms bind nobody.
func (o *authority) test() bool { return o.ca == embedded || o.ca == "staging" }

// trusted is whether browsers trust the CA; nil: not known.
func (o *authority) trusted() *bool {
	yes := o.ca == "letsencrypt"
	if yes || o.test() {
		return &yes
	}
	return nil
}

// A connection is a CA, an account there, and what is kept for them.
type connection struct {
	*issue.CA

	account *issue.Account
	ledger  *issue.Ledger
	close   func()
}

// connect reaches the CA and has an account there.
func (e *errand) connect(ctx context.Context) (*connection, error) {
	at, roots, state, done, err := e.found(ctx)
	if err != nil {
		return nil, err
	}
	c := &connection{close: done, ledger: &issue.Ledger{Path: filepath.Join(state, "ledger.jsonl")}}
	r := &issue.Recorder{
		Base:            issue.NewTransport(issue.TransportOptions{Roots: roots, Proxy: true}),
		AllowProduction: e.production(), // confirm has seen to that
	}
	if c.CA, err = issue.Connect(ctx, issue.Options{Directory: at, Recorder: r, UserAgent: "acmecheck/" + version}); err != nil {
		return c, err
	}
	g, err := e.registration(c.Meta)
	if err != nil {
		return c, err
	}
	c.account, err = (&issue.Store{Dir: state}).Account(ctx, c.CA, g)
	return c, err
}

// found is where the CA is, whom to trust to reach it, and where to keep what
// is to be kept: for a CA that is gone with this process, nowhere for long.
func (e *errand) found(ctx context.Context) (at string, roots *x509.CertPool, state string, done func(), err error) {
	done = func() {}
	if e.ca == embedded {
		return e.embed(ctx)
	}
	if e.bundle != "" {
		if roots, err = readRoots(e.bundle); err != nil {
			return "", nil, "", done, err
		}
	}
	state, err = stateDir()
	return e.directory(), roots, state, done, err
}

func (e *errand) embed(ctx context.Context) (at string, roots *x509.CertPool, state string, done func(), err error) {
	done = func() {}
	o := lab.CAOptions{Resolver: e.net.Resolver.String(), HTTPPort: e.hand.at.http, TLSPort: e.hand.at.tls}
	ca, err := lab.StartCA(context.WithoutCancel(ctx), o)
	if err != nil {
		return "", nil, "", done, &exitError{code: exitLab, msg: err.Error()}
	}
	if state, err = os.MkdirTemp("", "acmecheck-"); err != nil {
		ca.Close()
		return "", nil, "", done, err
	}
	done = func() {
		ca.Close()
		_ = os.RemoveAll(state)
	}
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(ca.Bundle())
	return ca.Directory(), roots, state, done, nil
}

// registration is how an account is had where there is none.
func (e *errand) registration(m issue.Meta) (issue.Registration, error) {
	g := issue.Registration{Kind: issue.Orders, AgreeTerms: e.agree || e.test()}
	if e.rehearsal {
		g.Kind = issue.Rehearsal
	}
	if e.email != "" {
		g.Contact = []string{"mailto:" + e.email}
	}
	switch {
	case (e.eabKey == "") != (e.eabMAC == ""):
		return g, usage("--eab-kid and --eab-hmac-file belong together")
	case e.eabKey != "":
		b, err := issue.ReadEAB(e.eabKey, e.eabMAC)
		if err != nil {
			return g, usage("%s", err)
		}
		g.EAB = b
	}
	if m.Terms != "" && g.AgreeTerms {
		e.say("terms of service of the CA: %s", m.Terms)
	}
	return g, nil
}

// stateDir is where accounts and the ledger are kept (XDG Base Directory
// Specification).
func stateDir() (string, error) {
	if d := getenv("XDG_STATE_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "acmecheck"), nil
	}
	if runtime.GOOS == "windows" {
		d, err := os.UserConfigDir()
		return filepath.Join(d, "acmecheck"), err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", usage("nobody says where your home is: %s", err).try("XDG_STATE_HOME=/var/lib names a place for accounts")
	}
	return filepath.Join(home, ".local", "state", "acmecheck"), nil
}

func readRoots(file string) (*x509.CertPool, error) {
	b, err := os.ReadFile(file)
	roots := x509.NewCertPool()
	switch {
	case err != nil:
		return nil, usage("cannot read the CA bundle: %s", err).try("--ca-bundle takes a PEM file")
	case !roots.AppendCertsFromPEM(b):
		return nil, usage("%s holds no certificate in PEM", file).try("--ca-bundle takes a PEM file")
	}
	return roots, nil
}

// renewal reads the certificate that is renewed; nil without one.
func (o *issueOptions) renewal() (*x509.Certificate, error) {
	if o.renew == "" {
		return nil, nil
	}
	b, err := os.ReadFile(o.renew)
	if err != nil {
		return nil, usage("cannot read the certificate to renew: %s", err).try("--renew takes the PEM file of the certificate")
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, usage("%s holds no certificate in PEM", o.renew).try("--renew takes cert.pem or fullchain.pem")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, usage("%s holds no certificate: %s", o.renew, err)
	}
	return c, nil
}

// names are what a certificate is for.
func names(c *x509.Certificate) []string {
	out := slices.Clone(c.DNSNames)
	for _, a := range c.IPAddresses {
		if ip, ok := netip.AddrFromSlice(a); ok {
			out = append(out, ip.Unmap().String())
		}
	}
	return out
}

// folderOf is the directory for a name's files.
func folderOf(id probes.Identifier) string {
	return strings.NewReplacer("*", "wildcard", ":", "-").Replace(string(id))
}

// confirm has a person type the name before anything is ordered from
// production.
func (e *errand) confirm() error {
	if !e.production() || e.yes || e.dryRun {
		return nil
	}
	want := string(e.targets[0].Identifier)
	fmt.Fprintf(e.c.ErrOrStderr(), "This orders a certificate from Let's Encrypt's production, which counts against its limits.\nType %s to go on: ", want)
	line, err := bufio.NewReader(e.c.InOrStdin()).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != want {
		return &exitError{code: report.ExitNotConfirmed, msg: "not confirmed; nothing was ordered", hint: "--yes confirms it without a question"}
	}
	return nil
}

// due says whether the CA thinks that it is time for a renewal.
func (e *errand) due(ctx context.Context, c *connection) (bool, error) {
	w, err := c.Renewal(ctx, e.renewed)
	if err != nil {
		if !e.ifDue {
			return true, nil // it is only advice
		}
		return false, err
	}
	e.say("the CA suggests to renew between %s and %s", w.Start.UTC().Format(time.RFC3339), w.End.UTC().Format(time.RFC3339))
	return !e.ifDue || !time.Now().Before(w.Start), nil
}
