// Package solve puts the answers to ACME challenges in place, waits until they
// can be seen, and takes them away again. It knows no ACME: what is to be
// answered is a Challenge, and whoever asks the CA lives upstairs.
//
// A Solver is one way to answer: a file in a webroot, a dynamic update, the API
// of a DNS provider, somebody's own hook, a person. Open makes one from a
// configuration file, a Set presents many challenges with it and cleans up
// after all of them, and Await asks every authoritative server itself whether
// it has the new value, as there is no other way to know that a CA will see it.
//
// Everything that comes in from outside has a limit in octets and in time.
// Texts from outside appear in errors as they are, but shortened: whoever shows
// them escapes them.
package solve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

// A Challenge is what has to be answered.
type Challenge struct {
	Method           probes.Method
	Identifier       probes.Identifier
	Token            string
	KeyAuthorization string
	// TXTName and TXTValue are the record of the dns methods, the name without
	// a final dot.
	TXTName, TXTValue string

	// Asked is the name that the CA asks for, where TXTName is the one to which
	// its aliases lead. A Set fills it in.
	Asked string
	// All are the identifiers of the challenges that are presented together, and
	// Left is how many of these come after this one. A Set fills them in; hooks
	// are told.
	All  []probes.Identifier
	Left int
}

// A Solver puts answers in place and takes them away. It is safe for several
// challenges at once.
//
// When Present returns nil, the answer is where the solver puts answers; a DNS
// provider may need time to spread it (see Await). When it returns an error,
// CleanUp removes whatever may be there.
//
// CleanUp works under a context that has ended: it sets a deadline of its own.
// What is gone already is no error, so that it may be called twice, and it may
// be called for a challenge whose Present failed or never ran.
type Solver interface {
	Present(ctx context.Context, c Challenge) error
	CleanUp(ctx context.Context, c Challenge) error
}

// A Scoper is a solver that can tell how much else its credentials may change.
// Asking changes nothing.
type Scoper interface {
	Scope(ctx context.Context, c Challenge) (Scope, error)
}

// Stays reports whether a solver's answers may remain after CleanUp, so that
// nobody waits for them to be Gone: acme-dns has no way to remove a value, and a
// person goes for coffee.
func Stays(s Solver) bool {
	x, ok := s.(interface{ stays() bool })
	return ok && x.stays()
}

// A Reach is how far credentials reach.
type Reach string

// The reaches.
const (
	Narrow  Reach = "narrow"  // challenge answers, and nothing that the website needs
	Broad   Reach = "broad"   // records of the website too
	Unknown Reach = "unknown" // nobody tells
)

// A Scope is what credentials may write, with a clause that says it to people.
type Scope struct {
	Reach  Reach
	Detail string
}

// Hint is what a person can do about an error; "" if the error does not say.
func Hint(err error) string {
	if h, ok := errors.AsType[interface {
		error
		Hint() string
	}](err); ok {
		return h.Hint()
	}
	return ""
}

// hinted is an error with a hint.
type hinted struct {
	error
	hint string
}

func (h hinted) Hint() string  { return h.hint }
func (h hinted) Unwrap() error { return h.error }

// fault is an error with a hint.
func fault(hint, format string, a ...any) error {
	return hinted{fmt.Errorf(format, a...), hint}
}

// cleanUpPatience is short: somebody pressed Ctrl-C and waits.
const cleanUpPatience = 30 * time.Second

// late is a context for cleaning up after ctx has ended. least is for what is
// known to take longer.
func late(ctx context.Context, least ...time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), slices.Max(append(least, cleanUpPatience)))
}

// A key tells challenges apart.
type key struct {
	method                   probes.Method
	identifier               probes.Identifier
	token, txtName, txtValue string
}

func (c Challenge) key() key { return key{c.Method, c.Identifier, c.Token, c.TXTName, c.TXTValue} }

// record is the challenge's TXT record; without one it is an error.
func (c Challenge) record() (name, value string, err error) {
	if c.TXTName == "" || c.TXTValue == "" {
		return "", "", fmt.Errorf("%s is not answered by a TXT record", c.Method)
	}
	return strings.ToLower(strings.TrimSuffix(c.TXTName, ".")), c.TXTValue, nil
}

// base is the name that the challenge is for, without "*.".
func (c Challenge) base() string { return policy.Base(c.Identifier) }

// suffixes are a name and those above it of at least two labels, the longest
// first: where a zone can be looked for.
func suffixes(name string) []string {
	const few = 16
	var out []string
	for strings.Contains(name, ".") && len(out) < few {
		out = append(out, name)
		_, name, _ = strings.Cut(name, ".")
	}
	return out
}

// within reports whether a name is a zone or below it.
func within(name, zone string) bool { return name == zone || strings.HasSuffix(name, "."+zone) }

// plain is a name in lower case without its final dot.
func plain(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// short cuts a text from outside.
func short(s string) string {
	const most = 300
	if s = strings.TrimSpace(s); len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// wait is over after d, or when ctx is.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// untouched marks the errors of a Present that left nothing to clean up.
type untouched interface {
	error
	untouched()
}
