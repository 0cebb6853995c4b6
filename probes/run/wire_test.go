package run_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acmecheck/acmecheck/probes/policy"
)

// requestBytes are what we sent in the world of the wire recording.
func requestBytes(tb testing.TB, p *policy.Policy) []string {
	tb.Helper()
	var out []string
	for _, r := range perform(load(tb, conformance+"wire", "http-wire"), p, nil).requests {
		out = append(out, string(r.Head))
	}
	return out
}

// recordedBytes are what the real Boulder sent there.
func recordedBytes(tb testing.TB) []string {
	tb.Helper()
	b, err := os.ReadFile(conformance + "wire/http-wire.requests")
	if err != nil {
		tb.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		s, err := strconv.Unquote(line)
		if err != nil {
			tb.Fatal(fmt.Errorf("recording: %w", err))
		}
		out = append(out, s)
	}
	return out
}

func TestBytesSentAreBoulders(t *testing.T) {
	if diff := cmp.Diff(recordedBytes(t), requestBytes(t, letsEncrypt())); diff != "" {
		t.Errorf("requests differ (-recorded +sent):\n%s", diff)
	}
}
