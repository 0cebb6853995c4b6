package wire_test

// This file is about resolvers and name servers that mean harm, or are broken:
// whatever they send, a look-up ends in time, in little memory, with an answer
// or a fault that has a name, and nothing in it moves a cursor.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/miekg/dns"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/wire"
	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/judge"
	"github.com/acmecheck/acmecheck/report/render"
)

// A sender writes messages until there are no more, or the client has enough.
type sender func(b []byte) error

// liar runs a name server on loopback, over UDP and TCP, that answers each
// question as it likes.
func liar(t *testing.T, f func(q *dns.Msg, tcp bool, send sender)) netip.AddrPort {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().(*net.TCPAddr).AddrPort()
	pc, err := lc.ListenPacket(t.Context(), "udp", at.String())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{}, 2)
	go func() { packets(pc, f); done <- struct{}{} }()
	go func() { streams(l, f); done <- struct{}{} }()
	t.Cleanup(func() { _, _ = l.Close(), pc.Close(); <-done; <-done })
	return at
}

func packets(pc net.PacketConn, f func(q *dns.Msg, tcp bool, send sender)) {
	b := make([]byte, 4096)
	for {
		n, from, err := pc.ReadFrom(b)
		if err != nil {
			return
		}
		q := new(dns.Msg)
		if q.Unpack(b[:n]) == nil {
			f(q, false, func(m []byte) error { _, err := pc.WriteTo(m, from); return err })
		}
	}
}

func streams(l net.Listener, f func(q *dns.Msg, tcp bool, send sender)) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		if q, err := (&dns.Conn{Conn: c}).ReadMsg(); err == nil {
			f(q, true, func(m []byte) error {
				_, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(m))), m...))
				return err
			})
		}
		_ = c.Close()
	}
}

// ask looks a name up at a server, within a limit.
func ask(t *testing.T, at netip.AddrPort, q probes.Lookup, limit time.Duration) (probes.Lookup, *probes.Fault) {
	t.Helper()
	const slack = 20 * time.Second // for a slow machine under the race detector
	began := time.Now()
	l, fault := (&wire.Net{Resolver: at}).Lookup(t.Context(), q, wire.Patience{Try: limit, Tries: 2})
	if took := time.Since(began); took > 2*limit+slack {
		t.Errorf("took %v", took)
	}
	if (fault == nil) != (l.RCode != "") || fault != nil && fault.Kind == "" {
		t.Errorf("neither an answer nor a fault with a name: %+v %+v", l, fault)
	}
	return l, fault
}

// replied is a reply on the wire.
func replied(q *dns.Msg, change func(m *dns.Msg)) []byte {
	m := new(dns.Msg).SetReply(q)
	m.Compress = true
	change(m)
	b, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return b
}

func rr(format string, a ...any) dns.RR {
	r, err := dns.NewRR(fmt.Sprintf(format, a...))
	if err != nil {
		panic(err)
	}
	return r
}

func chain(links int) func(m *dns.Msg) {
	return func(m *dns.Msg) {
		name := m.Question[0].Name
		for i := range links {
			next := fmt.Sprintf("a%d.example.net.", i)
			m.Answer = append(m.Answer, rr("%s 60 CNAME %s", name, next))
			name = next
		}
		m.Answer = append(m.Answer, rr("%s 60 TXT end", name))
	}
}

// What is only odd is an answer like any other; following aliases is the
// resolver's job.
func TestOddAnswersAreAnswers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func(m *dns.Msg)
		answers int
	}{
		{"eleven aliases", chain(11), 12},
		{"twelve aliases", chain(12), 13},
		{"a loop", func(m *dns.Msg) {
			m.Answer = []dns.RR{rr("www.example.com. 60 CNAME b.example.com."), rr("b.example.com. 60 CNAME www.example.com.")}
		}, 2},
		{"the same record many times", func(m *dns.Msg) {
			for range 40 {
				m.Answer = append(m.Answer, rr("www.example.com. 60 TXT x"))
			}
		}, 40},
		{"another class and an unknown type", func(m *dns.Msg) {
			m.Answer = []dns.RR{rr("www.example.com. 60 CH TXT x"), rr("www.example.com. 60 TYPE65280 \\# 2 abcd")}
		}, 2},
		{"an unknown response code", func(m *dns.Msg) { m.Rcode = 11 }, 0},
		{"empty strings", func(m *dns.Msg) { m.Answer = []dns.RR{rr(`www.example.com. 60 TXT "" "" ""`)} }, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at := liar(t, func(q *dns.Msg, _ bool, send sender) { _ = send(replied(q, tt.change)) })
			l, fault := ask(t, at, probes.Lookup{Name: "www.example.com", Type: "TXT"}, 5*time.Second)
			if fault != nil || len(l.Answers) != tt.answers {
				t.Errorf("%d answers, want %d; %+v", len(l.Answers), tt.answers, fault)
			}
		})
	}
}

