package explain

// This file explains connections that fail (Boulder va/va.go detailedError).

var connectEntries = []Entry{
	{
		ID: "connect-timeout", Type: "connection",
		Codes: []string{"net.connect.timeout", "net.inbound.filtered", "net.firewall.host", "net.ipv6.dropped", "net.firewall.blocks-ca-only"},
		Says: []Pattern{
			{Text: "Timeout during connect (likely firewall problem)", Wording: Today},
			{Text: "Timeout during connect", Wording: Older, Plain: true},
			{Text: `Get "{url:token}": dial tcp {hostport:word}: i/o timeout`, Wording: Pebble},
		},
		Means: "The CA asked for a new connection and got no answer at all. Something on the way, or the machine itself, throws the packets away.",
		Causes: []string{
			"A firewall or cloud security group drops new inbound connections to the port (80 for http-01, 443 for tls-alpn-01).",
			"The A or AAAA record leads to an address where this machine is not, or no longer.",
			"The router does not forward the port, or the Internet provider filters it.",
			"IPv6 is published in DNS but does not work on this network.",
			"The firewall lets some countries or networks in and the CA's perspective is not among them.",
		},
		Misleads: `"Likely firewall" is a guess of the CA: a stale DNS record gives the same silence. That the site opens in a browser at home proves little: the CA connects from outside, and opens new connections.`,
		Run:      runTarget,
	},
	{
		ID: "timeout-after-connect", Type: "connection",
		Codes: []string{"net.read.timeout", "vantage.time.exhausted", "net.ipv6.dropped", "net.connect.timeout", "net.mtu.black-hole", "tlsalpn01.hello.too-large"},
		Says: []Pattern{
			{Text: "Timeout after connect (your server may be slow or overloaded)", Wording: Today},
			{Text: "Timeout after connect", Wording: Older, Plain: true},
		},
		Means: "The CA's time for the whole attempt ran out before it had an answer.",
		Causes: []string{
			"The server accepts the connection and does not answer in time: overload, a slow application, a hanging backend.",
			"An earlier step used the time up: a silently dropped IPv6 address alone costs 10 seconds, and the remote perspectives get only what is left.",
			"Large packets vanish on the way (an MTU problem), so that a TLS handshake never ends.",
			"A redirect leads to a host that drops connections.",
		},
		Misleads: `"After connect" need not be true: the CA says it also if its whole time is gone while it is still connecting, so perhaps nothing connected.`,
		Run:      runTarget,
	},
	{
		ID: "timeout-read-write", Type: "connection",
		Codes: []string{"net.read.timeout", "net.mtu.black-hole"},
		Says: []Pattern{
			{Text: "Timeout during {operation:word} (your server may be slow or overloaded)", Wording: Today},
		},
		Means:  "The connection was there, then nothing moved on it until the CA's time was up.",
		Causes: []string{"The server or its backend is slow or overloaded.", "Large packets vanish on the way (an MTU problem).", "A firewall cuts the connection off silently after it was accepted."},
		Run:    runTarget,
	},
	{
		ID: "connection-refused", Type: "connection",
		Codes: []string{"net.connect.refused", "net.connect.rejected", "net.ipv6.broken", "local.port.in-use", "local.port.moved"},
		Says: []Pattern{
			{Text: "Connection refused", Wording: Today, Plain: true},
			{Text: `Get "{url:token}": dial tcp {hostport:word}: connect: connection refused`, Wording: Pebble},
		},
		Means: "The address was reached, and the connection was actively turned down at once.",
		Causes: []string{
			"Nothing listens on the port: the server is stopped, or listens on another port or only on another address.",
			"A client in standalone mode had no server up when the CA came, or was told to use another port; the CA always uses 80 and 443.",
			"A firewall rejects the connection with a reset or an ICMP message.",
			"The DNS record leads to another machine.",
		},
		Misleads: "It does not prove that nothing listens: a firewall that rejects looks just the same. If both IPv6 and IPv4 fail, only the IPv4 error is shown.",
		Run:      runTarget,
	},
	{
		ID: "connection-reset", Type: "connection",
		Codes: []string{"net.connect.reset", "http01.waf.path", "http01.waf.user-agent"},
		Says: []Pattern{
			{Text: "Connection reset by peer", Wording: Today, Plain: true},
			{Text: `Get "{url:token}": read tcp {route:list}: read: connection reset by peer`, Wording: Pebble},
		},
		Means: "The connection was accepted and then torn down without an answer.",
		Causes: []string{
			"A filter between the CA and the server (content filter, intrusion prevention, web application firewall) cuts requests for the challenge path or with the CA's User-Agent.",
			"The server process crashes or is restarted on the request.",
			"The port is forwarded to something that does not speak the expected protocol.",
		},
		Misleads: "The reset need not come from the server itself: boxes on the way send resets in its name.",
		Run:      runTarget,
	},
	{
		ID: "network-unreachable", Type: "connection",
		Codes:  []string{"net.connect.unreachable"},
		Says:   []Pattern{{Text: "Network unreachable", Wording: Today, Plain: true}},
		Means:  "From where the CA stands there is no route to that address.",
		Causes: []string{"The address in DNS is not announced on the Internet, or has a typo.", "The provider has an outage or does not route that IPv6 prefix."},
		Run:    runTarget,
	},
	{
		ID: "validation-data", Type: "connection",
		Codes: []string{
			"net.connect.closed", "net.connect.rejected", "http01.protocol.not-http", "http01.tls.plain", "http01.protocol.tls",
			"http01.redirect.location", "tlsalpn01.cert.unparsable",
		},
		Says:  []Pattern{{Text: "Error getting validation data", Wording: Today}},
		Means: "The attempt failed in a way for which the CA has no words of its own.",
		Causes: []string{
			"The server closes the connection without an answer.",
			"What answers does not speak the expected protocol: SSH or mail on port 80, plain HTTP where TLS is due, or TLS where HTTP is due.",
			"A router or firewall on the way rejects with ICMP host-unreachable or prohibited.",
			"A redirect's Location header cannot be read as a URL.",
			"tls-alpn-01: the certificate cannot be parsed, for instance because an extension is in it twice.",
		},
		Misleads: "This sentence covers many different faults; it names none of them. Before September 2026 it was also said of a reserved IP address and of an absurdly long port number.",
		Run:      runTarget,
	},
	{
		ID: "http2-on-80", Type: "connection",
		Codes:  []string{"http01.protocol.http2"},
		Says:   []Pattern{{Text: "Server is speaking HTTP/2 over HTTP", Wording: Today}},
		Means:  "Port 80 answers in HTTP/2 although the CA asked in HTTP/1.1.",
		Causes: []string{`The web server's listener for port 80 has HTTP/2 switched on (nginx: "listen 80 http2").`, "A gRPC or h2c service took over port 80."},
		Run:    runHTTP,
	},
	{
		ID: "could-not-connect", Type: "connection",
		Codes:  []string{"net.connect.timeout", "net.connect.refused"},
		Says:   []Pattern{{Text: "Could not connect to {host}", Wording: Older, Plain: true}},
		Means:  "The CA could not open a connection to the server. It does not say whether it was refused or got no answer.",
		Causes: []string{"A firewall or router does not let the port through.", "Nothing listens on the port.", "The DNS record leads elsewhere."},
		Run:    runTarget,
	},
	{
		ID: "context-deadline", Type: "connection",
		Codes:  []string{"net.read.timeout", "net.connect.timeout"},
		Says:   []Pattern{{Text: `Get "{url:token}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, Wording: Pebble}, {Text: `Get "{url:token}": context deadline exceeded`, Wording: Pebble}},
		Means:  "The test CA had no answer within its 15 seconds.",
		Causes: []string{"The server is slow or hangs.", "A firewall drops the connection."},
		Run:    runTarget,
	},
	{
		ID: "closed-without-answer", Type: "connection",
		Codes:  []string{"net.connect.closed"},
		Says:   []Pattern{{Text: `Get "{url:token}": EOF`, Wording: Pebble}},
		Means:  "The server closed the connection without an answer.",
		Causes: []string{"The process behind the port crashes or refuses requests by closing.", "The port is forwarded to something that does not speak HTTP."},
		Run:    runTarget,
	},
}
