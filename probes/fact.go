package probes

import (
	"net/netip"
	"slices"
	"time"
)

// A Fact is one thing that can be looked at: its question, which whoever asks
// fills in, and its answer, which whoever looks fills in. The set is closed:
// Given, Lookup, Dial, Handshake, Fetch, Route, Served, Exchange.
//
// A fact copied with only its question filled in is what a policy asks (see
// Ask), and Same tells a replayed answer from another question's.
type Fact interface {
	// Kind is the fact's name in JSON: given, lookup, dial, handshake, fetch,
	// route, served, exchange.
	Kind() string
	// Same reports whether o asks the same question.
	Same(o Fact) bool
}

// Given is the first fact of every trace: the question itself.
type Given struct {
	Task
	AsOf  time.Time `json:"as_of"` // "now" for whoever judges
	Proof Proof     `json:"proof"` // how much an answer shows
	// Order asks what the whole CA says to an order, so that its rules about
	// names come first. False: what its validation authority says, which has none.
	Order bool `json:"order,omitempty"`
}

// A Proof is how much a right answer shows, and with it what a wrong one means.
type Proof string

// The proofs, from weak to strong.
const (
	ProofPath    Proof = "path"    // a token nobody knows: the way is clear, or it is not
	ProofToken   Proof = "token"   // the caller's own token
	ProofTXT     Proof = "txt"     // a TXT value that the caller expects
	ProofWebroot Proof = "webroot" // a random token, written into the webroot
	ProofServe   Proof = "serve"   // a random token, served by acmecheck itself
	ProofSolver  Proof = "solver"  // a random token, put in place by a solver and seen there
	ProofCA      Proof = "ca"      // an order: a CA looked, and said what it saw
)

// A Lookup is one question to the resolver, or to an authoritative server, and
// its final answer.
type Lookup struct {
	Name string `json:"name"` // as asked, without a final dot
	Type string `json:"type"`
	Port uint16 `json:"port,omitempty"` // what the address is for
	// Server is asked itself, without recursion; the zero value: the resolver.
	Server netip.AddrPort `json:"server,omitzero"`
	// TCP asks over TCP at once; otherwise it is used for what does not fit.
	TCP bool `json:"tcp,omitempty"`

	Resolver  string   `json:"resolver,omitempty"`  // who answered
	Transport string   `json:"transport,omitempty"` // udp or tcp
	Tries     int      `json:"tries,omitempty"`
	RCode     string   `json:"rcode,omitempty"` // empty without an answer
	AA        bool     `json:"aa,omitempty"`    // with authority
	TC        bool     `json:"tc,omitempty"`    // truncated even over TCP
	EDE       *EDE     `json:"ede,omitempty"`
	Answers   []Record `json:"answers,omitempty"`
	Authority []Record `json:"authority,omitempty"` // SOA and NS of the authority section
	Size      int      `json:"size,omitempty"`      // octets of the message
	// Echo is how the answer spells the name, where it spells it otherwise.
	Echo string `json:"echo,omitempty"`
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
	// TTL bounds how many hops the packets may travel; 0: the system's default.
	TTL int `json:"ttl,omitempty"`
	// MSS bounds the octets of a TCP segment from the peer; 0: no bound.
	MSS int `json:"mss,omitempty"`
}

// A Handshake is one TLS handshake on the connection dialled last.
type Handshake struct {
	To         netip.AddrPort `json:"to"`
	ServerName string         `json:"server_name,omitempty"` // SNI; empty: none sent
	ALPN       []string       `json:"alpn,omitempty"`        // offered
	Hello      Hello          `json:"hello,omitempty"`       // how the ClientHello differs from the CA's

	Version      string   `json:"version,omitempty"`
	Cipher       string   `json:"cipher,omitempty"`
	Negotiated   string   `json:"negotiated,omitempty"` // ALPN
	Certificates [][]byte `json:"certificates,omitempty"`
	// Asked is set when the server asked for a client certificate.
	Asked bool `json:"asked,omitempty"`
	Alert int  `json:"alert,omitempty"` // TLS alert number received, when Fault is an alert; close_notify (0) arrives as an end of stream
}

// A Hello is a kind of ClientHello.
type Hello string

// The hellos. The zero value is the CA's own: TLS 1.2 and 1.3, Go's suites.
const (
	SmallHello  Hello = "small"  // without the post-quantum key share, which makes it fill two packets
	LegacyHello Hello = "legacy" // TLS 1.0 to 1.3 and every suite Go has
)

// A Fetch is one GET on the connection dialled last. Nothing is followed.
type Fetch struct {
	URL       string         `json:"url"`
	To        netip.AddrPort `json:"to"`
	Referer   string         `json:"referer,omitempty"`
	UserAgent string         `json:"user_agent,omitempty"`
	MaxBody   int            `json:"-"` // octets of decoded body that are read
	AnyBody   bool           `json:"-"` // read the body of any status, not only of 200
	// Preface sends the preface of HTTP/2 (RFC 9113 §3.4) in place of the GET.
	Preface bool `json:"preface,omitempty"`

	Status    int           `json:"status,omitempty"` // 0 without a response head
	Proto     string        `json:"proto,omitempty"`
	Header    []Field       `json:"header,omitempty"` // in order of name; of a huge head only a part
	Location  []string      `json:"location,omitempty"`
	Body      []byte        `json:"body,omitempty"` // decoded, at most MaxBody+1 octets
	BodyFault *Fault        `json:"body_fault,omitempty"`
	FirstByte time.Duration `json:"first_byte,omitempty"` // from the request to the response head
}

// A Route is how packets to an address leave this machine. Nothing is sent.
type Route struct {
	To netip.Addr `json:"to"`

	Source netip.Addr `json:"source"`        // our address on the way
	Own    bool       `json:"own,omitempty"` // To is an address of this machine
}

// Served is what the server that acmecheck itself put on port 80 was asked.
type Served struct {
	Requests int `json:"requests"` // for the token
	// Taken names the program that held the port, so that we could not serve;
	// "another program" if it cannot be told. Empty: we served.
	Taken string `json:"taken,omitempty"`
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

// Kind implements Fact.
func (Route) Kind() string { return "route" }

// Kind implements Fact.
func (Served) Kind() string { return "served" }

// Same implements Fact.
func (g Given) Same(o Fact) bool { x, ok := o.(Given); return ok && x.Task == g.Task }

// Same implements Fact.
func (l Lookup) Same(o Fact) bool {
	x, ok := o.(Lookup)
	return ok && x.Name == l.Name && x.Type == l.Type && x.Port == l.Port && x.Server == l.Server && x.TCP == l.TCP
}

// Same implements Fact.
func (d Dial) Same(o Fact) bool { x, ok := o.(Dial); return ok && x == d }

// Same implements Fact.
func (h Handshake) Same(o Fact) bool {
	x, ok := o.(Handshake)
	return ok && x.To == h.To && x.ServerName == h.ServerName && x.Hello == h.Hello && slices.Equal(x.ALPN, h.ALPN)
}

// Same implements Fact.
func (f Fetch) Same(o Fact) bool {
	x, ok := o.(Fetch)
	return ok && x.URL == f.URL && x.To == f.To && x.Referer == f.Referer && x.UserAgent == f.UserAgent && x.Preface == f.Preface
}

// Same implements Fact.
func (r Route) Same(o Fact) bool { x, ok := o.(Route); return ok && x.To == r.To }

// Same implements Fact.
func (Served) Same(o Fact) bool { _, ok := o.(Served); return ok }