// forged is a message that must not pass for the answer.
var forged = map[string]func(q *dns.Msg) []byte{
	"wrong ID":         func(q *dns.Msg) []byte { return replied(q, func(m *dns.Msg) { m.Id++ }) },
	"another name":     func(q *dns.Msg) []byte { return replied(q, func(m *dns.Msg) { m.Question[0].Name = "example.org." }) },
	"another type":     func(q *dns.Msg) []byte { return replied(q, func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeA }) },
	"no question":      func(q *dns.Msg) []byte { return replied(q, func(m *dns.Msg) { m.Question = nil }) },
	"our own question": func(q *dns.Msg) []byte { return replied(q, func(m *dns.Msg) { m.Response = false }) },
	"two questions": func(q *dns.Msg) []byte {
		return replied(q, func(m *dns.Msg) { m.Question = append(m.Question, m.Question[0]) })
	},
	"nothing":           func(*dns.Msg) []byte { return nil },
	"half a header":     func(q *dns.Msg) []byte { return replied(q, func(*dns.Msg) {})[:7] },
	"half a record":     func(q *dns.Msg) []byte { b := replied(q, chain(1)); return b[:len(b)-3] },
	"a pointer to self": pointerLoop,
	"garbage": func(q *dns.Msg) []byte {
		return append(replied(q, func(*dns.Msg) {})[:12], bytes.Repeat([]byte{0x3f, 0xff}, 100)...)
	},
}

// pointerLoop is an answer whose record's name is a compression pointer to
// itself (RFC 1035 §4.1.4).
func pointerLoop(q *dns.Msg) []byte {
	b := replied(q, func(*dns.Msg) {})
	b[7] = 1
	at := len(b)
	return append(b, 0xc0|byte(at>>8), byte(at), 0, 16, 0, 1, 0, 0, 0, 60, 0, 2, 1, 'x')
}

// A header that claims records which are not there is forgiven, as it is by
// the CA, which reads messages with the same library.
func TestACountTooHighIsForgiven(t *testing.T) {
	at := liar(t, func(q *dns.Msg, _ bool, send sender) {
		b := replied(q, func(*dns.Msg) {})
		b[7] = 200
		_ = send(b)
	})
	if l, fault := ask(t, at, probes.Lookup{Name: "www.example.com", Type: "TXT"}, 10*time.Second); fault != nil || len(l.Answers) > 0 {
		t.Errorf("%+v %+v", l, fault)
	}
}

// Among forged datagrams the true answer is waited for (RFC 5452 §9); without
// it the look-up ends by the clock.
func TestForgedDatagramsAreOverheard(t *testing.T) {
	for name, forge := range forged {
		t.Run(name, func(t *testing.T) {
			at := liar(t, func(q *dns.Msg, _ bool, send sender) {
				for range 5 {
					_ = send(forge(q))
				}
				_ = send(replied(q, func(m *dns.Msg) { m.Answer = []dns.RR{rr("www.example.com. 60 TXT true")} }))
			})
			l, fault := ask(t, at, probes.Lookup{Name: "www.example.com", Type: "TXT"}, 10*time.Second)
			if fault != nil || len(l.Answers) != 1 || l.Answers[0].Data != `"true"` {
				t.Errorf("%+v %+v", l.Answers, fault)
			}
			at = liar(t, func(q *dns.Msg, _ bool, send sender) { _ = send(forge(q)) })
			if _, fault := ask(t, at, probes.Lookup{Name: "www.example.com", Type: "TXT"}, 100*time.Millisecond); fault == nil || fault.Kind != probes.FaultTimeout {
				t.Errorf("%+v, want a time-out", fault)
			}
		})
	}
}

// On a stream there is nobody else: what cannot be read is a bad answer, and
// an end without one is said to be that.
func TestForgedStreams(t *testing.T) {
	for name, forge := range forged {
		t.Run(name, func(t *testing.T) {
			at := liar(t, func(q *dns.Msg, _ bool, send sender) { _ = send(forge(q)) })
			_, fault := ask(t, at, probes.Lookup{Name: "www.example.com", Type: "TXT", TCP: true}, 10*time.Second)
			if fault == nil || fault.Kind != probes.FaultBadAnswer && fault.Kind != probes.FaultClosed && fault.Kind != probes.FaultReset {
				t.Errorf("%+v", fault)
			}
		})
	}
}

// A flood lasts as long as our patience.
func TestFloods(t *testing.T) {
	for _, tcp := range []bool{false, true} {
		t.Run(fmt.Sprintf("tcp=%v", tcp), func(t *testing.T) {
			stop := make(chan struct{})
			at := liar(t, func(q *dns.Msg, _ bool, send sender) {
				b := forged["wrong ID"](q)
				for {
					select {
					case <-stop:
						return
					default:
					}
					if send(b) != nil && tcp {
						return
					}
				}
			})
			_, fault := ask(t, at, probes.Lookup{Name: "www.example.com", Type: "TXT", TCP: tcp}, 200*time.Millisecond)
			close(stop)
			if fault == nil || fault.Kind != probes.FaultTimeout {
				t.Errorf("%+v, want a time-out", fault)
			}
		})
	}
}

