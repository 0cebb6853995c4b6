package report

// This file tells the walk of a CA, and the looks beyond it, as JSON's probes.

// A Probe is one walk: the CA's, or an errand beyond it.
type Probe struct {
	ID         string   `json:"id"`
	Kind       string   `json:"kind"` // the method, or what the errand was for
	Vantage    string   `json:"vantage"`
	Status     string   `json:"status"`   // pass, fail, inconclusive
	StartMS    int64    `json:"start_ms"` // since the run began
	DurationMS int64    `json:"duration_ms"`
	Codes      []string `json:"codes"`
	Hops       []Hop    `json:"hops"`
}

// A Hop is one HTTP request of the CA, or one it refused to make.
type Hop struct {
	N        int      `json:"n"`
	Of       Natural  `json:"of"`      // the most the CA makes; null beyond it
	URL      Text     `json:"url"`     // null: the look ended before it would have been asked for
	Address  *string  `json:"address"` // null: it did not come to a connection
	Port     Natural  `json:"port"`
	Timings  Timings  `json:"timings_ms"`
	HTTP     *HTTP    `json:"http"`
	TLS      *TLS     `json:"tls"`
	DNS      *DNS     `json:"dns"`
	Decision string   `json:"decision"` // redirect, final, fallback, error, refused_by_rule
	Error    *Failure `json:"error"`
}

// HTTP is a response.
type HTTP struct {
	Status    int               `json:"status"`
	Headers   map[string]string `json:"headers"`    // names in lower case
	BodyBytes *int              `json:"body_bytes"` // as many as were read, which is no more than decides; null: it was not read
	Body      Text              `json:"body"`       // at most 256 octets; null: none were read
}

// TLS is a handshake that came to its end.
type TLS struct {
	Version     string `json:"version"`
	Cipher      string `json:"cipher"`
	ALPN        Text   `json:"alpn"`        // null: none was agreed on
	ServerName  Text   `json:"server_name"` // null: none was sent
	Certificate *Cert  `json:"certificate"`
}

// Cert is what a server's certificate says of itself.
type Cert struct {
	Names     []string `json:"names"`
	NotBefore string   `json:"not_before"` // RFC 3339
	NotAfter  string   `json:"not_after"`
	Issuer    string   `json:"issuer"`
}

// DNS is what the name's look-ups gave.
type DNS struct {
	Answers []string `json:"answers"` // addresses
	RCodes  []Text   `json:"rcodes"`  // of A and AAAA; null: no answer
}

// A Failure is why a request got no answer, or none the CA takes.
type Failure struct {
	Class string `json:"class"` // a fault's kind, or rule
	Code  Text   `json:"code"`  // of the finding about it; null: there is none
	Op    Text   `json:"op"`    // null: a rule
	Text  string `json:"text"`
}

// Timings are milliseconds; null: it did not come to that.
type Timings struct {
	DNS     *int64 `json:"dns"`
	Connect *int64 `json:"connect"`
	TLS     *int64 `json:"tls"`
	TTFB    *int64 `json:"ttfb"`
}
