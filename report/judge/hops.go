package judge

import (
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/report"
)

// hops tells a trace as the CA's HTTP requests.
func hops(t probes.Trace, p *policy.Policy) []report.Hop {
	out := []report.Hop{}
	var dns *int64
	for _, s := range t {
		if s.Beyond {
			continue
		}
		if _, lookup := s.Fact.(probes.Lookup); lookup {
			dns = longer(dns, ms(s.Took))
			continue
		}
		d, dialled := s.Fact.(probes.Dial)
		switch {
		case dialled:
			out = append(out, report.Hop{N: s.Hop, Of: p.HTTP01.Requests, Address: d.To.Addr().String(), Port: d.To.Port()})
			h := &out[len(out)-1]
			h.Timings.DNS, dns = dns, nil
			h.Timings.Connect, h.Fault = ms(s.Took), s.Fault
		case len(out) > 0:
			enter(&out[len(out)-1], s)
		}
	}
	urls(out, t, p)
	return out
}

func enter(h *report.Hop, s probes.Step) {
	if s.Fault != nil {
		h.Fault = s.Fault
	}
	switch f := s.Fact.(type) {
	case probes.Handshake:
		h.Timings.TLS = ms(s.Took)
	case probes.Fetch:
		h.URL, h.Status, h.Server = f.URL, f.Status, f.Field("Server")
		if f.Status != 0 {
			h.Timings.TTFB = ms(f.FirstByte)
		}
		if f.BodyFault != nil {
			h.Fault = f.BodyFault
		}
		if len(f.Location) > 0 {
			h.Location = f.Location[0]
		}
	case probes.Given, probes.Lookup, probes.Dial:
	}
}

// urls fills in the URL of requests that never got to be sent, from the
// CA's own record of them.
func urls(hops []report.Hop, t probes.Trace, p *policy.Policy) {
	g, ok := t.Given()
	if !ok {
		return
	}
	records := p.Decide(g, t.Replay()).Records
	for i := range hops {
		if hops[i].URL == "" && hops[i].N >= 1 && hops[i].N <= len(records) {
			hops[i].URL = records[hops[i].N-1].URL
		}
	}
}

func ms(d time.Duration) *int64 {
	n := d.Milliseconds()
	return &n
}

func longer(a, b *int64) *int64 {
	if a == nil || *b > *a {
		return b
	}
	return a
}
