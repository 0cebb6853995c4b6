package main

import (
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
)

// What a terminal gets: the line, rewritten, and the texts of others in its place.
func TestTerminalLine(t *testing.T) {
	var out strings.Builder
	l := terminalLine{out: &out, free: true}
	l.show("one")
	l.show("one")
	l.show("two \x1b[31m")
	_, _ = l.Write([]byte("a line\n"))
	l.show("three")
	_, _ = l.Write([]byte("a question? "))
	l.show("four")
	_, _ = l.Write([]byte("\n"))
	l.show("five")
	l.show("")
	const erase, cut, wrap = "\r\x1b[K", "\x1b[?7l", "\x1b[?7h"
	want := erase + cut + "one" + wrap + erase + cut + `two \x1b[31m` + wrap + erase + "a line\n" +
		erase + cut + "three" + wrap + erase + "a question? \n" + erase + cut + "five" + wrap + erase
	if out.String() != want {
		t.Errorf("got  %q\nwant %q", out.String(), want)
	}
}

func TestProgressText(t *testing.T) {
	event := func(k probes.EventKind, target, question int) probes.Event {
		name := probes.Identifier([]string{"a.example", "b.example"}[target])
		return probes.Event{Kind: k, Target: target, Question: question, Asked: probes.Question{Task: probes.Task{Identifier: name, Method: probes.Methods[question]}}}
	}
	p := &progress{}
	now := time.Now()
	says := func(want string) {
		t.Helper()
		if got := p.text(now); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	says("")
	p.look(2)
	says("")
	p.hear(event(probes.EventAsked, 0, 0))
	p.open[[2]int{0, 0}] = pending{p.open[[2]int{0, 0}].what, now.Add(-4200 * time.Millisecond)}
	p.hear(event(probes.EventAsked, 0, 1))
	p.hear(event(probes.EventAsked, 1, 0))
	p.hear(event(probes.EventAsked, 0, 0)) // from another vantage
	says("looking: 0 of 2 done, a.example http-01 … 4.2 s")
	p.hear(event(probes.EventAnswered, 0, 1))
	p.hear(event(probes.EventStep, 0, 0))
	says("looking: 0 of 2 done, a.example http-01 … 4.2 s")
	p.hear(event(probes.EventAnswered, 0, 0))
	p.open[[2]int{1, 0}] = pending{p.open[[2]int{1, 0}].what, now}
	says("looking: 1 of 2 done, b.example http-01 … 0.0 s")
	p.hear(event(probes.EventAnswered, 1, 0))
	says("")
	p.await("not ready yet: NOT READY (dns.a.missing)", now.Add(15*time.Second))
	says("not ready yet: NOT READY (dns.a.missing), next look in 15 s")
	now = now.Add(20 * time.Second)
	says("not ready yet: NOT READY (dns.a.missing), next look in 0 s")
	p.await("", now.Add(time.Second))
	says("next look in 1 s")
	p.look(1)
	p.hear(event(probes.EventAsked, 0, 1))
	p.open[[2]int{0, 1}] = pending{p.open[[2]int{0, 1}].what, now}
	says("looking: a.example dns-01 … 0.0 s")
}

// Nobody is shown what nobody sees, or wants.
func TestProgressIsForTerminals(t *testing.T) {
	tests := []struct {
		name     string
		quiet    int
		env      string
		terminal bool
		want     bool
	}{
		{"a terminal", 0, "", true, true},
		{"a pipe", 0, "", false, false},
		{"-q", 1, "", true, false},
		{"dumb", 0, "TERM=dumb", true, false},
		{"CI", 0, "CI=true", true, false},
		{"a screen reader", 0, "ACCESSIBLE=1", true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plainEnvironment(t, tt.env)
			c := &cobra.Command{}
			c.SetContext(t.Context())
			c.SetErr(stream(t, tt.terminal))
			p := newProgress(c, tt.quiet)
			p.stop()
			p.stop()
			if (p != nil) != tt.want {
				t.Errorf("progress: %v, want %v", p != nil, tt.want)
			}
		})
	}
}
