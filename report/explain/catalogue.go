package explain

// This file gathers the catalogue.

import (
	"slices"
	"strings"
)

// The commands entries offer. Without a known method {method}@ is left out.
const (
	runTarget     = "acmecheck {method}@{name}"
	runTargetDeep = "acmecheck {method}@{name} --deep"
	runHTTP       = "acmecheck http-01@{name}"
	runWebroot    = "acmecheck http-01@{name} --webroot DIR"
	runDeepHTTP   = "acmecheck http-01@{name} --deep"
	runDNS        = "acmecheck dns-01@{name}"
	runDNSDeep    = "acmecheck dns-01@{name} --deep"
	runPersist    = "acmecheck dns-persist-01@{name}"
	runALPN       = "acmecheck tls-alpn-01@{name}"
	runCAA        = "acmecheck caa@{name}"
	runAny        = "acmecheck {name}"
)

// Entries returns the whole catalogue, by area; fallbacks come last. The
// entries are shared and not to be changed.
func Entries() []*Entry {
	var all []*Entry
	for _, area := range [][]Entry{
		connectEntries, redirectEntries, responseEntries, dnsEntries, txtEntries, persistEntries, tlsEntries, alpnEntries,
		caaEntries, mpicEntries, nameEntries, orderEntries, limitEntries, accountEntries, fallbackEntries,
	} {
		for i := range area {
			all = append(all, &area[i])
		}
	}
	return all
}

// fallback returns what explains a problem type alone, nil for a type that
// ACME does not know.
func fallback(problemType string) *Entry {
	i := slices.IndexFunc(fallbackEntries, func(e Entry) bool { return strings.EqualFold(e.Type, problemType) })
	if i < 0 {
		return nil
	}
	return &fallbackEntries[i]
}
