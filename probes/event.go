package probes

import "time"

// An Event tells those who watch an examination how far it has come. It is
// plain data, and has nothing that the traces will not have: whoever misses
// all events misses no fact.
type Event struct {
	Kind     EventKind
	Target   int           // of the run, from 0
	Question int           // of the target's plan, from 0
	Vantage  string        // who looks; empty: EventAnswered
	At       time.Duration // since the run began
	Asked    Question      // EventAsked
	Step     Step          // EventStep
	Seen     Seen          // EventAnswered
}

// An EventKind says what happened.
type EventKind string

// The kinds of event. Of one question at one vantage they come in this order:
// EventAsked, any number of EventStep, EventLooked. EventAnswered is the last of
// a question, when all vantages have looked. Those of different questions
// interleave.
const (
	EventAsked    EventKind = "asked"    // a vantage begins to look
	EventStep     EventKind = "step"     // something was tried
	EventLooked   EventKind = "looked"   // a vantage has seen all
	EventAnswered EventKind = "answered" // nobody looks any more
)
