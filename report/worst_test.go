package report

import "testing"

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
