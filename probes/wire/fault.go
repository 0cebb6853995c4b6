package wire

// This file maps errors to faults. It is the only place that looks inside an
// error's text; each such case says why there is no better way.

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"

	"github.com/acmecheck/acmecheck/probes"
)

// faultBy is FaultOf for an error under a context: whatever the error, when
// the deadline has passed it is a time-out (half a header line parses as a
// malformed one), and when we were told to stop it says nothing.
func faultBy(ctx context.Context, op string, err error) *probes.Fault {
	f := FaultOf(op, err)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		f.Kind = probes.FaultCanceled
	case expired(ctx) && f.Kind != probes.FaultAlert:
		f.Kind = probes.FaultTimeout
	}
	return f
}

// FaultOf classifies a network error. It returns nil for nil. Every error has
// exactly one kind.
func FaultOf(op string, err error) *probes.Fault {
	if err == nil {
		return nil
	}
	f := &probes.Fault{Op: op, Detail: err.Error()}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		f.Errno = errnoName(errno)
	}
	if by, ok := errors.AsType[interface {
		error
		ICMP() (class, from string)
	}](err); ok {
		f.ICMP, f.From = by.ICMP()
	}
	f.Field = fieldOf(err)
	f.Kind = kindOf(op, err)
	return f
}

func kindOf(op string, err error) probes.FaultKind {
	if k, ok := tlsKind(err); ok {
		return k
	}
	if k, ok := systemKind(err); ok {
		return k
	}
	timeout, ok := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, context.Canceled):
		return probes.FaultCanceled
	case errors.Is(err, context.DeadlineExceeded), ok && timeout.Timeout():
		return probes.FaultTimeout
	case errors.Is(err, errHeadTooLarge):
		return probes.FaultTooLarge
	case errors.Is(err, errSettings):
		return probes.FaultHTTP2
	case errors.Is(err, errUnsendable):
		return probes.FaultUnsendable
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), op == "body" && isChunkError(err):
		return probes.FaultEncoding
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return probes.FaultClosed
	}
	return textKind(err)
}

func tlsKind(err error) (probes.FaultKind, bool) {
	if rec, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		if string(rec.RecordHeader[:]) == "HTTP/" {
			return probes.FaultPlain, true
		}
		return probes.FaultNotTLS, true
	}
	// crypto/tls does not export the type of a TCP connection's alerts; its
	// operation is what tells them.
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "remote error" || op.Op == "local error") {
		return probes.FaultAlert, true
	}
	return "", false
}

// systemKind goes by errno. The symbols exist on every system Go runs on; on
// Windows the WSA numbers are mapped by the syscall package's own Is.
func systemKind(err error) (probes.FaultKind, bool) {
	for _, e := range []struct {
		errno error
		kind  probes.FaultKind
	}{
		{syscall.ECONNREFUSED, probes.FaultRefused},
		{syscall.ECONNRESET, probes.FaultReset},
		{syscall.EPIPE, probes.FaultReset},
		{syscall.ENETUNREACH, probes.FaultNetUnreachable},
		{syscall.EHOSTUNREACH, probes.FaultUnreachable},
		{syscall.EACCES, probes.FaultProhibited}, // ICMPv6 administratively prohibited
		{syscall.EPERM, probes.FaultLocal},       // our own packet filter
		{syscall.EMFILE, probes.FaultLocal},
		{syscall.ENFILE, probes.FaultLocal},
		{syscall.EADDRNOTAVAIL, probes.FaultLocal},
		{syscall.EAFNOSUPPORT, probes.FaultLocal},
	} {
		if errors.Is(err, e.errno) {
			return e.kind, true
		}
	}
	return "", false
}

// settings is what net/http says of a server's HTTP/2 SETTINGS frame: its
// error type is unexported. Boulder's expression (va/va.go
// h2SettingsFrameErrRegex), whose third byte must be one that Go quotes as \x.
var settings = regexp.MustCompile(`malformed HTTP response "\\x00\\x00\\x[a-f0-9]{2}\\x04\\x00\\x00\\x00\\x00\\x00.*"`)

// textKind tells apart what net/http and net/textproto give no type for.
func textKind(err error) probes.FaultKind {
	text := err.Error()
	switch {
	case settings.MatchString(text):
		return probes.FaultHTTP2
	case strings.HasPrefix(text, "tls: "), strings.HasPrefix(text, "x509: "):
		return probes.FaultTLS
	case strings.HasPrefix(text, "malformed "), strings.HasPrefix(text, "net/http: "), strings.HasPrefix(text, "bad Content-Length"),
		strings.HasPrefix(text, "http: "), strings.HasPrefix(text, "invalid "), strings.HasPrefix(text, "header line too long"), strings.HasPrefix(text, "unsupported "):
		return probes.FaultNotHTTP
	case errors.Is(err, http.ErrNotSupported):
		return probes.FaultNotHTTP
	}
	return probes.FaultOther
}

// fieldOf is the header field that net/textproto stumbled over: its error
// quotes the line and nothing else tells. crypto/tls has no types either for a
// certificate that crypto/x509 cannot parse, and for a protocol that the server
// chose without having been offered it (Apache without mod_md: http/1.1).
func fieldOf(err error) string {
	if strings.HasPrefix(err.Error(), "tls: failed to parse certificate from server: ") {
		return "certificate"
	}
	if err.Error() == "tls: server selected unadvertised ALPN protocol" {
		return "protocol"
	}
	_, line, ok := strings.Cut(err.Error(), "malformed MIME header: ")
	if !ok {
		_, line, ok = strings.Cut(err.Error(), "malformed MIME header line: ")
	}
	name, _, colon := strings.Cut(line, ":")
	if !ok || !colon {
		return ""
	}
	return strings.Trim(name, "\" ")
}

// isChunkError tells a broken chunked encoding: net/http/internal has no
// exported types for it.
func isChunkError(err error) bool {
	text := err.Error()
	return strings.Contains(text, "chunk") || errors.Is(err, http.ErrLineTooLong) || strings.HasPrefix(text, "flate: ") || strings.HasPrefix(text, "malformed MIME header")
}
