package report

import "slices"

// This file finds which findings and probes of a target are those of which
// verdict. JSON has them once, with the target, so a saved report goes this way;
// who judges goes it too, and so both tell the same.

// Share gives every verdict its findings and its probes, out of the target's.
// Several verdicts may have the same finding.
func (t *Target) Share() {
	byID := map[string]Finding{}
	for _, f := range t.Findings {
		byID[f.ID] = f
	}
	walks := t.walks()
	for i := range t.Verdicts {
		o := &t.Verdicts[i]
		o.Probes, o.Findings = walks[i], []Finding{}
		if o.Shows == nil { // from before the first release: by code is near enough
			o.Findings = slices.DeleteFunc(slices.Clone(t.Findings), func(f Finding) bool { return !slices.Contains(o.Codes, f.Code) })
		}
		for _, id := range o.Shows {
			if f, ok := byID[id]; ok {
				o.Findings = append(o.Findings, f)
			}
		}
	}
}

// walks are the probes of each verdict: its method's walk from the first
// vantage, and all that follow up to the next one's.
func (t *Target) walks() [][]Probe {
	out := make([][]Probe, len(t.Verdicts))
	rest := t.Probes
	for i, o := range t.Verdicts {
		out[i] = []Probe{}
		if len(rest) == 0 || rest[0].Kind != string(o.Method) {
			continue // the trace held no question
		}
		end := 1
		for end < len(rest) && !t.begins(rest[end]) {
			end++
		}
		out[i], rest = rest[:end:end], rest[end:]
	}
	return out
}

// begins reports whether a probe is a verdict's first.
func (t *Target) begins(p Probe) bool {
	return p.Vantage == t.Probes[0].Vantage && slices.ContainsFunc(t.Verdicts, func(o Outcome) bool { return string(o.Method) == p.Kind })
}
