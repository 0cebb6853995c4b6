package probes

// This file is what goes to a vantage and comes back from it.

// A Question is one task of an examination.
type Question struct {
	Task  Task
	Proof Proof
	// Decisive marks a question on whose answer the target's readiness depends.
	// The others are for information.
	Decisive bool
}

// Seen is what came of a question.
type Seen struct {
	Question
	Trace   Trace   // of the first perspective
	Remotes []Sight // of the others; nil: nobody else looked
}

// A Sight is the trace of a remote perspective.
type Sight struct {
	Name, RIR string
	Trace     Trace
}
