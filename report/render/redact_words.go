package render

// This file finds in text what is not for the public.

import (
	"cmp"
	"fmt"
	"iter"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes/policy"
)

// cut stands for what was taken away.
const cut = "…"

const (
	shortest = 22 // characters of base64 that are 128 bits
	surely   = 40 // that are a hash or a key, if they look like one
)

// words are what is to be hidden, and the placeholders given so far. It is not
// safe for concurrent use.
type words struct {
	known    map[string]bool     // secrets of this report, in lower case
	accounts []string            // URLs
	own      map[netip.Addr]bool // this machine's addresses
	ranges   policy.Addresses
	names    map[string]string // what was hidden → its placeholder
	counts   map[string]int    // of placeholders, by their kind
}

func newWords() *words {
	ranges := policy.LetsEncrypt().Addresses
	ranges.Public = []netip.Prefix{ // documentation: demos and examples
		netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
		netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("3fff::/20"),
	}
	return &words{known: map[string]bool{}, own: map[netip.Addr]bool{}, ranges: ranges, names: map[string]string{}, counts: map[string]int{}}
}

// learn makes the parts of a secret known, however they are spelled: a key
// authorization is a token and a thumbprint. A short one is no secret (RFC 8555
// §8: a token has 128 bits at least), and would be found in ordinary words.
func (w *words) learn(secret string) {
	for part := range strings.SplitSeq(secret, ".") {
		if len(part) >= shortest {
			w.known[strings.ToLower(part)] = true
		}
	}
}

// placeholder is the name that stands for a text of a kind, the same each time.
func (w *words) placeholder(kind, text string) string {
	key := kind + " " + text
	if text == "" || w.names[key] != "" {
		return w.names[key]
	}
	w.counts[kind]++
	w.names[key] = fmt.Sprintf("%s-%d", kind, w.counts[kind])
	return w.names[key]
}

// private reports whether an address is to be hidden. The unspecified one says
// nothing.
func (w *words) private(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return a.IsValid() && !a.IsUnspecified() && (w.own[a] || w.ranges.Refusal(a) != "")
}

func (w *words) nameOf(a netip.Addr) string {
	return w.placeholder("private", a.Unmap().WithZone("").String())
}

// addr is an address as a value: a hidden one is the unspecified address with
// its placeholder as the zone.
func (w *words) addr(a netip.Addr) netip.Addr {
	if !w.private(a) {
		return a
	}
	return netip.IPv6Unspecified().WithZone(w.nameOf(a))
}

// An edit replaces the octets [from, to) of a text.
type edit struct {
	from, to int
	with     string
}

var (
	v4      = regexp.MustCompile(`\d{1,3}(?:\.\d{1,3}){3}`)
	zone    = regexp.MustCompile(`^%[0-9A-Za-z_-]+`)
	account = regexp.MustCompile(`(?i)(?:/acct/|/my-account/|/acme/(?:reg|order|authz|authz-v3|chall|chall-v3|finalize)/|accounturi=[^\s";]*/)([0-9A-Za-z_-]+)`)
	contact = regexp.MustCompile(`(?i)mailto:([^\s"'<>]+)`)
	login   = regexp.MustCompile(`://([^/@\s"'<>]+)@`)
	// A path at the very start of a text, or after Location, is a URL's.
	paths = regexp.MustCompile(`(?:[\s"'(=>:])((?:/(?:data|etc|home|media|mnt|opt|private|root|run|srv|tmp|usr|var|Users|Volumes)/|[A-Za-z]:\\)[^\s"'<>,;()]+)`)
)

// hidden is a text without what is to be hidden.
func (w *words) hidden(s string) string { return apply(w.edits(s), s) }

// advice is hidden for text of the catalogue: loopback addresses and paths in it
// are nobody's.
func (w *words) advice(s string) string {
	return apply(slices.DeleteFunc(w.secrets(s, w.addresses(s)), func(e edit) bool {
		a, err := netip.ParseAddr(s[e.from:e.to])
		return err == nil && a.IsLoopback()
	}), s)
}

