package serve

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// A request is what the rules of an HTTP port can see.
type request struct {
	target, host string
	header       textproto.MIMEHeader
}

func parseRequest(head []byte) (*request, error) {
	line, rest, _ := strings.Cut(string(head), "\r\n")
	f := strings.Split(line, " ")
	if len(f) != 3 {
		return nil, fmt.Errorf("bad request line %q", line)
	}
	h, err := textproto.NewReader(bufio.NewReader(strings.NewReader(rest))).ReadMIMEHeader()
	if err != nil {
		return nil, err
	}
	return &request{target: f[1], host: h.Get("Host"), header: h}, nil
}

// hostname is the Host header without its port, in lower case.
func (r *request) hostname() string {
	h := strings.ToLower(r.host)
	if i := strings.LastIndexByte(h, ':'); i >= 0 && !strings.HasSuffix(h, "]") {
		h = h[:i]
	}
	return h
}

func (r *request) matches(h *world.HTTP) bool {
	if h.Host != "" && h.Host != r.hostname() || h.UA != nil && !h.UA.MatchString(r.header.Get("User-Agent")) {
		return false
	}
	for _, c := range h.Headers {
		v, present := r.header[textproto.CanonicalMIMEHeaderKey(c.Name)]
		if c.Match == nil && present || c.Match != nil && (!present || !c.Match.MatchString(v[0])) {
			return false
		}
	}
	if prefix, ok := strings.CutSuffix(h.Pattern, "*"); ok {
		return strings.HasPrefix(r.target, prefix)
	}
	return r.target == h.Pattern
}

// badRequest is what a port says to bytes it does not understand.
const badRequest = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

// http answers one request; end says what becomes of the connection then.
func (s *session) http(br *bufio.Reader, w io.Writer, end func(string)) {
	head, err := readHead(br)
	if err != nil {
		return
	}
	if s.Log != nil {
		s.Log(Request{At: s.at, Head: head})
	}
	req, err := parseRequest(head)
	if err != nil {
		_, _ = io.WriteString(w, badRequest)
		end("close")
		return
	}
	rule := s.rule(req)
	s.sleep(rule.Delay)
	_, _ = w.Write(response(rule, req))
	end(rule.Then)
}

// rule is the first line of the port that matches.
func (s *session) rule(req *request) *world.HTTP {
	for _, h := range s.e.HTTP {
		if req.matches(h) {
			return h
		}
	}
	return &world.HTTP{Status: 404, Body: "not found\n", Proto: "HTTP/1.1", Then: "close"}
}

// response is the exact bytes of a rule's answer.
func response(h *world.HTTP, r *request) []byte {
	body := entity(h, r)
	var b bytes.Buffer
	if h.Interim != 0 {
		statusLine(&b, "HTTP/1.1", h.Interim)
		b.WriteString("\r\n")
	}
	statusLine(&b, h.Proto, h.Status)
	for _, f := range h.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f[0], h.Expand(f[1], r.target, r.host))
	}
	if h.Gzip == "declared" {
		b.WriteString("Content-Encoding: gzip\r\n")
	}
	bodyless := h.Status == 204 || h.Status == 304
	b.WriteString(framing(h, len(body), bodyless))
	b.WriteString("Connection: close\r\n\r\n")
	switch {
	case bodyless:
	case h.Chunked && body != "":
		fmt.Fprintf(&b, "%x\r\n%s\r\n0\r\n\r\n", len(body), body)
	case h.Chunked:
		b.WriteString("0\r\n\r\n")
	default:
		b.WriteString(body)
	}
	return b.Bytes()
}

// entity is the body as it goes over the wire, before any chunking.
func entity(h *world.HTTP, r *request) string {
	body := h.Expand(h.Body, r.target, r.host)
	if n := h.Pad - len(body); n > 0 {
		body += strings.Repeat(" ", n)
	}
	if h.Gzip == "" {
		return body
	}
	var z bytes.Buffer
	zw := gzip.NewWriter(&z)
	_, _ = io.WriteString(zw, body)
	_ = zw.Close()
	return z.String()
}

func statusLine(b *bytes.Buffer, proto string, code int) {
	reason := http.StatusText(code)
	if reason == "" {
		reason = "Status"
	}
	fmt.Fprintf(b, "%s %d %s\r\n", proto, code, reason)
}

// framing is the header field that says where the body ends.
func framing(h *world.HTTP, n int, bodyless bool) string {
	switch {
	case bodyless, h.Length == "none" && !h.Stall:
		return ""
	case h.Chunked:
		return "Transfer-Encoding: chunked\r\n"
	case h.Stall:
		return fmt.Sprintf("Content-Length: %d\r\n", n+1)
	case h.Length != "":
		return "Content-Length: " + h.Length + "\r\n"
	}
	return fmt.Sprintf("Content-Length: %d\r\n", n)
}
