package checks

import (
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
)

func TestReadable(t *testing.T) {
	tests := []struct{ value, slip, want string }{
		{"ca.example; validationmethods=http-01, dns-01", "validationmethods=http-01, dns-01", "validationmethods=http-01,dns-01"},
		{"ca.example; a", "a", ""},
		{"ca.example;;", ";;", ""},
		{"ca.example; ; a=b", "; ;", "a=b"},
		{"ca.example; a=b;", ";", "a=b"},
		{"ca.example; a_b=c; accounturi = x ", "a_b=c", "accounturi=x"},
		{"ca.example; a=\"\\\xc8", "a=\"\\\xc8", `a="\`},
		{"ca.example; a=b=c; d=", "ca.example; a=b=c; d=", "a=b=c"},
	}
	for _, tt := range tests {
		var got []string
		for _, p := range readable(tt.value) {
			got = append(got, p.Tag+"="+p.Value)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%q: %q, want %q", tt.value, s, tt.want)
		}
		if slip := firstSlip(caaRecord{CAARecord: policy.CAARecord{Value: tt.value}}); slip != tt.slip {
			t.Errorf("%q: slip %q, want %q", tt.value, slip, tt.slip)
		}
	}
}

// Whatever is in a record, what is told to be written can be read, and what is
// marked is there.
func FuzzReadable(f *testing.F) {
	for _, s := range []string{"letsencrypt.org", "letsencrypt.org;", ";", "x;;", "x; a=b; c", "x; validationmethods=http-01, dns-01", "x; \x00=\xff", "x;\t a = b ;", "x; é=ü"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		in := &In{Policy: policy.LetsEncrypt()}
		r := caaRecord{CAARecord: policy.CAARecord{Tag: "issue", Value: value}, owner: "example.com", data: caaData(0, "issue", value)}
		if !strings.Contains(value, firstSlip(r)) {
			t.Errorf("the slip %q is not in %q", firstSlip(r), value)
		}
		again := policy.CAARecords(probes.Lookup{Answers: []probes.Record{{Type: "CAA", Data: in.rewritten(r, readable(value))}}})
		v := policy.ReadIssue(again[0].Value)
		if v.Bad != "" || v.Issuer != in.Policy.CAA.Issuer || again[0].Tag != "issue" {
			t.Errorf("%q becomes %+v: %+v", value, again[0], v)
		}
		if e := r.shown(firstSlip(r), "x"); e.Span != nil && e.Text[e.Span[0]:e.Span[1]] != presented(firstSlip(r)) {
			t.Errorf("%q: marks %v of %q", value, *e.Span, e.Text)
		}
	})
}

func TestUnknownMethod(t *testing.T) {
	tests := []struct{ list, want string }{
		{"http-01", "-"},
		{"http-01,tls-alpn-01,dns-account-01,dns-persist-01", "-"},
		{"http-01,ca-phone,email-reply-00", "-"},
		{"HTTP-01", "HTTP-01"},
		{"http-01,dns01", "dns01"},
		{"http-01,", ""},
	}
	for _, tt := range tests {
		got, ok := unknownMethod(tt.list)
		if !ok {
			got = "-"
		}
		if got != tt.want {
			t.Errorf("%q: %q, want %q", tt.list, got, tt.want)
		}
	}
}

func TestWithMethod(t *testing.T) {
	got := withMethod([]policy.Parameter{{Tag: "validationmethods", Value: "dns-01,HTTP-01"}, {Tag: "a", Value: "b"}, {Tag: "validationmethods", Value: ",dns-01"}}, probes.HTTP01)
	if len(got) != 2 || got[0] != (policy.Parameter{Tag: "a", Value: "b"}) || got[1] != (policy.Parameter{Tag: "validationmethods", Value: "dns-01,http-01"}) {
		t.Errorf("%+v", got)
	}
}

// A part is marked where it is to blame, not where the owner reads alike.
func TestShown(t *testing.T) {
	r := caaRecord{owner: "ca.example", data: `0 issue "ca.example"`}
	e := r.shown("ca.example", "")
	if want := strings.LastIndex(e.Text, "ca.example"); e.Span == nil || e.Span[0] != want {
		t.Errorf("%v of %q", e.Span, e.Text)
	}
	if e := r.shown("elsewhere", ""); e.Span != nil {
		t.Errorf("%v of %q", *e.Span, e.Text)
	}
}
