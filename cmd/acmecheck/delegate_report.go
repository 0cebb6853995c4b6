package main

// This file tells how the names of a list stand to the plan: one line for
// people, a table to send mail from, and JSON.

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/acmecheck/acmecheck/probes/delegation"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

// A delegateReport is the findings about a list, in its order.
type delegateReport struct {
	plan     delegation.Plan
	findings []delegateFinding
	exit     int
}

func (r *delegateReport) counts() map[delegation.Class]int {
	n := map[delegation.Class]int{}
	for _, f := range r.findings {
		n[f.class]++
	}
	return n
}

// code is the exit code that the findings amount to.
func (r *delegateReport) code() int {
	n := r.counts()
	switch {
	case n[delegation.OK] == len(r.findings):
		return 0
	case n[delegation.OK]+n[delegation.Unknown] == len(r.findings):
		return exitCannotTell
	}
	return report.WouldNot.ExitCode()
}

// delegateSays are the words for so many names of a class, of one and of several.
var delegateSays = map[delegation.Class][2]string{
	delegation.OK:        {"ok", "ok"},
	delegation.NoCNAME:   {"without CNAME", "without CNAME"},
	delegation.OtherZone: {"points at another zone", "point at another zone"},
	delegation.OtherName: {"points at another name's place", "point at another name's place"},
	delegation.Beside:    {"has CNAME and TXT", "have CNAME and TXT"},
	delegation.NoDomain:  {"is of no registered domain", "are of no registered domain"},
	delegation.Unknown:   {"could not be looked up", "could not be looked up"},
}

// summary is one line. It names the file once, where it first matters.
func (r *delegateReport) summary(file string) string {
	n := r.counts()
	var parts []string
	for _, c := range delegation.Classes {
		if n[c] == 0 {
			continue
		}
		part := countOf(n[c], delegateSays[c][0], delegateSays[c][1])
		if file != "" && c.Sends() {
			part += fmt.Sprintf(" (the line to send each customer: %s)", file)
			file = ""
		}
		parts = append(parts, part)
	}
	line := countOf(len(r.findings), "name", "names") + ": " + strings.Join(parts, ", ")
	if file != "" {
		line += fmt.Sprintf(" (what was found: %s)", file)
	}
	return line
}

// line is the record to send to a name's owner; empty: there is nothing they
// could do with it.
func (r *delegateReport) line(f delegateFinding) string {
	if !f.class.Sends() {
		return ""
	}
	return r.plan.Line(f.name)
}

// table writes what is not as planned.
func (r *delegateReport) table(w io.Writer) error {
	c := csv.NewWriter(w)
	_ = c.Write(tableHeader) // an error stays until the end
	for _, f := range r.findings {
		if f.class != delegation.OK {
			_ = c.Write([]string{cell(string(f.name)), cell(string(f.class)), cell(foundIn(f.found)), cell(r.line(f))})
		}
	}
	c.Flush()
	return c.Error()
}

// cell keeps a spreadsheet from taking for a formula what somebody put into
// DNS, and a terminal from obeying it. Where the comma is the decimal sign,
// spreadsheets divide at semicolons instead, so those are written as DNS
// writes what it has to escape (RFC 1035 §5.1).
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		s = "'" + s
	}
	return render.Safe(strings.NewReplacer(`\;`, `\059`, ";", `\059`).Replace(s), 0)
}

// foundIn is what was found, in a few words.
func foundIn(f delegation.Found) string {
	var all []string
	for _, target := range f.CNAME {
		all = append(all, "CNAME "+target)
	}
	for _, value := range f.TXT {
		all = append(all, "TXT "+render.Safe(value, 80))
	}
	if f.Failed != "" {
		all = append(all, f.Failed)
	}
	return render.Safe(strings.Join(all, " and "), 400)
}

// A checkedName is one element of the JSON's names.
type checkedName struct {
	Name      delegation.Name  `json:"name"`
	Challenge string           `json:"challenge"`
	Target    string           `json:"target"`
	Class     delegation.Class `json:"class"`
	CNAME     []string         `json:"cname,omitempty"`
	TXT       []string         `json:"txt,omitempty"`
	Failed    string           `json:"failed,omitempty"`
	Line      string           `json:"line,omitempty"`
}

// json writes one document, with one name a line.
func (r *delegateReport) json(w io.Writer) error {
	b := bufio.NewWriter(w)
	reason := map[int]string{0: "ok", 1: "not_ready", exitUsage: "bad_input", exitCannotTell: "inconclusive"}[r.exit]
	if reason == "" {
		reason = "interrupted"
	}
	head, err := json.Marshal(struct {
		Kind    string                   `json:"kind"`
		Tool    report.Tool              `json:"tool"`
		Zone    string                   `json:"zone"`
		Style   delegation.Style         `json:"style"`
		Exit    report.Exit              `json:"exit"`
		Summary map[delegation.Class]int `json:"summary"`
	}{"delegation", report.Tool{Name: "acmecheck", Version: version}, r.plan.Zone(), r.plan.Style(), report.Exit{Code: r.exit, Reason: reason}, r.counts()})
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "%s,\"names\":[", bytes.TrimSuffix(head, []byte("}")))
	for i, f := range r.findings {
		e := checkedName{f.name, f.name.Challenge(), r.plan.Target(f.name), f.class, f.found.CNAME, f.found.TXT, f.found.Failed, r.line(f)}
		one, err := json.Marshal(e)
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "%s\n%s", map[bool]string{true: ","}[i > 0], one)
	}
	fmt.Fprint(b, "\n]}\n")
	return b.Flush() // with the first error of any write
}
