package checks

// This file has what the checks of names share.

import (
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

const (
	rfcOrder   = "https://www.rfc-editor.org/rfc/rfc8555#section-7.1.4"
	rfcLabels  = "https://www.rfc-editor.org/rfc/rfc5890#section-2.3.1"
	paNames    = "boulder policy/pa.go ValidDomain, validNonWildcardDomain"
	paIP       = "boulder policy/pa.go ValidIP"
	suffixList = "https://publicsuffix.org/list/"
)

// notPublicHere are the ways out for names and addresses of the inside.
func notPublicHere() []Fix {
	return []Fix{
		{For: "your app", Text: "ask for a name under a domain that you own; with dns-01 its addresses may stay private"},
		{For: "your app", Text: "use a CA of your own, for devices that you manage"},
	}
}

// namedWrong reports that the CA stops by one of the rules before it requests
// anything, so that it is about the identifier and not about a redirect.
func (in *In) namedWrong(rules ...policy.Rule) bool {
	return len(in.Requests) == 0 && in.Stopped(rules...)
}

// misnamed finds that the identifier is refused, and says why. part is what to
// blame in it.
func (in *In) misnamed(part string, label report.Text, say string) []Found {
	e := report.Evidence{Probe: "p1", Field: "identifier", Text: string(in.Given.Identifier)}
	return one(string(in.Given.Identifier), say, marked(e, part, label))
}

// with adds arguments for fixes to what was found.
func with(found []Found, args map[string]string) []Found {
	for i := range found {
		found[i].Args = args
	}
	return found
}

// bare is the identifier without "*.".
func (in *In) bare() string { return strings.TrimPrefix(string(in.Given.Identifier), "*.") }

// blamed is the first label that one of the CA's rules about labels refuses;
// "" if none does.
func (in *In) blamed(rule policy.Rule) string {
	for l := range strings.SplitSeq(in.bare(), ".") {
		if in.against(rule, policy.OfLabel, l) {
			return l
		}
	}
	return ""
}

// against reports whether the CA's rules of one name and about one part have
// anything against a name.
func (in *In) against(rule policy.Rule, of policy.Part, name string) bool {
	rules := slices.DeleteFunc(slices.Clone(in.Policy.Names.Rules), func(r policy.NameRule) bool {
		return r.Rule != rule || r.Of != of
	})
	_, words := in.Policy.Refusal(rules, "dns", name)
	return words != ""
}

// hostRune reports what the names of hosts consist of.
func hostRune(r rune) bool {
	return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' || r == '.'
}

// hostName reports a name that can be pasted as it is.
func hostName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !hostRune(r) })
}

// nearest is the host name that was probably meant: the ASCII form, without
// what came along, and without the labels of a service. It is empty where
// there is no better one.
func (in *In) nearest() string {
	id := in.bare()
	if t, err := probes.ParseTarget("all@" + id); err == nil {
		id = string(t.Identifier)
	}
	for strings.HasPrefix(id, "_") && strings.Contains(id, ".") {
		_, id, _ = strings.Cut(id, ".")
	}
	id = strings.ReplaceAll(id, "_", "-")
	if id == in.bare() || !hostName(id) {
		return ""
	}
	return id
}

// methods are the challenge types the CA offers for the identifier, in words.
func (in *In) methods() string {
	var all []string
	for _, m := range in.Policy.Offers(in.Given.Identifier) {
		all = append(all, string(m))
	}
	if n := len(all) - 1; n > 0 {
		return strings.Join(all[:n], ", ") + " and " + all[n]
	}
	return strings.Join(all, "")
}
