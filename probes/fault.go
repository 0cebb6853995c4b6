package probes

// A FaultKind says how a step failed, in terms a CA's rules and a diagnosis
// can switch on. The set is closed: every network error maps to exactly one
// (wire.FaultOf), and what a CA says of each is a policy's business.
type FaultKind string

// The kinds of fault.
const (
	FaultRefused        FaultKind = "refused"          // RST to the SYN, or ICMP port unreachable
	FaultReset          FaultKind = "reset"            // RST on an open connection
	FaultClosed         FaultKind = "closed"           // the peer ended the stream where more had to come
	FaultTimeout        FaultKind = "timeout"          // nothing within the time allowed
	FaultNetUnreachable FaultKind = "net-unreachable"  // no route, here or at a router
	FaultUnreachable    FaultKind = "host-unreachable" // a router knows no such host
	FaultProhibited     FaultKind = "prohibited"       // a firewall says no by ICMP
	FaultAlert          FaultKind = "alert"            // a TLS alert ended the handshake or the stream
	FaultPlain          FaultKind = "plain"            // an HTTP answer where TLS was expected
	FaultNotTLS         FaultKind = "not-tls"          // something else where TLS was expected
	FaultTLS            FaultKind = "tls"              // TLS went wrong in another way, e.g. an unreadable certificate
	FaultHTTP2          FaultKind = "http2"            // an HTTP/2 frame where HTTP/1 was expected
	FaultNotHTTP        FaultKind = "not-http"         // the answer is not HTTP/1
	FaultTooLarge       FaultKind = "too-large"        // more than the limit for a head or a body
	FaultEncoding       FaultKind = "encoding"         // the body's chunks or its gzip are broken
	FaultUnsendable     FaultKind = "unsendable"       // the question cannot be put on the wire, so nothing was sent
	FaultBadAnswer      FaultKind = "bad-answer"       // a DNS message that cannot be read
	FaultLocal          FaultKind = "local"            // this machine could not: no socket, no permission
	FaultCanceled       FaultKind = "canceled"         // we stopped before it ended; it says nothing about the target
	FaultOther          FaultKind = "other"
)

// A Fault is a classified failure of the target, or of the way to it: a
// result, not an error of ours.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Op is what was going on: route, lookup, dial, handshake, request (making
	// one), write, read (the head) or body.
	Op string `json:"op"`
	// Errno is the system's symbol (ECONNREFUSED), where it gave one.
	Errno string `json:"errno,omitempty"`
	// ICMP is "type/code" of the ICMP or ICMPv6 message that caused it, and
	// From the address that sent it, where the system keeps them (Linux).
	ICMP string `json:"icmp,omitempty"`
	From string `json:"from,omitempty"`
	// Ended is how the stream ended in the middle of a response head that
	// began well: FaultClosed or FaultReset. The CA's client may call that
	// malformed.
	Ended FaultKind `json:"ended,omitempty"`
	// Field is the name of the header field that cannot be read, if it is one;
	// of a handshake "certificate" or "protocol" (chosen, but not offered).
	Field string `json:"field,omitempty"`
	// Detail is the error's own text. It may quote what a hostile server
	// sent: escape it before showing it.
	Detail string `json:"detail,omitempty"`
}
