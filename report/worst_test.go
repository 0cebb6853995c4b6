package report

import (
	"testing"
	"time"
)

func TestWorst(t *testing.T) {
	for _, tt := range []struct {
		vs   []Verdict
		want int
	}{
		{nil, 3},
		{[]Verdict{WouldIssue, WouldIssue}, 0},
		{[]Verdict{WouldIssue, CannotTell}, 3},
		{[]Verdict{CannotTell, WouldNot, WouldIssue}, 1},
	} {
		if got := (Gate{}).ExitOf(Worst(tt.vs...), 0).Code; got != tt.want {
			t.Errorf("%v: %d, want %d", tt.vs, got, tt.want)
		}
	}
}

func TestEnded(t *testing.T) {
	at := time.Date(2026, 11, 21, 14, 0, 0, 0, time.FixedZone("", 3600))
	for _, tt := range []struct {
		name  string
		gate  Gate
		code  int
		retry time.Time
		want  Exit
	}{
		{"refused", Gate{}, ExitRefused, time.Time{}, Exit{Code: 5, Reason: "ca_refused"}},
		{"limited", Gate{}, ExitRateLimited, at, Exit{Code: 6, Reason: "rate_limited", RetryAfter: "2026-11-21T13:00:00Z"}},
		{"limited, and nobody says for how long", Gate{Strict: true}, ExitRateLimited, time.Time{}, Exit{Code: 6, Reason: "rate_limited"}},
		{"not confirmed", Gate{}, ExitNotConfirmed, time.Time{}, Exit{Code: 7, Reason: "not_confirmed"}},
		{"waited", Gate{}, ExitWaitEnded, time.Time{}, Exit{Code: 8, Reason: "wait_ended"}},
		{"never fail", Gate{ExitZero: true}, ExitRateLimited, at, Exit{Reason: "rate_limited", RetryAfter: "2026-11-21T13:00:00Z"}},
		{"nothing was done", Gate{ExitZero: true}, ExitNotConfirmed, time.Time{}, Exit{Code: 7, Reason: "not_confirmed"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.gate.Ended(tt.code, tt.retry); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

// The worst of several: 70, 2, 9, 6, 5, 1, 3, 8, 4, 0.
func TestWorstExit(t *testing.T) {
	for _, tt := range []struct {
		codes []int
		want  int
	}{
		{nil, 0},
		{[]int{0, 4}, 4},
		{[]int{4, 8, 0}, 8},
		{[]int{3, 8}, 3},
		{[]int{1, 5, 3}, 5},
		{[]int{5, 6}, 6},
		{[]int{6, 9, 5}, 9},
		{[]int{9, 2}, 2},
		{[]int{2, 70}, 70},
		{[]int{70, 130}, 130}, // interrupted: it is not known what would have come
	} {
		var es []Exit
		for _, c := range tt.codes {
			es = append(es, Exit{Code: c})
		}
		if got := WorstExit(es...).Code; got != tt.want {
			t.Errorf("%v: %d, want %d", tt.codes, got, tt.want)
		}
	}
}
