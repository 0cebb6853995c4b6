package probes

import (
	"net/netip"
	"time"
)

// A Fact is one thing that can be looked at: its question, which whoever asks
// fills in, and its answer, which whoever looks fills in. The set is closed:
// Given, Lookup, Dial, Handshake, Fetch.
//
// A fact copied with only its question filled in is what a policy asks (see
// Ask), and Same tells a replayed answer from another question's.
type Fact interface {
	// Kind is the fact's name in JSON: given, lookup, dial, handshake, fetch.
	Kind() string
	// Same reports whether o asks the same question.
	Same(o Fact) bool
}

// Given is the first fact of every trace: the question itself.
type Given struct {
	Task
	AsOf time.Time `json:"as_of"` // "now" for whoever judges
}

// A Lookup is one question to the resolver and its final answer.
type Lookup struct {
	Name string `json:"name"` // as asked, without a final dot
	Type string `json:"type"`
	Port uint16 `json:"port,omitempty"` // what the address is for

	Resolver  string   `json:"resolver,omitempty"`  // who answered
	Transport string   `json:"transport,omitempty"` // udp or tcp
	Tries     int      `json:"tries,omitempty"`
	RCode     string   `json:"rcode,omitempty"` // empty without an answer
	TC        bool     `json:"tc,omitempty"`    // truncated even over TCP
	EDE       *EDE     `json:"ede,omitempty"`
	Answers   []Record `json:"answers,omitempty"`
	Size      int      `json:"size,omitempty"` // octets of the message
}

// An EDE is an Extended DNS Error (RFC 8914), the first of a message.
type EDE struct {
	Code uint16 `json:"code"`
	Text string `json:"text,omitempty"`
}

// A Record is one resource record of an answer section.
type Record struct {
	Name string `json:"name"`
	TTL  uint32 `json:"ttl"`
	Type string `json:"type"`
	Data string `json:"data"` // presentation form
}

// Addrs returns the addresses among the answers of the lookup's own type, in
// the resolver's order. Owner names are not compared: following CNAMEs is
// the resolver's job.
func (l Lookup) Addrs() []netip.Addr {
	var out []netip.Addr
	for _, r := range l.Answers {
		if r.Type != l.Type {
			continue
		}
		if a, err := netip.ParseAddr(r.Data); err == nil {
			out = append(out, a)
		}
	}
	return out
}

// A Dial is one attempt to open a TCP connection.
type Dial struct {
	To   netip.AddrPort `json:"to"`
	Host string         `json:"host,omitempty"` // whose address it is
}

// A Handshake is one TLS handshake on the connection dialled last.
type Handshake struct {
	To         netip.AddrPort `json:"to"`
	ServerName string         `json:"server_name,omitempty"` // SNI; empty: none sent
	ALPN       []string       `json:"alpn,omitempty"`        // offered

	Version      string   `json:"version,omitempty"`
	Cipher       string   `json:"cipher,omitempty"`
	Negotiated   string   `json:"negotiated,omitempty"` // ALPN
	Certificates [][]byte `json:"certificates,omitempty"`
	Alert        int      `json:"alert,omitempty"` // TLS alert number received, when Fault is an alert; close_notify (0) arrives as an end of stream
}

// A Fetch is one GET on the connection dialled last. Nothing is followed.
type Fetch struct {
	URL       string         `json:"url"`
	To        netip.AddrPort `json:"to"`
	Referer   string         `json:"referer,omitempty"`
	UserAgent string         `json:"user_agent,omitempty"`
	MaxBody   int            `json:"-"` // octets of decoded body that are read

	Status    int           `json:"status,omitempty"` // 0 without a response head
	Proto     string        `json:"proto,omitempty"`
	Header    []Field       `json:"header,omitempty"` // in order of name; of a huge head only a part
	Location  []string      `json:"location,omitempty"`
	Body      []byte        `json:"body,omitempty"` // decoded, at most MaxBody+1 octets
	BodyFault *Fault        `json:"body_fault,omitempty"`
	FirstByte time.Duration `json:"first_byte,omitempty"` // from the request to the response head
}

// A Field is one header field of a response.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Field returns the first value of a header field by its canonical name.
func (f Fetch) Field(name string) string {
	for _, h := range f.Header {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}

// Kind implements Fact.
func (Given) Kind() string { return "given" }

// Kind implements Fact.
func (Lookup) Kind() string { return "lookup" }

// Kind implements Fact.
func (Dial) Kind() string { return "dial" }

// Kind implements Fact.
func (Handshake) Kind() string { return "handshake" }

// Kind implements Fact.
func (Fetch) Kind() string { return "fetch" }

// Same implements Fact.
func (g Given) Same(o Fact) bool { x, ok := o.(Given); return ok && x.Task == g.Task }

// Same implements Fact.
func (l Lookup) Same(o Fact) bool {
	x, ok := o.(Lookup)
	return ok && x.Name == l.Name && x.Type == l.Type && x.Port == l.Port
}

// Same implements Fact.
func (d Dial) Same(o Fact) bool { x, ok := o.(Dial); return ok && x.To == d.To && x.Host == d.Host }

// Same implements Fact.
func (h Handshake) Same(o Fact) bool {
	x, ok := o.(Handshake)
	return ok && x.To == h.To && x.ServerName == h.ServerName
}

// Same implements Fact.
func (f Fetch) Same(o Fact) bool {
	x, ok := o.(Fetch)
	return ok && x.URL == f.URL && x.To == f.To && x.Referer == f.Referer
}
