package render

// This file tells a report as JUnit's XML, which every CI reads: a suite for a
// target, a case for each of its verdicts.

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/acmecheck/acmecheck/report"
)

type (
	junitRun struct {
		XMLName xml.Name `xml:"testsuites"`
		Name    string   `xml:"name,attr"`
		junitCounts
		Suites []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string `xml:"name,attr"`
		Timestamp string `xml:"timestamp,attr"`
		junitCounts
		Cases []junitCase `xml:"testcase"`
	}
	junitCounts struct {
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Time     string `xml:"time,attr"`
	}
	junitCase struct {
		Class   string     `xml:"classname,attr"`
		Name    string     `xml:"name,attr"`
		Time    string     `xml:"time,attr"`
		File    string     `xml:"file,attr,omitempty"`
		Failure *junitNo   `xml:"failure"`
		Skipped *junitNo   `xml:"skipped"`
		Out     *junitText `xml:"system-out"`
	}
	junitNo struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",cdata"`
	}
	junitText struct {
		Text string `xml:",cdata"`
	}
)

// JUnit writes a report as JUnit's XML. What the CA would refuse fails, what
// cannot be told is skipped, and what does not decide, or was waived, never
// fails: red means what the exit code 1 means.
func JUnit(w io.Writer, r *report.Report) error {
	run := junitRun{Name: "acmecheck"}
	began := r.Run.StartedAt.UTC().Format("2006-01-02T15:04:05")
	for _, t := range r.Targets {
		s := junitSuite{Name: Safe(nameOf(t), longURL), Timestamp: began}
		for _, o := range t.Verdicts {
			s.add(junitCaseOf(t, o))
		}
		s.Time = seconds(extent(t.Probes))
		run.add(s)
	}
	if c, ok := junitRest(r); ok {
		s := junitSuite{Name: "acmecheck", Timestamp: began}
		s.add(c)
		s.Time = c.Time
		run.add(s)
	}
	run.Time = seconds(r.Run.DurationMS)
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(run); err != nil {
		return fmt.Errorf("encoding XML: %w", err)
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func (r *junitRun) add(s junitSuite) {
	r.Suites = append(r.Suites, s)
	r.Tests += s.Tests
	r.Failures += s.Failures
	r.Skipped += s.Skipped
}

// junitCaseOf is one verdict. The target is part of the name, since consumers
// take cases with the same class and name for one, whatever their suites.
func junitCaseOf(t report.Target, o report.Outcome) junitCase {
	name := string(o.Method)
	if o.For != "" {
		name += " (" + string(o.For) + ")"
	}
	c := junitCase{Class: "acmecheck." + Safe(string(o.Method), longText), Name: Safe(name+" for "+nameOf(t), longURL), Time: seconds(extent(o.Probes))}
	if t.Source != nil {
		c.File = Safe(t.Source.File, longURL)
	}
	enough := t.Ready != nil && *t.Ready // --any-method: another one passes
	text := junitTold(t, o)
	switch {
	case o.Verdict == report.WouldNot && o.Decisive && !enough && !waived(o):
		c.Failure = &junitNo{Message: Safe(reason(o), longText), Text: text}
		if len(o.Codes) > 0 {
			c.Failure.Type = Safe(o.Codes[0], longText)
		}
		return c
	case o.Verdict == report.CannotTell && o.Decisive:
		c.Skipped = &junitNo{Message: "cannot tell: " + Safe(reason(o), longText)}
	case o.Verdict != report.WouldIssue:
		c.Skipped = &junitNo{Message: "does not count: " + Safe(reason(o), longText)}
	}
	if text != "" {
		c.Out = &junitText{text}
	}
	return c
}

// waived reports whether the user waived all that a verdict fails for.
func waived(o report.Outcome) bool {
	some := false
	for _, f := range o.Findings {
		switch {
		case f.Severity != report.Error:
		case f.Waived():
			some = true
		case f.Suppressed == nil:
			return false
		}
	}
	return some
}

// junitTold are the findings of a verdict that count.
func junitTold(t report.Target, o report.Outcome) string {
	var all []string
	for _, f := range o.Findings {
		if f.Suppressed == nil {
			all = append(all, fmt.Sprintf("%s[%s]: %s\n", f.Severity, Safe(f.Code, longText), strings.Join(inLines(t, f), "\n")))
		}
	}
	return strings.Join(all, "\n")
}

// junitRest is what no target tells: an order, or a run that could not begin.
func junitRest(r *report.Report) (junitCase, bool) {
	c := junitCase{Class: "acmecheck.run", Name: "run", Time: seconds(r.Run.DurationMS)}
	message := strings.Join(sayings(r), " ")
	if r.Issuance != nil {
		c.Class, c.Name, message = "acmecheck.issue", "order", outcome(r.Issuance)
	}
	switch {
	case r.Issuance == nil && len(r.Targets) > 0:
		return c, false
	case r.Issuance != nil && r.Issuance.Problem != nil:
		c.Failure = &junitNo{Message: message, Type: Safe(kind(r.Issuance.Problem.Type), longText), Text: sentence(r.Issuance.Problem)}
	case r.Issuance != nil && r.Issuance.Certificate != nil, r.Ready != nil && *r.Ready:
		c.Out = &junitText{message}
	default:
		c.Skipped = &junitNo{Message: message}
	}
	return c, true
}

// extent is how long probes took together, from the first one's begin to the
// last one's end.
func extent(ps []report.Probe) int64 {
	if len(ps) == 0 {
		return 0
	}
	from, to := ps[0].StartMS, int64(0)
	for _, p := range ps {
		from, to = min(from, p.StartMS), max(to, p.StartMS+p.DurationMS)
	}
	return to - from
}

func seconds(ms int64) string { return fmt.Sprintf("%.3f", float64(ms)/1000) }
