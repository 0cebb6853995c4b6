// Package explain recognises what a CA says when it refuses, and says it again
// in plain words: what it means, what usually causes it, what in the sentence
// may mislead, and which command shows more.
//
// It works on text alone, a bare problem detail or a client's whole log, and
// is pure: no network, no clock. It never says more than the text proves: a
// sentence of the CA is where a diagnosis starts, not its end.
//
// The catalogue is one table over several files, by area. An entry's
// sentences are templates; [Recognise] says how they are found.
package explain

import "maps"

// maxMatches bounds what one text may yield.
const maxMatches = 1000

// A Wording says which software words a problem so, and since when.
type Wording string

// The wordings known.
const (
	Today  Wording = "today"  // Let's Encrypt, since September 2026
	Older  Wording = "older"  // Let's Encrypt, before
	Pebble Wording = "pebble" // the test CA
)

// A Pattern is a sentence of the CA with {placeholders}: {url} takes what a
// URL looks like and becomes the argument "url"; {status:5xx} takes what the
// class "5xx" takes and becomes the argument "status". It starts with fixed
// words. Recognition ignores case and how spaces and quotes are written.
type Pattern struct {
	Text    string
	Wording Wording
	// Plain marks words that other software says too. They count only behind
	// the CA's own lead-in (an address, a URL, a problem type), or alone.
	Plain bool
}

// An Entry explains one thing that a CA says.
type Entry struct {
	ID       string    // stable, unique, lower case with dashes
	Type     string    // the ACME problem type, without its URN prefix
	Codes    []string  // acmecheck's codes for what it may mean, likeliest first
	Says     []Pattern // how it is recognised; none in a type's fallback
	Means    string    // two sentences at most
	Causes   []string  // likeliest first
	Misleads string    // what in the CA's words may mislead; usually empty
	// Run is the command to run now, with {method} and {name} in it.
	// [Match.Command] fills it.
	Run string
}

// A Match is one problem found in a text.
type Match struct {
	Entry   *Entry  // shared: not to be changed
	Text    string  // as found, white space collapsed; it is as hostile as its source
	Wording Wording // "" for a type's fallback
	// Args are the particulars: ip, url, host, port, status, rcode, rrtype,
	// name, method, expected, got and such. What the text does not give is
	// absent.
	Args map[string]string
	// Secondary: the CA's remote perspectives say it; its first one passed.
	Secondary bool
	// Remote explains what Secondary adds; nil without it.
	Remote *Entry
}

// Recognise finds the problems in text that a CA words, in their order. It
// takes a bare detail as well as one behind "During secondary validation: ",
// an address, "Fetching <url>: " or a problem type; two that a CA joined with
// "; " are one match if they differ only in the record type. Where
// sentences overlap, the first wins, and of those that start together the one
// with the most fixed words. A problem of a known type in unknown words yields
// that type's fallback. At most 1000 matches are returned; the time taken
// grows with the text's length only.
func Recognise(text string) []Match {
	text = collapse(text)
	var found []Match
	end := 0
	for _, s := range spans(text) {
		gap := text[end:s.start]
		m := s.match(text, lead(gap), end)
		end = s.end
		last := len(found) - 1
		switch {
		case gap != joint || last < 0:
			found = append(found, m)
		case found[last].Entry == m.Entry:
			found[last].join(m)
		default:
			m.follow(found[last])
			found = append(found, m)
		}
		if len(found) == maxMatches {
			break
		}
	}
	return found
}

// joint is what a CA puts between the failures of the A and the AAAA look-up.
const joint = "; "

// join adds the other record type's failure to a match.
func (m *Match) join(other Match) {
	m.Text += joint + other.Text
	if a, b := m.Args["rrtype"], other.Args["rrtype"]; a != b && b != "" {
		m.Args["rrtype"] = a + " and " + b
	}
}

// follow gives m the lead-in that the CA printed only once, before what m
// follows.
func (m *Match) follow(first Match) {
	args := map[string]string{}
	for _, k := range []string{"ip", "url", "name", "method"} {
		if v, ok := first.Args[k]; ok {
			args[k] = v
		}
	}
	maps.Copy(args, m.Args)
	m.Args, m.Secondary, m.Remote = args, first.Secondary, first.Remote
}
