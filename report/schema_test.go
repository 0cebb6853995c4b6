package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

// A node is a part of the schema.
type node = map[string]any

// comparer holds Go types against the schema.
type comparer struct {
	*testing.T
	defs node
	used map[string]bool
}

// Every field that Go writes is a property of the schema, of the same type, and
// the schema has nothing that Go does not write. What may be null in one may be
// null in the other. Every property is required, but those that were added: an
// older report lacks them, and their descriptions say "Since 1.", or that they
// may be left out.
func TestSchemaHasEveryField(t *testing.T) {
	var root node
	if err := json.Unmarshal(report.Schema(), &root); err != nil {
		t.Fatal(err)
	}
	defs, _ := root["$defs"].(node)
	c := comparer{t, defs, map[string]bool{}}
	c.object("report", reflect.TypeFor[report.Report](), root)
	c.step()
	for _, name := range slices.Sorted(maps.Keys(defs)) {
		if !c.used[name] {
			t.Errorf("nothing refers to $defs/%s", name)
		}
	}
}

func (c comparer) object(path string, typ reflect.Type, n node) {
	props, _ := n["properties"].(node)
	var fields, required []string
	for f := range typ.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		fields = append(fields, name)
		p, ok := props[name].(node)
		if !ok {
			c.Errorf("%s.%s is not in the schema", path, name)
			continue
		}
		d, _ := p["description"].(string)
		if d == "" {
			c.Errorf("%s.%s has no description", path, name)
		}
		if !strings.Contains(d, "Since 1.") && !strings.Contains(d, "left out") {
			required = append(required, name)
		}
		c.value(path+"."+name, f.Type, p)
	}
	for name := range props {
		if !slices.Contains(fields, name) {
			c.Errorf("%s.%s is in the schema, but Go does not write it", path, name)
		}
	}
	if got := words(n["required"]); !slices.Equal(got, required) {
		c.Errorf("%s requires %v, want %v", path, got, required)
	}
}

var nullable = []reflect.Type{reflect.TypeFor[report.Natural](), reflect.TypeFor[report.Text]()}

func (c comparer) value(path string, typ reflect.Type, n node) {
	pointer := typ.Kind() == reflect.Pointer
	n, null := c.resolve(n)
	if want := pointer || slices.Contains(nullable, typ); null != want {
		c.Errorf("%s: may be null in the schema: %v, in Go: %v", path, null, want)
	}
	if pointer {
		typ = typ.Elem()
	}
	kind := kindOf(typ)
	if got := n["type"]; got != nil && got != kind && !slices.Contains(words(got), kind) {
		c.Errorf("%s is %v in the schema, %s in Go", path, got, kind)
	}
	switch {
	case typ == reflect.TypeFor[probes.Trace]():
	case kind == "array":
		items, _ := n["items"].(node)
		c.value(path+"[]", typ.Elem(), items)
	case typ.Kind() == reflect.Map:
		more, _ := n["additionalProperties"].(node)
		c.value(path+"{}", typ.Elem(), more)
	case kind == "object" && typ.NumField() > 0:
		c.object(path, typ, n)
	}
}

// resolve follows references, and says whether null is allowed.
func (c comparer) resolve(n node) (to node, null bool) {
	if any, ok := n["anyOf"].([]any); ok {
		first, _ := any[0].(node)
		to, _ = c.resolve(first)
		return to, true
	}
	if ref, ok := n["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/$defs/")
		c.used[name] = true
		to, _ = c.defs[name].(node)
		return to, false
	}
	if values, ok := n["enum"].([]any); ok {
		return n, slices.Contains(values, nil)
	}
	return n, slices.Contains(words(n["type"]), "null")
}

func kindOf(typ reflect.Type) string {
	switch typ {
	case reflect.TypeFor[time.Time](), reflect.TypeFor[report.Severity](), reflect.TypeFor[report.Certainty]():
		return "string"
	}
	switch typ.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64:
		return "integer"
	case reflect.Slice, reflect.Array:
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	}
	return typ.Kind().String()
}

