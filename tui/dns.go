package tui

// This file tells what was asked of the DNS: name by name, and who answered.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// dnsLines are the look-ups about a row: of its method, or of the whole target.
func dnsLines(t theme, r *run, x row, w int) []string {
	var names []string
	about := map[string][]probes.Step{}
	for _, rec := range traces(r, x) {
		for _, s := range rec.Steps {
			if l, ok := s.Fact.(probes.Lookup); ok {
				if about[l.Name] == nil {
					names = append(names, l.Name)
				}
				about[l.Name] = append(about[l.Name], s)
			}
		}
	}
	if len(names) == 0 {
		return []string{t.paint(dim, "nothing was asked of the DNS yet")}
	}
	var out []string
	for _, name := range names {
		out = append(out, t.paint(strong, safe(name)))
		out = append(out, answerLines(t, about[name], w)...)
	}
	return out
}

// answerLines tell what was answered about a name; the same answer to the same
// question is told once, with how often it came.
func answerLines(t theme, steps []probes.Step, w int) []string {
	type reply struct {
		kind, text string
		who        string
		took       int64
		times      int
	}
	var all []reply
	for _, s := range steps {
		l, _ := s.Fact.(probes.Lookup)
		who := l.Resolver
		if l.Server.IsValid() {
			who = l.Server.String()
		}
		r := reply{safe(l.Type), answered(l, s.Fault), safe(who), s.Took.Milliseconds(), 1}
		if i := slices.IndexFunc(all, func(o reply) bool { return o.kind == r.kind && o.text == r.text && o.who == r.who }); i >= 0 {
			all[i].times++
			continue
		}
		all = append(all, r)
	}
	var out []string
	for i, r := range all {
		aside := lasted(r.took) + "  " + r.who
		if r.times > 1 {
			aside += fmt.Sprintf("  %d times", r.times)
		}
		out = append(out, branched(t, i == len(all)-1, hang(fmt.Sprintf("%-5s ", r.kind), r.text, w-3))...)
		if last := len(out) - 1; width(out[last])+2+len(aside) <= w {
			out[last] += "  " + t.paint(dim, aside)
		} else {
			out = append(out, branched(t, i == len(all)-1, []string{"", "      " + t.paint(dim, aside)})[1])
		}
	}
	return out
}

// branched hangs lines on a branch of a tree.
func branched(t theme, last bool, lines []string) []string {
	first, rest := "├─ ", "│  "
	switch {
	case t.ascii && last:
		first, rest = "`- ", "   "
	case t.ascii:
		first, rest = "|- ", "|  "
	case last:
		first, rest = "└─ ", "   "
	}
	for i := range lines {
		if i == 0 {
			lines[i] = first + lines[i]
			continue
		}
		lines[i] = rest + lines[i]
	}
	return lines
}

func answered(l probes.Lookup, f *probes.Fault) string {
	switch {
	case f != nil:
		return "no answer: " + safe(string(f.Kind))
	case l.RCode != "" && l.RCode != "NOERROR":
		return safe(l.RCode)
	case len(l.Answers) == 0:
		return "none"
	}
	var all []string
	for _, a := range l.Answers {
		kind := ""
		if a.Type != l.Type {
			kind = a.Type + " "
		}
		all = append(all, safe(kind+a.Data))
	}
	return strings.Join(all, ", ")
}
