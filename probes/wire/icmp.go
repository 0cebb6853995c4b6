package wire

// An icmpError is a failed dial together with the ICMP message behind it.
type icmpError struct {
	error
	class string // "type/code"
	from  string // who sent it; empty if unknown
}

// ICMP returns the message's "type/code" and who sent it.
func (e *icmpError) ICMP() (class, from string) { return e.class, e.from }

// Unwrap returns the dial's own error.
func (e *icmpError) Unwrap() error { return e.error }
