package solve

import (
	"fmt"
	"log/slog"
)

// A Secret is a password or a key. However it is formatted, encoded or logged,
// it does not show; convert it to a string to use it. (As the key of a map,
// encoding/json writes any string as it is.)
type Secret string

const hidden = "(hidden)"

// String implements fmt.Stringer.
func (Secret) String() string { return hidden }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return hidden }

// Format implements fmt.Formatter: without it, a wrong verb shows the text.
func (Secret) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }

// MarshalJSON implements json.Marshaler.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// MarshalText implements encoding.TextMarshaler, for TOML and XML.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
