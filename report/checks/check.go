// Package checks is the catalogue of what can be wrong: one file a code, which
// holds what the code means, who can mend it and how, and the pure function
// that finds it in the evidence.
//
// A new check is two new files and nothing else: report/checks/AREA_OBJECT.go
// and testdata/checks/AREA_OBJECT.txtar, where it must fire in one world and
// stay quiet in another that is nearly the same (testdata/checks/README.md).
// Reports, explain and the tests of the catalogue all derive from the file.
package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/report"
)

// A Check is one entry of the catalogue.
type Check struct {
	Code     string // area.object.problem; never reused, never renamed
	Severity report.Severity
	Title    string   // what is wrong, one line, without a full stop
	Means    string   // the rule behind it, one or two sentences in plain words
	Causes   []string // why it may be so, most likely first
	FixBy    Role
	Fixes    []Fix
	Again    string   // the command that shows whether it is mended; {target} is the target
	Ignore   string   // when not to mind; empty: never
	Sources  []string // where the rule is written: URLs, or a file of the CA's source
	Topics   []string // pages of explain that say more
	// Masks are codes that say less about the same thing: they are not shown
	// beside this one.
	Masks []string
	// Generic marks a check that names no cause. It is shown only when nothing
	// better is.
	Generic bool
	// Unsettles marks a check which, unless there is an error, leaves open
	// what the CA would say.
	Unsettles bool
	// Detect finds it. Errors are found only where in.Refused() holds. Findings
	// come without code and prose.
	Detect func(in *In) []Found
}

// A Role is who can mend something.
type Role string

// The roles.
const (
	DNSAdmin Role = "dns"
	Network  Role = "network"
	Server   Role = "web server"
	App      Role = "application"
	Client   Role = "client" // whoever runs the ACME client, or this tool
	Nobody   Role = "nobody"
)

// A Fix is one way to mend a finding.
type Fix struct {
	// For is a kind of server (nginx, Apache, Caddy, HAProxy, Traefik, IIS,
	// lighttpd), another place (ufw, nftables, Windows Firewall, cloud, router,
	// the firewall team, DNS), or "your app", which fits every server. A fix
	// for another server than the one that answered is not shown.
	For     string
	Text    string // what to do, one sentence
	Snippet string // what to type or paste; {name}, {port} and other args are filled in
	// When reports whether the evidence speaks for the fix; nil: nothing
	// speaks against it.
	When func(in *In) bool
}

// Found is what a check's Detect says about one case.
type Found struct {
	Subject   string // the address, host or URL it is about
	Say       string // the title's fuller sentence, about this case
	Certainty report.Certainty
	Evidence  []report.Evidence // never empty
	Causes    []report.Cause    // what the evidence says of why; before the check's own
	Args      map[string]string // for {…} in fixes, beyond those of In.Args
	NotAFix   []string
	Settle    string
}

var all []*Check

// register puts a check into the catalogue. It is called once a file, when the
// package is loaded; the result is there for the file to assign.
func register(c Check) bool { //nolint:unparam // the result lets a file register in a var
	if slices.ContainsFunc(all, func(d *Check) bool { return d.Code == c.Code }) {
		panic(fmt.Sprintf("checks: code %q registered twice", c.Code))
	}
	all = append(all, &c)
	return true
}

// All returns the catalogue, sorted by code. The checks must not be changed.
func All() []*Check {
	out := slices.Clone(all)
	slices.SortFunc(out, func(a, b *Check) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// ByCode returns a check, or nil.
func ByCode(code string) *Check {
	i := slices.IndexFunc(all, func(c *Check) bool { return c.Code == code })
	if i < 0 {
		return nil
	}
	return all[i]
}