// maxShown bounds what the largest message may grow to when it is written out.
const maxShown = 16 << 20

// The largest messages: many small records, and a long name pointed at from
// every one of them.
func TestLargestMessages(t *testing.T) {
	long := strings.Repeat(strings.Repeat(`\001`, 62)+".", 3) + strings.Repeat(`\001`, 50) + "."
	for name, owner := range map[string]string{"small records": ".", "long names": long} {
		t.Run(name, func(t *testing.T) {
			at := liar(t, func(q *dns.Msg, tcp bool, send sender) {
				_ = send(replied(q, func(m *dns.Msg) {
					if m.Truncated = !tcp; tcp {
						crowd(m, owner)
					}
				}))
			})
			l, fault := ask(t, at, probes.Lookup{Name: "www.example.com", Type: "TXT"}, time.Minute)
			if fault != nil || l.Transport != "tcp" || l.Size < 60_000 || l.Size > 65_535 {
				t.Fatalf("%d octets over %s: %+v", l.Size, l.Transport, fault)
			}
			shown := 0
			for _, r := range l.Answers {
				shown += len(r.Name) + len(r.Data)
			}
			if shown > maxShown {
				t.Errorf("%d records of %d octets", len(l.Answers), shown)
			}
		})
	}
}

// crowd adds records up to the largest message.
func crowd(m *dns.Msg, owner string) {
	const most = 65_000
	r := rr(`x. 60 TXT ""`)
	r.Header().Name = owner
	m.Answer = append(m.Answer, r)
	first := m.Len()
	m.Answer = append(m.Answer, r)
	each := m.Len() - first
	for size := first + each; size+each < most; size += each {
		m.Answer = append(m.Answer, r)
	}
}

// Names, values and reasons with control characters, other scripts' marks and
// broken UTF-8 come out of a report as visible escapes.
func TestHostileTextIsShownEscaped(t *testing.T) {
	hostile := "\x1b[2J\r\n\x00\xff\u202e\u2066"
	at := liar(t, func(q *dns.Msg, _ bool, send sender) {
		_ = send(replied(q, func(m *dns.Msg) {
			m.Answer = []dns.RR{
				&dns.CNAME{Hdr: dns.RR_Header{Name: m.Question[0].Name, Rrtype: dns.TypeCNAME, Class: dns.ClassINET}, Target: `\027[2J\010\255.example.net.`},
				&dns.TXT{Hdr: dns.RR_Header{Name: `\027[2J\010\255.example.net.`, Rrtype: dns.TypeTXT, Class: dns.ClassINET}, Txt: []string{`\027[2J\000\255"`}},
			}
			m.SetEdns0(1232, false)
			m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: 0, ExtraText: hostile}}
			if m.Question[0].Name == "_acme-challenge.servfail.example.com." {
				m.Rcode, m.Answer = dns.RcodeServerFailure, nil
			}
		}))
	})
	for _, name := range []string{"www.example.com", "servfail.example.com"} {
		task := probes.Task{Method: probes.DNS01, Identifier: probes.Identifier(name), Token: "t", KeyAuthorization: "t.k"}
		p := policy.LetsEncrypt()
		l, fault := ask(t, at, probes.Lookup{Name: p.TXTName(task), Type: "TXT"}, 10*time.Second)
		for _, r := range l.Answers {
			if strings.ContainsFunc(r.Name+r.Data, func(c rune) bool { return c > unicode.MaxASCII || !unicode.IsPrint(c) }) {
				t.Errorf("%+q", r.Name+" "+r.Data)
			}
		}
		o := judge.Judge(judge.In{Policy: p, Trace: probes.Trace{{Fact: probes.Given{Task: task, Proof: probes.ProofToken}}, {ID: 1, Fact: l, Fault: fault}}})
		if text := shownAs(t, o); strings.ContainsFunc(text, func(c rune) bool { return c != '\n' && !unicode.IsPrint(c) }) || o.Verdict != report.WouldNot {
			t.Errorf("%v %q", o.Verdict, text)
		}
	}
}

func shownAs(t *testing.T, o report.Outcome) string {
	t.Helper()
	var b bytes.Buffer
	r := &report.Report{Ready: o.Verdict.Ready(), Targets: []report.Target{{Identifier: report.Identifier{Type: "dns", Value: "www.example.com"}, Verdicts: []report.Outcome{o}, Findings: o.Findings, Probes: o.Probes}}}
	if err := render.Text(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
