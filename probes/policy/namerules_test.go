package policy

// This file holds that no rule about names is idle: whatever is taken away or
// changed shows in an answer.

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/acmecheck/acmecheck/probes"
)

// answers are all that a policy says to the cases above, and to addresses as
// names.
func answers(t *testing.T, p *Policy) []string {
	t.Helper()
	var out []string
	say := func(rule Rule, words string) { out = append(out, string(rule)+" "+words) }
	for _, c := range nameCases {
		for _, m := range probes.Methods {
			d := ordered(t, p, c.id, m)
			say(d.Rule, fmt.Sprintf("%+v", d.Problem))
		}
	}
	say(p.Refusal(p.Names.Rules, "dns", "192.0.2.1"))
	for _, ids := range [][]probes.Identifier{names(100), names(101), slices.Repeat([]probes.Identifier{probes.Identifier(ofLength(250))}, 40)} {
		rule, problem := p.Order(ids)
		say(rule, fmt.Sprintf("%+v", problem))
		rule, problem = p.Order(append(ids, "a"))
		say(rule, fmt.Sprintf("%+v", problem))
	}
	return out
}

// apart are neighbours that cannot both refuse one identifier, so that their
// order shows nowhere.
var apart = map[[2]int]string{
	{0, 1}:   "an empty name has no asterisk",
	{2, 3}:   "a misplaced asterisk is not in front of a dot",
	{3, 4}:   "a suffix is in the list",
	{4, 5}:   "a suffix has no odd character",
	{6, 7}:   "an address is short",
	{7, 8}:   "an address does not end in a dot",
	{9, 10}:  "many labels are not one",
	{11, 12}: "an empty label is not long",
	{14, 15}: "a label starts with xn, or not",
	{16, 17}: "a suffix is in the list",
	{17, 18}: "a name, or an address",
}

// differs reports that a policy answers otherwise after a change.
func differs(t *testing.T, healthy []string, change func(n *Names)) bool {
	t.Helper()
	p := LetsEncrypt()
	change(&p.Names)
	return !slices.Equal(answers(t, p), healthy)
}

// Every rule and its words matter.
func TestEveryNameRule(t *testing.T) {
	healthy := answers(t, LetsEncrypt())
	for name, list := range map[string]func(n *Names) *[]NameRule{
		"rule":    func(n *Names) *[]NameRule { return &n.Rules },
		"blocked": func(n *Names) *[]NameRule { return &n.Blocked },
	} {
		for i, r := range *list(&LetsEncrypt().Names) {
			if !differs(t, healthy, func(n *Names) { *list(n) = slices.Delete(*list(n), i, i+1) }) {
				t.Errorf("%s %d, %s: nothing shows that it is there", name, i, r.Rule)
			}
			if !differs(t, healthy, func(n *Names) { (*list(n))[i].Refuses = otherWords(r.Refuses) }) {
				t.Errorf("%s %d, %s: its words show nowhere", name, i, r.Rule)
			}
		}
	}
}

// So does the place of every rule.
func TestTheOrderOfNameRules(t *testing.T) {
	healthy := answers(t, LetsEncrypt())
	for i := 1; i < len(LetsEncrypt().Names.Rules); i++ {
		noticed := differs(t, healthy, func(n *Names) { n.Rules[i-1], n.Rules[i] = n.Rules[i], n.Rules[i-1] })
		if why := apart[[2]int{i - 1, i}]; noticed == (why != "") {
			t.Errorf("rules %d and %d swapped: noticed %v; %s", i-1, i, noticed, why)
		}
	}
}

func otherWords(refuses func(*Policy, probes.Identifier) string) func(*Policy, probes.Identifier) string {
	return func(p *Policy, id probes.Identifier) string {
		if words := refuses(p, id); words != "" {
			return words + "!"
		}
		return ""
	}
}

// Every number, and every entry of a list, is there for a reason.
func TestEveryNameNumber(t *testing.T) {
	healthy := answers(t, LetsEncrypt())
	for i := range reflect.TypeFor[Names]().NumField() {
		field := func(n *Names) reflect.Value { return reflect.ValueOf(n).Elem().Field(i) }
		name, v := reflect.TypeFor[Names]().Field(i).Name, field(&LetsEncrypt().Names)
		if v.Kind() == reflect.Int {
			for _, by := range []int64{1, -1} {
				if !differs(t, healthy, func(n *Names) { field(n).SetInt(v.Int() + by) }) {
					t.Errorf("%s %+d: nothing shows it", name, by)
				}
			}
		}
		if v.Kind() != reflect.Slice || name == "Offered" { // see TestMethodsThatAreNotOffered
			continue
		}
		for j := range v.Len() {
			if !differs(t, healthy, func(n *Names) {
				field(n).Set(reflect.AppendSlice(field(n).Slice3(0, j, j), field(n).Slice(j+1, v.Len())))
			}) {
				t.Errorf("%s without its element %d: nothing shows it", name, j)
			}
		}
	}
}
