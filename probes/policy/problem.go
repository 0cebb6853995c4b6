package policy

import "strings"

// urn is the prefix of ACME's error types (RFC 8555 §6.7).
const urn = "urn:ietf:params:acme:error:"

// A ProblemType is an ACME error type without its URN prefix.
type ProblemType string

// The types a validation ends with.
const (
	Connection   ProblemType = "connection"
	DNS          ProblemType = "dns"
	TLS          ProblemType = "tls"
	Unauthorized ProblemType = "unauthorized"
	Malformed    ProblemType = "malformed"
	// CAAForbids is the type "caa".
	CAAForbids         ProblemType = "caa"
	ServerInternal     ProblemType = "serverInternal"
	RejectedIdentifier ProblemType = "rejectedIdentifier"
)

// A Problem is the problem document a CA returns (RFC 7807, RFC 8555 §6.7).
type Problem struct {
	Type   string `json:"type"` // a full URN
	Detail string `json:"detail"`
	Status int    `json:"status"`
}

// problem makes a problem document. Invalid UTF-8 in the detail becomes
// U+FFFD, a byte at a time (Boulder va/utf8filter.go).
func problem(t ProblemType, detail string) *Problem {
	status := 400
	switch t { //nolint:exhaustive // the others are 400 (Boulder probs/probs.go)
	case Unauthorized, CAAForbids:
		status = 403
	case ServerInternal:
		status = 500
	}
	return &Problem{Type: urn + string(t), Detail: validUTF8(detail), Status: status}
}

// Kind is the problem's type without the URN prefix.
func (p *Problem) Kind() ProblemType { return ProblemType(strings.TrimPrefix(p.Type, urn)) }

func validUTF8(s string) string {
	var b strings.Builder
	for _, r := range s { // ranging yields U+FFFD for each invalid byte
		b.WriteRune(r)
	}
	return b.String()
}
