package main

import (
	"testing"
	"time"

	"github.com/acmecheck/acmecheck/report"
)

// What a watch says of one look after the other.
func TestWatchLines(t *testing.T) {
	began := time.Date(2026, 11, 21, 22, 53, 53, 0, time.Local)
	looks := []struct {
		after time.Duration
		r     *report.Report
		want  string
		quiet bool // -q leaves it out
	}{
		{0, seen(report.WouldIssue), "22:53:53  READY", false},
		{250 * time.Second, seen(report.WouldIssue), "22:58:03  READY for 4 m 10 s", true},
		{260 * time.Second, seen(report.WouldNot, "net.connect.timeout"), "22:58:13  NOT READY now (net.connect.timeout)  + net.connect.timeout 192.0.2.1", false},
		{290 * time.Second, seen(report.WouldNot, "net.connect.timeout"), "22:58:43  NOT READY for 30 s (net.connect.timeout)", true},
		{320 * time.Second, seen(report.WouldNot, "net.connect.refused"), "22:59:13  NOT READY for 1 m (net.connect.refused)  + net.connect.refused 192.0.2.1, - net.connect.timeout 192.0.2.1", false},
		{330 * time.Second, seen(report.CannotTell, "a\x1b[31m\nb"), `22:59:23  CANNOT TELL now (a\x1b[31m\x0ab)  + a\x1b[31m\x0ab 192.0.2.1, - net.connect.refused 192.0.2.1`, false},
	}
	loud, quiet := &watching{}, &watching{}
	quiet.quiet = 1
	for i, l := range looks {
		l.r.Run.StartedAt = began.Add(l.after)
		loud.learn(stateOf(l.r))
		quiet.learn(stateOf(l.r))
		if loud.said != l.want {
			t.Errorf("got  %s\nwant %s", loud.said, l.want)
		}
		if (quiet.said == "") != l.quiet || loud.changed != (!l.quiet && i > 0) {
			t.Errorf("%s: with -q %q; changed: %v", l.want, quiet.said, loud.changed)
		}
	}
}

// A finding that is waived, and mere information, are no trouble.
func TestStateCountsWhatCounts(t *testing.T) {
	r := seen(report.WouldNot, "one", "two", "three", "four")
	why := "ignored: --ignore one"
	r.Targets[0].Findings[0].Suppressed = &why
	r.Targets[0].Findings[1].Severity = report.Warning
	r.Targets[0].Findings[3].Severity = report.Info
	r.Targets = append(r.Targets, seen(report.WouldIssue).Targets...)
	s := stateOf(r)
	if len(s.findings) != 2 || s.String() != "NOT READY (1 of 2 targets, three)" {
		t.Errorf("%s: %v", s, s.findings)
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 400 * time.Millisecond: "0 s", 59 * time.Second: "59 s", time.Minute: "1 m", 250 * time.Second: "4 m 10 s",
		time.Hour + time.Second: "1 h", 50 * time.Hour: "2 d 2 h",
	} {
		if got := span(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
