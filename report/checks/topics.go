package checks

// A Topic is a page about more than one code.
type Topic struct {
	Name  string
	Title string
	Body  []string // paragraphs; a line that begins with two spaces is to be typed or copied
}

// Topics returns the pages that explain has beside the codes, in order of name.
func Topics() []Topic { return topics }

// TopicByName returns a topic, or nil.
func TopicByName(name string) *Topic {
	for i := range topics {
		if topics[i].Name == name {
			return &topics[i]
		}
	}
	return nil
}

var topics = []Topic{
	{"allow-list", "Why there is no list of the CA's addresses", []string{
		"A CA validates from several networks at once and changes them without notice, so that nobody can prepare an answer for it alone. Let's Encrypt publishes no list; any list you find is wrong sooner or later, and validation then fails at a renewal, at night.",
		"What can be narrowed is the path, the port and the time: let everybody in to port 80, but only for /.well-known/acme-challenge/*; or open the port in a hook of the ACME client and close it afterwards:",
		"  certbot renew --pre-hook 'ufw allow 80/tcp' --post-hook 'ufw delete allow 80/tcp'",
		"If that is still too much, use dns-01: it needs no inbound connection at all. See: acmecheck explain delegation",
	}},
	{"credentials", "Keeping DNS credentials off the web server", []string{
		"dns-01 needs a key that can write a TXT record. A key that can write the whole zone can also redirect your mail and your site, so it should not lie on a web server.",
		"Give the client a key for one name only: many providers can limit a token to a record, and a name server with TSIG can limit it by update-policy:",
		"  update-policy { grant acme-key name _acme-challenge.example.com. TXT; };",
		"Or delegate: point _acme-challenge with a CNAME to a zone that holds nothing else, and let the key write only there. See: acmecheck explain delegation",
	}},
	{"delegation", "Delegating the challenge name", []string{
		"The CA follows a CNAME at _acme-challenge. So the challenge can live in a zone of its own, on a name server that is easy to update, while the zone of your site stays as it is:",
		"  _acme-challenge.example.com.  CNAME  com.example.acme.host.net.",
		"For many names: acmecheck delegate names --zone acme.host.net < domains.txt",
		"The zone it leads to may be empty between orders: that is normal. It has to answer with authority, and the ACME client has to be able to write there. One name server is enough for such a zone.",
	}},
	{"firewall", "What a firewall has to let in", []string{
		"For http-01 the CA opens new connections to TCP port 80 of the addresses in DNS, from several networks. It does not answer on the connection by which your client talks to it: that your server can reach the outside proves nothing.",
		"So the rule is: inbound, NEW, TCP 80, from any source, to the address of the server. A content filter may narrow it to the path /.well-known/acme-challenge/*. For redirects to https the same holds for TCP 443.",
		"A port that is dropped gives the CA \"Timeout during connect\"; one that is closed gives \"Connection refused\"; a firewall that rejects by ICMP is named by acmecheck with its address.",
		"A text for the firewall team:",
		"  acmecheck --ticket example.com",
	}},
	{"hops", "What counts as a hop", []string{
		"A hop is one HTTP request. Today's Let's Encrypt makes at most 10: the first and 9 redirects. An attempt at a dead IPv6 address that falls back to IPv4 uses one.",
		"Its documentation says up to 10 redirects deep, and before 28 September 2026 it followed 11. acmecheck says how many requests are used from the ninth on.",
		"Redirects are followed to http and https on ports 80 and 443, with the statuses 301, 302, 307 and 308. The certificate behind a redirect to https is not looked at.",
	}},
	{"ipv6", "IPv6 first, and when IPv4 gets a turn", []string{
		"If a name has an IPv6 address, the CA tries that first. It comes back to IPv4 only if it cannot connect: a refused connection costs nothing, a dropped one 10 of its 20 seconds.",
		"If the connection succeeds and anything fails after it (another server's 404, a reset, silence), there is no second try. An AAAA record that leads to another server than the A record is the most common fault of this kind.",
		"So: either serve the challenge over IPv6 too, or remove the AAAA record.",
	}},
	{"port-80", "Why port 80 has to be open", []string{
		"http-01 always begins on port 80, whatever port your site lives on: the ports below 1024 are what shows that you control the machine (Baseline Requirements 3.2.2.4.19). No setting of a client changes that; a client that listens on another port needs port 80 forwarded to it.",
		"Port 80 may redirect, to port 443 and to other hosts. It need not serve anything else than /.well-known/acme-challenge/.",
		"If port 80 cannot be opened: tls-alpn-01 uses port 443, dns-01 uses none.",
	}},
	{"private-ca", "Names and addresses that are not public", []string{
		"A public CA has to reach the name from the Internet (or see its TXT record there), and every certificate is published in Certificate Transparency logs. For intranet hosts there are two ways.",
		"A CA of your own, for devices that you manage: no validation from outside, nothing published, any name, .local and .internal included. step-ca speaks ACME, as others do, so the clients stay the same; its root certificate has to be installed on every device.",
		"dns-01 with a public name: the host stays unreachable, the name becomes public. Names that end in .local or have no dot cannot have this.",
	}},
	{"waf", "Filters that know the CA", []string{
		"A content filter may refuse by User-Agent, by path, or by country. acmecheck asks in four ways when a request is refused: with the CA's User-Agent and curl's, for the challenge path and another. What differs tells what the filter goes by.",
		"The exception it needs: GET /.well-known/acme-challenge/* from any source with any User-Agent. The User-Agent can be forged and differs from CA to CA, and the sources change, so neither makes a good rule.",
		"Filters by country let the CA's first perspective in and its others not: \"During secondary validation\".",
	}},
}
