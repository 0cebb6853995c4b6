package render

// This file tells a report as SARIF 2.1.0, which code scanning of GitHub and
// many editors read (docs.oasis-open.org/sarif/sarif/v2.1.0).

import (
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/checks"
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	homepage    = "https://github.com/acmecheck/acmecheck"
)

type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string    `json:"id"`
		Short   sarifText `json:"shortDescription"`
		Full    sarifText `json:"fullDescription"`
		HelpURI string    `json:"helpUri,omitempty"`
		Help    sarifText `json:"help"`
		Default struct {
			Level string `json:"level"`
		} `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		Start         string              `json:"startTimeUtc"`
		Successful    bool                `json:"executionSuccessful"`
		ExitCode      int                 `json:"exitCode"`
		ExitReason    string              `json:"exitCodeDescription"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   map[string]string  `json:"properties"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region struct {
				StartLine int `json:"startLine"`
			} `json:"region"`
		} `json:"physicalLocation"`
		Logical []sarifLogical `json:"logicalLocations"`
	}
	sarifLogical struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
	}
)

// SARIF writes a report as SARIF 2.1.0: a rule for each code that occurs, a
// result for each finding.
func SARIF(w io.Writer, r *report.Report) error {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: Safe(r.Tool.Name, longText), Version: Safe(r.Tool.Version, longText), InformationURI: homepage, Rules: sarifRules(r)}},
		Invocations: []sarifInvocation{invocation(r)},
		Results:     []sarifResult{},
	}
	index := map[string]int{}
	for i, rule := range run.Tool.Driver.Rules {
		index[rule.ID] = i
	}
	for _, t := range r.Targets {
		for _, f := range t.Findings {
			run.Results = append(run.Results, sarifOf(t, f, index))
		}
	}
	return document(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{run}}, "  ")
}

// sarifRules are those of the codes that occur, sorted.
func sarifRules(r *report.Report) []sarifRule {
	rules := []sarifRule{}
	seen := map[string]bool{}
	for _, t := range r.Targets {
		for _, f := range t.Findings {
			if !seen[f.Code] {
				rules = append(rules, sarifRuleOf(f))
			}
			seen[f.Code] = true
		}
	}
	slices.SortFunc(rules, func(a, b sarifRule) int { return strings.Compare(a.ID, b.ID) })
	return rules
}

// sarifRuleOf is the catalogue's entry; of a code that is not in it, because the
// report is of a newer acmecheck, what the finding says.
func sarifRuleOf(f report.Finding) sarifRule {
	const most = 1000 // GitHub takes 1024 of a description
	title, means, links := f.Title, f.Explanation, f.Links
	if c := checks.ByCode(f.Code); c != nil {
		title, means, links = c.Title, c.Means, c.Sources
	}
	help := []string{Safe(means, longText), "More: acmecheck explain " + Safe(f.Code, longText)}
	rule := sarifRule{ID: Safe(f.Code, longText), Short: sarifPlain(Safe(title, most)), Full: sarifPlain(Safe(means, most))}
	for _, l := range links {
		if u, err := url.Parse(l); err == nil && u.Scheme == "https" { // a source may be a file of the CA's
			help = append(help, u.String())
			if rule.HelpURI == "" {
				rule.HelpURI = u.String()
			}
		}
	}
	rule.Help = sarifPlain(help...)
	rule.Default.Level = sarifLevel(f.Severity)
	return rule
}

// invocation tells the run. It was successful if it came to an answer, whatever
// the answer is.
func invocation(r *report.Report) sarifInvocation {
	i := sarifInvocation{
		Start:      r.Run.StartedAt.UTC().Format("2006-01-02T15:04:05Z"),
		Successful: r.Ready != nil, ExitCode: r.Exit.Code, ExitReason: Safe(r.Exit.Reason, longText),
	}
	for _, n := range r.Notes {
		i.Notifications = append(i.Notifications, sarifNotification{"note", sarifPlain(Safe(n, longText))})
	}
	return i
}

func sarifOf(t report.Target, f report.Finding, index map[string]int) sarifResult {
	code := Safe(f.Code, longText)
	res := sarifResult{
		RuleID: code, RuleIndex: index[code], Level: sarifLevel(f.Severity), Message: sarifPlain(inLines(t, f)...),
		Locations: []sarifLocation{sarifPlace(t)},
		// GitHub reads primaryLocationLineHash alone. Without it, two findings
		// of a code on the same line would be one alert.
		Fingerprints: map[string]string{"acmecheck/v1": Safe(f.Fingerprint, longText), "primaryLocationLineHash": Safe(f.Fingerprint, longText)},
		Properties:   map[string]string{"certainty": f.Certainty.String(), "method": Safe(string(f.Method), longText), "subject": Safe(f.Subject, longURL)},
	}
	if f.Suppressed != nil {
		// GitHub does not know suppressions and would show an open alert for
		// each (codeql-action#1230), so it is to be no more than a note.
		res.Level = "note"
		res.Suppressions = []sarifSuppression{{"external", Safe(*f.Suppressed, longText)}}
	}
	return res
}

// sarifPlace is the line that names the target. GitHub refuses a whole file if
// one result is in no file, or has an absolute URI that is no file's. A target
// that was typed is in none, so its name stands for one, as image scanners do
// with the image's: it is the same in every run, and never another's line.
func sarifPlace(t report.Target) sarifLocation {
	var l sarifLocation
	file, line := nameOf(t), 1
	if t.Source != nil && t.Source.File != "" {
		file, line = path.Clean(t.Source.File), max(1, int(t.Source.Line))
	}
	l.Physical.Artifact.URI = (&url.URL{Path: file}).String()
	l.Physical.Region.StartLine = line
	l.Logical = []sarifLogical{{Safe(nameOf(t), longURL), "resource"}}
	return l
}

func sarifLevel(s report.Severity) string {
	switch s {
	case report.Error:
		return "error"
	case report.Warning:
		return "warning"
	case report.Info:
	}
	return "note"
}

// sarifPlain is a message of lines. Braces are placeholders unless they are
// doubled (§3.11.5), and "](" makes a link of what is before it (§3.11.6).
func sarifPlain(lines ...string) sarifText {
	return sarifText{strings.NewReplacer("{", "{{", "}", "}}", "](", "] (").Replace(strings.Join(lines, "\n"))}
}
