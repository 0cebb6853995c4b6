package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/acmecheck/acmecheck/report/checks"
	"github.com/acmecheck/acmecheck/report/explain"
)

// Explanation writes what one problem of a CA means. The problem's text is
// escaped.
func Explanation(w io.Writer, p explain.Problem, m explain.Match) error {
	var b sheet
	var about []string
	for _, s := range []string{p.Name, p.Method, m.Entry.Type} {
		if s != "" {
			about = append(about, Safe(s, longURL))
		}
	}
	paragraph(&b, strings.Join(about, "  ")+": ", Safe(m.Text, longText))
	if m.Remote != nil {
		paragraph(&b, "where: ", m.Remote.Means)
	}
	paragraph(&b, "means: ", m.Entry.Means)
	for i, c := range m.Entry.Causes {
		label := "cause: "
		if i > 0 {
			label = "or:    "
		}
		paragraph(&b, label, c)
	}
	if m.Entry.Misleads != "" {
		paragraph(&b, "but:   ", m.Entry.Misleads)
	}
	if m.Wording == explain.Older {
		paragraph(&b, "note:  ", "this is an older wording of the CA")
	}
	if command := m.Command(); command != "" {
		fmt.Fprintf(&b, "  run:   %s\n", command)
	}
	for _, code := range m.Entry.Codes {
		if checks.ByCode(code) != nil {
			fmt.Fprintf(&b, "  more:  acmecheck explain %s\n", code)
			break
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}