// edits are what to do to a text, in order and apart from each other.
func (w *words) edits(s string) []edit {
	all := w.secrets(s, w.addresses(s))
	if strings.ContainsAny(s, `/\`) {
		for _, m := range paths.FindAllStringSubmatchIndex(s, -1) {
			file := strings.TrimRight(s[m[2]:m[3]], ":.")
			if !strings.HasSuffix(strings.ToLower(s[:m[2]]), "location: ") {
				all = append(all, edit{m[2], m[2] + len(file), cut + "/" + w.hidden(base(file))})
			}
		}
	}
	return apart(all)
}

// secrets adds what is secret wherever it stands.
func (w *words) secrets(s string, all []edit) []edit {
	for from, to := range stretches(s, shortest, inToken) {
		if part := s[from:to]; w.known[strings.ToLower(part)] || len(part) >= surely && looksRandom(part) {
			all = append(all, edit{from, to, shortened(part)})
		}
	}
	if strings.ContainsAny(s, "/:") {
		all = w.urls(s, all)
	}
	return apart(all)
}

// urls adds what is secret in URLs: the numbers of accounts, and who logs in.
func (w *words) urls(s string, all []edit) []edit {
	if strings.Contains(s, "/acme/") || strings.Contains(strings.ToLower(s), "acc") { // cheaper than the expression
		for _, m := range account.FindAllStringSubmatchIndex(s, -1) {
			all = append(all, edit{m[2], m[3], w.placeholder("account", s[m[2]:m[3]])})
		}
	}
	for _, url := range w.accounts { // those whose URLs look otherwise
		id := base(url)
		for rest := s; strings.Contains(rest, url); {
			rest = rest[strings.Index(rest, url)+len(url):]
			end := len(s) - len(rest)
			all = append(all, edit{end - len(id), end, w.placeholder("account", id)})
		}
	}
	if strings.Contains(s, "@") {
		for _, hides := range []*regexp.Regexp{contact, login} {
			for _, m := range hides.FindAllStringSubmatchIndex(s, -1) {
				all = append(all, edit{m[2], m[3], cut})
			}
		}
	}
	return all
}

// stretches yields the longest parts of a text that have only octets of a kind.
func stretches(s string, least int, of func(byte) bool) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		from := 0
		for i := 0; i <= len(s); i++ {
			if i < len(s) && of(s[i]) {
				continue
			}
			if i-from >= least && !yield(from, i) {
				return
			}
			from = i + 1
		}
	}
}

// inToken reports whether an octet may be of base64url (RFC 4648 §5).
func inToken(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || c == '-' || c == '_'
}

// inAddress reports whether an octet may be of an address.
func inAddress(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'F' || 'a' <= c && c <= 'f' || c == ':' || c == '.'
}

// addresses finds those that are to be hidden.
func (w *words) addresses(s string) (all []edit) {
	for from, to := range stretches(s, len("::1"), inAddress) {
		run := s[from:to]
		switch {
		case strings.Count(run, ":") >= 2:
			if e, ok := w.whole(s, from, to); ok {
				all = append(all, e...)
				continue
			}
		case strings.Count(run, ".") < 3:
			continue
		}
		for _, n := range v4.FindAllStringIndex(run, -1) {
			if a, err := netip.ParseAddr(run[n[0]:n[1]]); err == nil && w.private(a) {
				all = append(all, edit{from + n[0], from + n[1], w.nameOf(a)})
			}
		}
	}
	return all
}

// whole takes a stretch, perhaps with colons and dots around it that are
// punctuation, for one address, if it is one.
func (w *words) whole(s string, from, to int) (out []edit, ok bool) {
	run := s[from:to]
	for _, part := range []string{run, strings.TrimRight(run, ".:"), strings.TrimLeft(run, ".:"), strings.Trim(run, ".:")} {
		a, err := netip.ParseAddr(part)
		if err != nil {
			continue
		}
		if w.private(a) {
			at := from + strings.Index(run, part)
			end := at + len(part)
			end += len(zone.FindString(s[end:]))
			out = append(out, edit{at, end, w.nameOf(a)})
		}
		return out, true
	}
	return nil, false
}

// looksRandom tells a token from a long name: it has all kinds of characters.
func looksRandom(s string) bool {
	return strings.ContainsAny(s, "0123456789") && strings.ToLower(s) != s && strings.ToUpper(s) != s
}

// shortened keeps enough to tell two apart.
func shortened(s string) string {
	const kept = 4
	return s[:kept] + cut
}

// base is the last part of a path of any system.
func base(file string) string {
	file = strings.TrimRight(file, `/\`)
	return file[strings.LastIndexAny(file, `/\`)+1:]
}

// apart sorts edits and drops what overlaps; of two, the longer stays.
func apart(all []edit) []edit {
	slices.SortFunc(all, func(a, b edit) int { return cmp.Or(b.to-b.from-(a.to-a.from), a.from-b.from) })
	var out []edit
	for _, e := range all {
		if !slices.ContainsFunc(out, func(o edit) bool { return e.from < o.to && o.from < e.to }) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b edit) int { return a.from - b.from })
	return out
}

func apply(edits []edit, s string) string {
	if len(edits) == 0 {
		return s
	}
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(s[at:e.from])
		b.WriteString(e.with)
		at = e.to
	}
	b.WriteString(s[at:])
	return b.String()
}

// moved is where an offset of a text is after edits. One within a replaced part
// goes to an end of what replaces it.
func moved(edits []edit, at int, end bool) int {
	shift := 0
	for _, e := range edits {
		switch {
		case at >= e.to:
			shift += len(e.with) - (e.to - e.from)
		case at > e.from && end:
			return e.from + shift + len(e.with)
		case at > e.from:
			return e.from + shift
		}
	}
	return at + shift
}