// step compares a step of the trace by what is written of it.
func (c comparer) step() {
	c.used["Step"] = true
	full := probes.Step{ID: 1, Hop: 1, Beyond: probes.BeyondAgain, Errand: 1, Fact: probes.Dial{}, Fault: &probes.Fault{}}
	for _, s := range []probes.Step{{Fact: probes.Given{}}, full} {
		b, err := json.Marshal(s)
		var got node
		if err != nil || json.Unmarshal(b, &got) != nil {
			c.Fatal(err, string(b))
		}
		def, _ := c.defs["Step"].(node)
		want := words(def["required"])
		if s.Hop > 0 {
			props, _ := def["properties"].(node)
			want = slices.Collect(maps.Keys(props))
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
			c.Errorf("a step (-schema +Go):\n%s", diff)
		}
	}
}

// words are a list of strings, or one string, of a schema.
func words(v any) []string {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	list, _ := v.([]any)
	var out []string
	for _, x := range list {
		out = append(out, fmt.Sprint(x))
	}
	return out
}

// Reports written by version 1.0 are never rewritten: they must fit the schema,
// and be read and shown in every format for as long as the major version is 1.
func TestFrozenReports(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("report-1.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report-1.json")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("schema/testdata/*.json")
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		r, err := report.Decode(bytes.NewReader(b))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		lost(t, file, v, r)
		for _, f := range render.Formats {
			var out strings.Builder
			if err := f.Write(&out, r); err != nil || out.Len() == 0 && f.Name != "github" {
				t.Errorf("%s as %s: %v", file, f.Name, err)
			}
		}
	}
}

// lost looks for what decoding leaves out.
func lost(t *testing.T, file string, want any, r *report.Report) {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	kept(t, file+": ", want, got)
	for _, target := range r.Targets {
		if diff := cmp.Diff(target.Ready, target.Verdict.Ready()); diff != "" {
			t.Errorf("%s: %s is decoded as %s", file, target.Input, target.Verdict)
		}
		for _, o := range target.Verdicts {
			if len(o.Probes) == 0 || (len(o.Findings) == 0) != (len(o.Codes) == 0) {
				t.Errorf("%s: %s has %d probes and %d findings of %v", file, o.Method, len(o.Probes), len(o.Findings), o.Codes)
			}
			if o.Verdict.Word(0) != o.Word && o.Verdict.Word(1) != o.Word {
				t.Errorf("%s: %s is decoded as %s", file, o.Word, o.Verdict)
			}
		}
	}
}

// kept checks that everything of one document is in another, which may have more
// properties.
func kept(t *testing.T, path string, want, got any) {
	t.Helper()
	switch w := want.(type) {
	case node:
		g, ok := got.(node)
		if !ok {
			t.Errorf("%s has become %v", path, got)
		}
		for name, v := range w {
			if _, ok := g[name]; !ok {
				t.Errorf("%s.%s is gone", path, name)
			}
			kept(t, path+"."+name, v, g[name])
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			t.Errorf("%s has become %v", path, got)
			return
		}
		for i := range w {
			kept(t, fmt.Sprintf("%s[%d]", path, i), w[i], g[i])
		}
	default:
		if want != got {
			t.Errorf("%s: %v has become %v", path, want, got)
		}
	}
}

// A reader bears what a newer minor version adds, and no other major version.
func TestDecode(t *testing.T) {
	tests := []struct{ name, doc, err string }{
		{"newer", `{"schema_version": "1.9", "kind": "report", "new": 1, "targets": [{"findings": [{"severity": "dire", "certainty": "hunch"}]}]}`, ""},
		{"newer facts", `{"schema_version": "1.9", "kind": "report", "targets": [{"traces": [{"steps": [{"id": 1, "kind": "telepathy", "fact": {}, "fault": null}]}]}]}`, ""},
		{"no steps", `{"schema_version": "1.0", "kind": "report", "targets": [{"traces": [{"steps": [{"id": "x"}]}]}]}`, `reading a report: decoding step: json: cannot unmarshal string into Go struct field step.id of type int`},
		{"next", `{"schema_version": "2.0", "kind": "report"}`, `a report of version "2.0", and this acmecheck reads 1.x`},
		{"none", `{}`, `not a report of acmecheck`},
		{"event", `{"schema_version": "1.0", "kind": "event"}`, `not a report of acmecheck`},
		{"half", `{"schema_version": "1.0",`, `reading a report: unexpected end of JSON input`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := report.Decode(strings.NewReader(tt.doc))
			if (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
				t.Errorf("got %v, want %q", err, tt.err)
			}
		})
	}
}
