package run_test

// This file flips every value and predicate of the policy, one at a time, and
// demands that the recordings notice: a rule that no world shows is a rule
// that may be wrong. A policy is a value, so a new field is found here by
// itself.

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// ownWorlds are recorded like those of conformance, for rules that no world
// there shows.
const ownWorlds = "../../testdata/worlds/"

// prose are fields that decide nothing, and Names, which no validation
// authority looks at: policy/names_test.go has its table.
var prose = []string{"Name", "Version", "Read", "Source", "Rule", "Public", "Primary", "Names"}

// A mutant is one change to a value of a policy.
type mutant struct {
	name string
	make func(v reflect.Value)
}

// A site is a place in a policy that can be changed.
type site struct {
	name string
	at   func(p *policy.Policy) reflect.Value
}

func sites(name string, v reflect.Value, at func(p *policy.Policy) reflect.Value) []site {
	if v.Kind() != reflect.Struct {
		return []site{{name, at}}
	}
	var out []site
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if slices.Contains(prose, f.Name) || !f.IsExported() {
			continue
		}
		out = append(out, sites(name+"."+f.Name, v.Field(i), func(p *policy.Policy) reflect.Value { return at(p).Field(i) })...)
	}
	return out
}

func mutants(v reflect.Value) []mutant {
	switch v.Kind() {
	case reflect.Bool:
		return []mutant{{"flipped", func(v reflect.Value) { v.SetBool(!v.Bool()) }}}
	case reflect.Int64:
		if v.Type() == reflect.TypeFor[time.Duration]() {
			return []mutant{
				{"times 4", func(v reflect.Value) { v.SetInt(v.Int() * 4) }},
				{"minus 300ms", func(v reflect.Value) { v.SetInt(v.Int() - int64(300*time.Millisecond)) }},
			}
		}
	case reflect.Int:
		return []mutant{{"plus 1", func(v reflect.Value) { v.SetInt(v.Int() + 1) }}, {"minus 1", func(v reflect.Value) { v.SetInt(v.Int() - 1) }}}
	case reflect.Uint16:
		return []mutant{{"plus 1", func(v reflect.Value) { v.SetUint(v.Uint() + 1) }}}
	case reflect.String:
		return []mutant{{"longer", func(v reflect.Value) { v.SetString(v.String() + "x") }}}
	case reflect.Func:
		return funcMutants(v.Type())
	case reflect.Slice:
		return sliceMutants(v)
	}
	return nil
}

func funcMutants(t reflect.Type) []mutant {
	switch t.Out(0).Kind() {
	case reflect.Bool:
		return []mutant{{"negated", wrap(func(out reflect.Value) { out.SetBool(!out.Bool()) })}}
	case reflect.String:
		return []mutant{
			{"silent", wrap(func(out reflect.Value) { out.SetString("") })},
			{"other words", wrap(func(out reflect.Value) {
				if out.String() != "" {
					out.SetString(out.String() + "x")
				}
			})},
		}
	}
	return []mutant{{"other words", wrap(func(out reflect.Value) {
		p := *out.Interface().(*policy.Problem)
		p.Detail += "x"
		out.Set(reflect.ValueOf(&p))
	})}}
}

// wrap changes the result of a function.
func wrap(change func(out reflect.Value)) func(reflect.Value) {
	return func(v reflect.Value) {
		original := reflect.ValueOf(v.Interface())
		v.Set(reflect.MakeFunc(v.Type(), func(args []reflect.Value) []reflect.Value {
			out := reflect.New(v.Type().Out(0)).Elem()
			out.Set(original.Call(args)[0])
			change(out)
			return []reflect.Value{out}
		}))
	}
}

func sliceMutants(v reflect.Value) []mutant {
	if v.Type() == reflect.TypeFor[[]policy.Block]() { // a registry is one value
		return []mutant{{"emptied", func(v reflect.Value) { v.SetZero() }}}
	}
	var out []mutant
	for i := range v.Len() {
		out = append(out, mutant{fmt.Sprintf("without element %d", i), func(v reflect.Value) {
			v.Set(reflect.AppendSlice(v.Slice3(0, i, i), v.Slice(i+1, v.Len())))
		}})
		if v.Index(i).Kind() == reflect.String {
			out = append(out, mutant{fmt.Sprintf("element %d in other words", i), func(v reflect.Value) { v.Index(i).SetString("mutant") }})
			continue
		}
		switch v.Type() {
		case reflect.TypeFor[[]policy.Hint]():
			continue // without the element is enough
		case reflect.TypeFor[[]policy.Quorum]():
			for f := range v.Index(i).NumField() {
				out = append(out, mutant{fmt.Sprintf("element %d field %d plus 1", i, f), func(v reflect.Value) {
					v.Index(i).Field(f).SetInt(v.Index(i).Field(f).Int() + 1)
				}})
			}
			continue
		}
		if v.Index(i).Kind() == reflect.Struct && i > 0 && !interchangeable(v.Index(i-1), v.Index(i)) {
			out = append(out, mutant{fmt.Sprintf("elements %d and %d swapped", i-1, i), func(v reflect.Value) {
				reflect.Swapper(v.Interface())(i-1, i)
			}})
		}
		if v.Index(i).Kind() == reflect.Struct {
			out = append(out, mutant{fmt.Sprintf("element %d refusing everything", i), func(v reflect.Value) {
				c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
				reflect.Copy(c, v)
				wrap(func(o reflect.Value) { o.SetString("mutant") })(c.Index(i).FieldByName("Refuses"))
				v.Set(c)
			}})
		}
	}
	return out
}

