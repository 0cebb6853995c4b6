package wire

// This file speaks HTTP/1.1 as Boulder's net/http client does: one GET, the
// same header fields in the same order, one response. It is written by hand
// because http.Transport detaches its dial from the request and keeps the
// steps of a request to itself; the parsing is net/http's.

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/acmecheck/acmecheck/probes"
)

const (
	maxHead    = 10 << 20 // net/http Transport.MaxResponseHeaderBytes' default
	maxFields  = 64       // kept as evidence
	maxField   = 512      // octets of a value kept as evidence
	maxTargets = 16       // Location values kept
	maxTarget  = 64 << 10 // octets of one
	// maxBodyCap bounds bodies under policies without a limit of their own.
	maxBodyCap = 1 << 20
)

// preface opens an HTTP/2 connection: the preface and an empty SETTINGS frame
// (RFC 9113 §3.4).
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\x00\x00\x00\x04\x00\x00\x00\x00\x00"

var (
	errHeadTooLarge = errors.New("response head exceeds 10 MiB")
	errUnsendable   = errors.New("request cannot be sent")
)

// Fetch sends one GET on c and reads the answer: the head, and of a status 200
// the body up to f.MaxBody+1 decoded octets. c may be used for nothing else
// afterwards; the caller closes it.
func Fetch(ctx context.Context, c net.Conn, f probes.Fetch) (probes.Fetch, *probes.Fault) {
	defer arm(ctx, c)()
	request, err := Request(f)
	if f.Preface {
		request = []byte(preface)
	}
	if err != nil {
		return f, FaultOf("request", err)
	}
	began := time.Now()
	if _, err := c.Write(request); err != nil {
		return f, faultBy(ctx, "write", err)
	}
	in := &headLimit{r: c, left: maxHead}
	br := bufio.NewReader(in)
	if f.Preface {
		return f, frame(ctx, br)
	}
	resp, err := readHead(br) //nolint:bodyclose // see below: closing would read on
	if err != nil {
		fault := faultBy(ctx, "read", in.explain(err))
		fault.Ended = in.cutOff()
		return f, fault
	}
	f.FirstByte = time.Since(began)
	keepHead(&f, resp)
	in.left = -1 // the body has a limit of its own
	// The body is never closed: that would read on to its end, where
	// http.Transport drops the connection, as our caller will.
	if resp.StatusCode == http.StatusOK || f.AnyBody {
		f.Body, err = readBody(resp, f.MaxBody)
		f.BodyFault = bodyFault(ctx, err)
	}
	return f, nil
}

