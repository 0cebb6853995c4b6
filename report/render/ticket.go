package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/acmecheck/acmecheck/report"
)

// Ticket writes what to send to those who run the network: what was seen,
// what is needed and what is not. Findings that others can mend are left out.
func Ticket(w io.Writer, r *report.Report) error {
	var b sheet
	for _, t := range r.Targets {
		for _, f := range t.Findings {
			if f.FixBy == "network" && f.Severity >= report.Warning {
				ticket(&b, r, t, f)
			}
		}
	}
	if b.Len() == 0 {
		fmt.Fprintln(&b, "Nothing was found that the network team can mend.")
	}
	_, err := w.Write(b.Bytes())
	return err
}

func ticket(b *sheet, r *report.Report, t report.Target, f report.Finding) {
	if b.Len() > 0 {
		fmt.Fprintln(b)
	}
	fmt.Fprintf(b, "Subject: certificate validation of %s: %s\n\n", Safe(t.Identifier.Value, longURL), Safe(f.Title, longText))
	paragraph(b, "", "A certificate authority has to reach "+Safe(t.Identifier.Value, longURL)+" from the Internet and cannot: "+Safe(f.Summary, longText)+".")
	fmt.Fprintf(b, "\nSeen at %s from %s (%s):\n", r.Run.StartedAt.Format("2006-01-02 15:04:05 MST"), vantages(r), f.Certainty)
	for _, e := range f.Evidence {
		fmt.Fprintf(b, "   |  %s\n", Safe(e.Text, longText))
	}
	fmt.Fprintf(b, "\nWhat is needed:\n")
	for _, rem := range f.Remediation {
		if rem.For == "the firewall team" {
			paragraph(b, "- ", Safe(rem.Text, longText)+".")
		}
	}
	paragraph(b, "- ", "The connection may be closed to everything else, and opened only while a certificate is renewed.")
	fmt.Fprintf(b, "\nWhat does not help:\n")
	paragraph(b, "- ", "A list of source addresses: the authority checks from several networks, publishes no list and changes them.")
	paragraph(b, "- ", "An outbound rule: the authority opens new, inbound connections.")
	fmt.Fprintf(b, "\nTo check again: acmecheck %s@%s   (rules of %s, read %s)\n", f.Method, Safe(t.Identifier.Value, longURL), r.Run.Policy, r.Run.PolicyRead)
}

func vantages(r *report.Report) string {
	var ids []string
	for _, v := range r.Run.Vantages {
		ids = append(ids, v.ID)
	}
	return strings.Join(ids, ", ")
}
