package lab

import (
	"sync"
	"time"
)

// An EventKind is what kind of thing happened.
type EventKind string

// The kinds of events.
const (
	EventValidation EventKind = "validation" // the CA looks at a challenge, or has decided
	EventRequest    EventKind = "request"    // an HTTP request reached a fault's server
	EventQuestion   EventKind = "question"   // the name server was asked or written to
	EventFault      EventKind = "fault"      // a fault was set or cleared
)

// An Event is a thing that happened in a Town. Its strings may come from the
// network.
type Event struct {
	At     time.Time `json:"at"`
	Kind   EventKind `json:"event"`
	Name   string    `json:"name"`             // what it was about
	What   string    `json:"what"`             // method, request line, record type, or fault
	Answer string    `json:"answer"`           // status, fault that answered, DNS code, or set and cleared
	Detail string    `json:"detail,omitempty"` // the CA's problem
}

// keptEvents is how many events of a kind are remembered.
const keptEvents = 50

// A journal keeps the last events of each kind.
type journal struct {
	hear func(Event) // nil: nobody

	mu   sync.Mutex
	kept map[EventKind][]Event // guarded by mu
}

func (j *journal) add(e Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	k := append(j.kept[e.Kind], e)
	j.kept[e.Kind] = k[max(0, len(k)-keptEvents):]
	if j.hear != nil {
		j.hear(e)
	}
}

// last are the last events of a kind, the oldest first.
func (j *journal) last(kind EventKind) []Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Event{}, j.kept[kind]...)
}
