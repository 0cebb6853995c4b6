package explain

// This file reads problems that a client prints on one line, framed by the
// problem's type: lego "[name] acme: error: 400 :: urn:... :: detail", Go's
// acme package "acme: authorization error for name: 400 urn:...: detail",
// acmez "HTTP 400 urn:... - detail", certbot "urn:... :: title :: detail".

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
)

const maxFrame = 512 // what stands in front of a type and matters

var (
	frameStatus = regexp.MustCompile(`\b(\d{3})(?: :: [A-Z]+ :: \S+)?(?: ::| -|:)? \z`)
	frameName   = regexp.MustCompile(`\[([^\]\s]+)\] acme: |authorization error for ([^\s:]+): |for the domains \[([^\]\s]+)\]: `)
	frameQuote  = regexp.MustCompile(`\w="`)
	fieldName   = regexp.MustCompile(`\bdnsName="([^"\s]+)"`)
	fieldMethod = regexp.MustCompile(`\btype="([A-Za-z0-9-]+)"`)
)

// readFramed reads the problems of a text.
func readFramed(text string) []finding {
	if !strings.Contains(lower(text), "acme:error:") {
		return readTitled(text)
	}
	var found []finding
	for line := range strings.Lines(text) {
		first := urn.FindStringIndex(line)
		if first == nil {
			continue
		}
		if q := frameQuote.FindAllStringIndex(line[:first[0]], -1); q != nil {
			found = append(found, readField(line[q[len(q)-1][1]:])...)
		} else {
			found = append(found, readFrames(line)...)
		}
	}
	return found
}

// readField reads a quoted field of a log line. lego's text is one line for
// each name in it; what follows the field may say more about the problem.
func readField(s string) []finding {
	value, fields := closing(s)
	var found []finding
	for line := range strings.Lines(value) {
		found = append(found, readFrames(line)...)
	}
	name, method := submatch(fieldName, fields), strings.ToLower(submatch(fieldMethod, fields))
	for i := range found {
		found[i].Name = cmp.Or(found[i].Name, name)
		if methods[method] {
			found[i].Method = method
		}
	}
	return found
}

// readFrames reads the problems of one line.
func readFrames(line string) []finding {
	var found []finding
	from := 0
	types := urn.FindAllStringSubmatchIndex(line, maxProblems)
	for i, t := range types {
		to := len(line)
		if i+1 < len(types) {
			to = types[i+1][0]
		}
		p := framed(line[max(from, t[0]-maxFrame):t[0]], line[t[1]:to])
		p.Type = line[t[2]:t[3]]
		if p.Detail != "" {
			found = append(found, finding{Problem: p})
		}
		from = t[1]
	}
	return found
}

// framed reads what stands before and after a type.
func framed(before, after string) Problem {
	p := Problem{Detail: framedDetail(after)}
	if m := frameStatus.FindStringSubmatch(before); m != nil {
		p.Status, _ = strconv.Atoi(m[1]) // three digits
	}
	for _, m := range frameName.FindAllStringSubmatch(before, -1) {
		p.Name = strings.Trim(cmp.Or(m[1], m[2], m[3]), `"`)
	}
	return p
}

func submatch(re *regexp.Regexp, s string) string {
	if m := re.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

// closing splits at the quote that ends a logged value, and undoes the
// value's escapes.
func closing(s string) (value, rest string) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			value, rest = s[:i], s[i+1:]
			if plain, err := strconv.Unquote(`"` + value + `"`); err == nil {
				value = plain
			}
			return value, rest
		}
	}
	return s, ""
}

// framedDetail takes the detail out of what follows a type.
func framedDetail(after string) string {
	detail := strings.TrimLeft(after, ` "`)
	separated := false
	for _, sep := range []string{"::", ":", "-"} {
		if rest, ok := strings.CutPrefix(detail, sep+" "); ok {
			detail, separated = rest, true
			break
		}
	}
	if !separated {
		return ""
	}
	if title, rest, ok := strings.Cut(detail, " :: "); ok && titles[title] != "" {
		detail = rest
	}
	for _, end := range []string{", url:", `, problem: "`} {
		detail, _, _ = strings.Cut(detail, end)
	}
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(detail), `\n`))
}

// titles are certbot's headings of problem types.
var titles = map[string]string{
	"The server could not connect to the client to verify the domain":                              "connection",
	"There was a problem with a DNS query during identifier validation":                            "dns",
	"There was a problem with a DNS query":                                                         "dns",
	"The server could not resolve a domain name":                                                   "dns",
	"The server experienced a TLS error during domain verification":                                "tls",
	"The server experienced a TLS error during validation":                                         "tls",
	"The client lacks sufficient authorization":                                                    "unauthorized",
	"There were too many requests of a given type":                                                 "rateLimited",
	"The server will not issue certificates for the identifier":                                    "rejectedIdentifier",
	"Certification Authority Authorization (CAA) records forbid the CA from issuing a certificate": "caa",
	"The request message was malformed":                                                            "malformed",
	"The server experienced an internal error":                                                     "serverInternal",
	"The client sent an unacceptable anti-replay nonce":                                            "badNonce",
	"The CSR is unacceptable (e.g., due to a short key)":                                           "badCSR",
	"The request specified an account that does not exist":                                         "accountDoesNotExist",
	"The request must include a value for the \"externalAccountBinding\" field":                    "externalAccountRequired",
}

// readTitled reads certbot's "title :: detail", which it prints without the
// type once it stops.
func readTitled(text string) []finding {
	title, detail, ok := strings.Cut(text, " :: ")
	if i := strings.LastIndex(title, ": "); i >= 0 && titles[title] == "" {
		title = title[i+2:] // the name of an exception in the debug log
	}
	kind := titles[strings.TrimSpace(title)]
	if !ok || kind == "" {
		return nil
	}
	return []finding{{Problem: Problem{Type: kind, Detail: strings.TrimSpace(detail)}}}
}
