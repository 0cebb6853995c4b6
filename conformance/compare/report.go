package compare

// This file says how a comparison went.

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/acmecheck/acmecheck/conformance/verdict"
)

// Differing are the outcomes that are not exact.
func Differing(outcomes []Outcome) []Outcome {
	return slices.DeleteFunc(slices.Clone(outcomes), func(o Outcome) bool { return o.Exact || o.Skipped != "" })
}

// Report writes every difference, what was left out and why, and a table of
// the areas. It returns ErrDisagree below 100 %, and if nothing was compared.
func Report(w io.Writer, outcomes []Outcome) error {
	for _, o := range Differing(outcomes) {
		what := "DISAGREE"
		if o.Rough {
			what = "TEXT"
		}
		fmt.Fprintf(w, "%s %s\n    CA:      %s\n    program: %s\n", what, o.World, o.CA, o.Program)
	}
	total := table(w, outcomes)
	if total.compared == 0 || total.exact < total.compared {
		return ErrDisagree
	}
	return nil
}

// tally counts outcomes.
type tally struct{ compared, exact, rough, skipped int }

func (t *tally) add(o Outcome) {
	if o.Skipped != "" {
		t.skipped++
		return
	}
	t.compared++
	if o.Exact {
		t.exact++
	}
	if o.Rough {
		t.rough++
	}
}

func table(w io.Writer, outcomes []Outcome) tally {
	areas := map[string]*tally{}
	var names []string
	var total tally
	skipped := map[string]int{}
	for _, o := range outcomes {
		name := verdict.Area(o.World)
		if areas[name] == nil {
			areas[name] = &tally{}
			names = append(names, name)
		}
		areas[name].add(o)
		total.add(o)
		if o.Skipped != "" {
			skipped[o.Skipped]++
		}
	}
	leftOut(w, skipped)
	slices.Sort(names)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "area\tworlds\tagree\texact\tvalid+type\tleft out\t")
	for _, name := range names {
		areas[name].row(tw, name)
	}
	total.row(tw, "total")
	_ = tw.Flush()
	return total
}

func leftOut(w io.Writer, skipped map[string]int) {
	var reasons []string
	for why, n := range skipped {
		reasons = append(reasons, fmt.Sprintf("left out %d: %s", n, why))
	}
	slices.Sort(reasons)
	for _, r := range reasons {
		fmt.Fprintln(w, r)
	}
}

func (t *tally) row(w io.Writer, name string) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\t%d\t\n", name, t.compared, t.exact, percent(t.exact, t.compared), percent(t.rough, t.compared), t.skipped)
}

// percent rounds down, so that 100.0 % is all of them.
func percent(n, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%d.%d %%", 100*n/of, 1000*n/of%10)
}