// Request is the bytes of a fetch (recorded from Boulder in
// testdata/conformance/wire). A host that no Host header may carry, and a
// field value that is none, is an error, as in net/http.
func Request(f probes.Fetch) ([]byte, error) {
	u, err := url.Parse(f.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnsendable, err)
	}
	host, err := httpguts.PunycodeHostPort(strings.TrimSuffix(u.Host, ":")) // net/http leaves an empty port away
	if err != nil || host == "" || !httpguts.ValidHostHeader(host) {
		return nil, fmt.Errorf("%w: invalid Host header", errUnsendable)
	}
	if !httpguts.ValidHeaderFieldValue(f.Referer) || !httpguts.ValidHeaderFieldValue(f.UserAgent) {
		return nil, fmt.Errorf("%w: invalid header field value", errUnsendable)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\nAccept: */*\r\n", u.RequestURI(), host, f.UserAgent)
	if u.User != nil {
		password, _ := u.User.Password()
		r := http.Request{Header: http.Header{}}
		r.SetBasicAuth(u.User.Username(), password)
		fmt.Fprintf(&b, "Authorization: %s\r\n", r.Header.Get("Authorization"))
	}
	if f.Referer != "" {
		fmt.Fprintf(&b, "Referer: %s\r\n", f.Referer)
	}
	b.WriteString("Accept-Encoding: gzip\r\nConnection: close\r\n\r\n")
	return b.Bytes(), nil
}

// readHead reads the response head, past any interim ones: 1xx other than
// 101, which is final (net/http Transport readResponse).
func readHead(br *bufio.Reader) (*http.Response, error) {
	for {
		resp, err := http.ReadResponse(br, &http.Request{Method: http.MethodGet})
		if err != nil || resp.StatusCode/100 != 1 || resp.StatusCode == http.StatusSwitchingProtocols {
			return resp, err
		}
	}
}

// keepHead keeps of a response head what is evidence, within bounds.
func keepHead(f *probes.Fetch, resp *http.Response) {
	f.Status, f.Proto = resp.StatusCode, resp.Proto
	for _, l := range resp.Header["Location"] {
		if len(f.Location) < maxTargets {
			f.Location = append(f.Location, l[:min(len(l), maxTarget)])
		}
	}
	for name, values := range resp.Header {
		for _, v := range values {
			if name != "Location" && len(f.Header) < maxFields {
				f.Header = append(f.Header, probes.Field{Name: name[:min(len(name), maxField)], Value: v[:min(len(v), maxField)]})
			}
		}
	}
	slices.SortStableFunc(f.Header, func(a, b probes.Field) int { return strings.Compare(a.Name, b.Name) })
}

// readBody reads one octet past the limit, so that "too long" shows. What the
// server declared as gzip is decoded, as http.Transport does for a request
// that did not set Accept-Encoding itself.
func readBody(resp *http.Response, limit int) ([]byte, error) {
	if limit == 0 {
		limit = maxBodyCap
	}
	var body io.Reader = resp.Body
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") && resp.ContentLength != 0 {
		z, err := gzip.NewReader(resp.Body)
		if errors.Is(err, io.EOF) {
			return nil, nil // nothing at all is no broken gzip
		}
		if err != nil {
			return nil, err
		}
		body = z
	}
	b, err := io.ReadAll(io.LimitReader(body, int64(limit)+1))
	if len(b) > limit {
		err = nil // the limit is what the CA stumbles over
	}
	return b, err
}

func bodyFault(ctx context.Context, err error) *probes.Fault {
	if err == nil {
		return nil
	}
	return faultBy(ctx, "body", err)
}

// errSettings is an answer to the preface of HTTP/2: its SETTINGS frame.
var errSettings = errors.New("HTTP/2 SETTINGS frame")

// frame reads the head of the first HTTP/2 frame (RFC 9113 §4.1). A server's
// is SETTINGS, on stream 0; it is reported as the fault that HTTP/1 would have
// with it.
func frame(ctx context.Context, br *bufio.Reader) *probes.Fault {
	const headLen, settings = 9, 4
	head, err := br.Peek(headLen)
	switch {
	case err != nil:
		return faultBy(ctx, "read", err)
	case head[3] == settings && bytes.Equal(head[5:], make([]byte, 4)):
		return FaultOf("read", errSettings)
	}
	return FaultOf("read", fmt.Errorf("malformed HTTP/2 frame %q", head))
}

// A headLimit ends a stream after so many octets; negative: never. It keeps
// how a stream began and ended, which net/http's errors do not tell.
type headLimit struct {
	r     io.Reader
	left  int
	hit   bool
	start []byte
	err   error // of the stream; nil: it has not ended
}

// cutOff is how the stream ended, if it began as HTTP/1; "" otherwise.
func (l *headLimit) cutOff() probes.FaultKind {
	const version = "HTTP/1."
	if l.err == nil || len(l.start) == 0 || !strings.HasPrefix(string(l.start), version[:min(len(version), len(l.start))]) {
		return ""
	}
	if k, ok := systemKind(l.err); ok {
		return k
	}
	if errors.Is(l.err, io.EOF) {
		return probes.FaultClosed
	}
	return ""
}

func (l *headLimit) Read(p []byte) (int, error) {
	if l.left == 0 {
		l.hit = true
		return 0, errHeadTooLarge
	}
	if l.left > 0 {
		p = p[:min(len(p), l.left)]
	}
	n, err := l.r.Read(p)
	if l.err == nil {
		l.err = err
	}
	if want := 8 - len(l.start); want > 0 {
		l.start = append(l.start, p[:min(n, want)]...)
	}
	if l.left > 0 {
		l.left -= n
	}
	return n, err
}

// explain makes an error that the limit caused say so: net/textproto may turn
// it into one about the line it cut.
func (l *headLimit) explain(err error) error {
	if l.hit {
		return errHeadTooLarge
	}
	return err
}
