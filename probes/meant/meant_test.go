package meant_test

import (
	"testing"

	"github.com/acmecheck/acmecheck/probes/meant"
)

func TestWord(t *testing.T) {
	known := []string{"fail_on", "format", "resolver", "resolve", "wait"}
	for misspelt, want := range map[string]string{
		"fail_onn":    "fail_on",
		"fromat":      "format",
		"resolv":      "resolve", // one letter away, and not two
		"wiat":        "wait",
		"w":           "", // anything is near
		"certificate": "",
		"":            "",
	} {
		if got := meant.Word(misspelt, known); got != want {
			t.Errorf("%q: got %q, want %q", misspelt, got, want)
		}
	}
}
