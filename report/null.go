package report

import "encoding/json"

// This file holds the rule of JSON reports that what is not known, or is not
// there, is null: never 0 or "", which a reader could take for a value.

// A Natural counts from 1. 0 means none, or not known, and is null in JSON.
type Natural int

// MarshalJSON writes null for 0.
func (n Natural) MarshalJSON() ([]byte, error) {
	if n == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(int(n))
}

// A Text that is empty is not there, or not known, and is null in JSON.
type Text string

// MarshalJSON writes null for the empty text.
func (t Text) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(t))
}
