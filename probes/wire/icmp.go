package wire

// An icmpError is a failed dial together with the ICMP message behind it.
type icmpError struct {
	error
	class string // "type/code"
	from  string // who sent it; empty if unknown
}

// Unwrap returns the dial's own error.
func (e *icmpError) Unwrap() error { return e.error }
