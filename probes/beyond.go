package probes

import (
	"fmt"
	"strings"
)

// Beyond says what a look that the CA does not make is for; empty: the CA
// makes it.
type Beyond string

// What looks beyond the CA's are for.
const (
	BeyondResolver  Beyond = "resolver"     // is the resolver there at all?
	BeyondRoute     Beyond = "route"        // how do packets leave this machine?
	BeyondNear      Beyond = "near"         // is the address one hop away?
	BeyondAddress   Beyond = "address"      // the name's other addresses
	BeyondPort443   Beyond = "port-443"     // https on the same addresses
	BeyondAgain     Beyond = "again"        // the first request once more
	BeyondToken     Beyond = "token"        // another token nobody knows
	BeyondAgent     Beyond = "user-agent"   // the failed request with curl's User-Agent
	BeyondPath      Beyond = "path"         // ... for another path
	BeyondAgentPath Beyond = "agent-path"   // ... for another path with curl's User-Agent
	BeyondDot       Beyond = "dot-path"     // ... for another path that starts with a dot
	BeyondPreface   Beyond = "http2"        // HTTP/2 on a plain port
	BeyondTLS       Beyond = "tls"          // TLS on a plain port
	BeyondPlain     Beyond = "plain"        // plain HTTP on a TLS port
	BeyondSmall     Beyond = "small-hello"  // a ClientHello that fits one packet
	BeyondClamped   Beyond = "clamped-mss"  // small TCP segments
	BeyondLegacy    Beyond = "legacy-hello" // old TLS versions and suites
	BeyondDropPort  Beyond = "without-port" // a redirect's target without its port
	BeyondHere      Beyond = "here"         // the same request to this machine itself
	BeyondAlias     Beyond = "alias"        // where a chain of CNAMEs leads
	BeyondServed    Beyond = "served"       // what our own server was asked
)

// What looks of the dns methods are for.
const (
	BeyondCNAME     Beyond = "cname"          // does an alias stand beside values?
	BeyondZone      Beyond = "zone"           // where does the zone of a name begin?
	BeyondSigned    Beyond = "ds"             // is the zone signed?
	BeyondServers   Beyond = "name-servers"   // which servers has it?
	BeyondHost      Beyond = "server-address" // where are they?
	BeyondServer    Beyond = "server"         // the CA's question to each of them
	BeyondServerTCP Beyond = "server-tcp"     // ... over TCP
	BeyondCase      Beyond = "server-case"    // ... for its zone, in mixed case
	BeyondNeighbour Beyond = "neighbour"      // a name at which a value may have been put by mistake
	BeyondRandom    Beyond = "random-label"   // a name that nobody uses, beside it
)

// An Errand is one look beyond the CA's: a chain of asks that ends at the
// first fault. A Dial opens a connection of the errand's own, which the asks
// after it use.
type Errand struct {
	Why  Beyond
	N    int // tells equal errands apart that are to be run all the same
	Asks []Ask
}

// Key tells errands apart: two with the same key look at the same thing.
func (e Errand) Key() string {
	var k strings.Builder
	fmt.Fprintf(&k, "%s %d", e.Why, e.N)
	for _, a := range e.Asks {
		switch f := a.Fact.(type) {
		case Dial:
			fmt.Fprintf(&k, " dial %s", f.To)
		case Handshake:
			fmt.Fprintf(&k, " tls %s %s %v", f.ServerName, f.Hello, f.ALPN)
		case Fetch:
			fmt.Fprintf(&k, " get %s", f.URL)
		case Route:
			fmt.Fprintf(&k, " route %s", f.To)
		case Lookup:
			fmt.Fprintf(&k, " ask %s %s %v %v", f.Name, f.Type, f.Server, f.TCP)
		case Given, Served, Exchange:
		}
	}
	return k.String()
}
