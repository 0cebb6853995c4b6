package policy

// This file is what a CA makes of a whole challenge: both parts, from every
// perspective.

// A Check is a part of a validation.
type Check string

// The parts of a validation.
const (
	CheckDCV  Check = "dcv" // domain control
	CheckCAA  Check = "caa"
	CheckBoth Check = "both" // domain control, and if that is shown, CAA
)

// A Validation is what a CA made of one challenge.
type Validation struct {
	Valid     bool
	Undecided bool // the look was cut off: nothing else counts
	Problem   *Problem
	Records   []Record // of domain control
	DCV, CAA  *Result  // nil: not checked
	// Perspectives are the remote ones' results, domain control's before
	// CAA's, in the order of the vantages.
	Perspectives []PerspectiveResult
}

// A Result is how one part ended, over all perspectives.
type Result struct {
	Valid   bool     `json:"valid"`
	Problem *Problem `json:"problem"` // nil if valid
}

// A PerspectiveResult is how one part ended at one remote perspective.
type PerspectiveResult struct {
	Check       Check    `json:"check"`
	Perspective string   `json:"perspective"`
	RIR         string   `json:"rir"`
	Valid       bool     `json:"valid"`
	Problem     *Problem `json:"problem"`
}
