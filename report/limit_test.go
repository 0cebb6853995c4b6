package report

import (
	"strings"
	"testing"
)

// A document that does not end is not read for ever.
func TestReadAll(t *testing.T) {
	for in, want := range map[string]string{"abc": "", "abcd": "it has more than 3 octets"} {
		b, err := readAll(strings.NewReader(in), 3)
		if err == nil && string(b) != in || err != nil && err.Error() != want || (err == nil) != (want == "") {
			t.Errorf("%s: %q %v", in, b, err)
		}
	}
}