// interchangeable rules cannot refuse the same thing, or refuse it in the same
// words, so their order shows in no world.
func interchangeable(a, b reflect.Value) bool {
	if a.Type() == reflect.TypeFor[policy.CAARule]() {
		return true // the CA says the same of all of them
	}
	pair := [2]string{a.FieldByName("Rule").String(), b.FieldByName("Rule").String()}
	return slices.Contains([][2]string{
		{string(policy.RuleHostEmpty), string(policy.RuleZone)},    // an empty host has no zone
		{string(policy.RuleReserved), string(policy.RuleSuffix)},   // an address, or a name
		{string(policy.RuleLocation), string(policy.RuleLocation)}, // missing, or unparsable
		{string(policy.RuleMissingSlash), string(policy.RuleLoop)}, // no request goes to a ".well-known" name
		{string(policy.RuleCertMissing), string(policy.RuleProtocol)},
	}, pair)
}

// unreachable are mutants that no server can show.
var unreachable = map[string]string{
	"policy.TLSALPN01.Rules without element 0":    "crypto/tls ends a handshake without a certificate itself",
	"policy.MPIC.Quorum element 0 field 0 plus 1": "with fewer than 4 remote perspectives none is asked",
}

// survives reports whether no recording notices a policy. A policy that makes
// the program panic has been noticed.
func survives(t *testing.T, p *policy.Policy, sets []recordings) (alive bool) {
	t.Helper()
	defer func() { alive = recover() == nil && alive }()
	for _, s := range sets {
		for _, v := range s.verdicts {
			r := perform(s.worlds[v.World], p, nil)
			if difference(v, r, r.took, s.icmp[v.World]) != "" {
				return false
			}
		}
	}
	return slices.Equal(requestBytes(t, p), recordedBytes(t))
}

// recordings are worlds with what the real CA said of them.
type recordings struct {
	verdicts []verdict
	worlds   map[string]*world.World
	icmp     map[string]bool
}

func record(t *testing.T, dir string, vs []verdict) recordings {
	t.Helper()
	r := recordings{verdicts: vs, worlds: map[string]*world.World{}, icmp: map[string]bool{}}
	for _, v := range vs {
		r.worlds[v.World] = load(t, dir, v.World)
		r.icmp[v.World] = hasICMP(t, dir, v.World)
	}
	return r
}

func TestMutation(t *testing.T) {
	sets := []recordings{
		record(t, conformance+"worlds", verdicts(t, conformance+"verdicts-new.json")),
		record(t, ownWorlds, verdicts(t, filepath.Join(ownWorlds, "verdicts.json"))),
	}
	if !survives(t, letsEncrypt(), sets) {
		t.Fatal("the policy itself does not agree with the recordings")
	}
	killed := 0
	for _, s := range sites("policy", reflect.ValueOf(letsEncrypt()).Elem(), func(p *policy.Policy) reflect.Value { return reflect.ValueOf(p).Elem() }) {
		for _, m := range mutants(s.at(letsEncrypt())) {
			p := letsEncrypt()
			m.make(s.at(p))
			if survives(t, p, sets) && unreachable[s.name+" "+m.name] == "" {
				t.Errorf("%s %s: no recording notices", s.name, m.name)
				continue
			}
			killed++
		}
	}
	t.Logf("%d mutants, all but the above noticed", killed)
}

// Our own worlds are recordings too.
func TestOwnWorlds(t *testing.T) {
	if _, err := os.Stat(ownWorlds); err != nil {
		t.Fatal(err)
	}
	for name, diff := range disagreements(t, ownWorlds, verdicts(t, filepath.Join(ownWorlds, "verdicts.json")), letsEncrypt(), nil) {
		t.Errorf("%s: %s", name, diff)
	}
}
