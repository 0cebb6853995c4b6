package report

import "time"

// An Issuance is what came of a real order, in the report.
type Issuance struct {
	CA        CA   `json:"ca"`
	Order     Text `json:"order"`     // its URL; null: the CA took none
	Status    Text `json:"status"`    // the CA's word for it; null: not known
	Rehearsal bool `json:"rehearsal"` // it was not meant to be finalized
	// Watched is set if acmecheck itself answered the challenge, so that the
	// ca_fetches are all there were.
	Watched bool `json:"watched"`
	// Perspectives are the fewest the CA's rules want to look from, its first
	// one included.
	Perspectives   Natural         `json:"perspectives"`
	Steps          []IssuanceStep  `json:"steps"`
	Authorizations []Authorization `json:"authorizations"`
	Certificate    *Certificate    `json:"certificate"`
	Problem        *Problem        `json:"problem"` // that ended the order; null: none did
}

// CA is who was asked.
type CA struct {
	Name      string `json:"name"`
	Directory string `json:"directory"`
	Trusted   *bool  `json:"trusted"` // by browsers; null: not known
}

// An IssuanceStep is one part of the way to a certificate.
type IssuanceStep struct {
	Name      string  `json:"name"`   // directory, account, order, authorization, challenge, finalize, certificate …
	Status    string  `json:"status"` // ok, refused, no_answer
	MS        int64   `json:"ms"`
	CAFetches []Fetch `json:"ca_fetches"` // of the challenge
}

// A Fetch is a request for the challenge that arrived while the CA looked.
type Fetch struct {
	From      string `json:"from"`
	AtMS      int64  `json:"at_ms"` // since the CA was told to look
	UserAgent Text   `json:"user_agent"`
}

// An Authorization is what the CA made of one name.
type Authorization struct {
	Identifier Identifier         `json:"identifier"`
	Wildcard   bool               `json:"wildcard"`
	Method     Text               `json:"method"` // null: no challenge was answered
	Status     string             `json:"status"` // the CA's word
	Problem    *Problem           `json:"problem"`
	Records    []ValidationRecord `json:"validation_records"`
}

// A ValidationRecord is one request that the CA made, in its own field names.
type ValidationRecord struct {
	URL               Text     `json:"url"`
	Hostname          Text     `json:"hostname"`
	Port              Text     `json:"port"`
	AddressesResolved []string `json:"addressesResolved"`
	AddressesTried    []string `json:"addressesTried"`
	AddressUsed       Text     `json:"addressUsed"`
}

// A Certificate is one that was issued.
type Certificate struct {
	Serial   string            `json:"serial"` // in hex
	NotAfter time.Time         `json:"not_after"`
	SANs     []string          `json:"sans"`
	Files    map[string]string `json:"files"` // cert, chain, fullchain, key: where they were written
}
