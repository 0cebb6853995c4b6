package probes

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// An Ask is the next thing a CA does, as plain data: the question half of a
// Fact, and the patience the CA has for it.
type Ask struct {
	Fact Fact
	// Limit is how long the CA waits for one try.
	Limit time.Duration
	// Tries is how often a lookup is tried; 0 means once.
	Tries int
	// Left is what is left of the CA's time for everything.
	Left time.Duration
	// Hop is the number of the HTTP request this is part of, from 1.
	Hop int
	// Else is where the CA turns if this dial fails; the zero value: nowhere.
	// An observer in a hurry may try it at the same time.
	Else netip.AddrPort
}

// Look does everything asked, all at once, and returns one Step an Ask in the
// same order. The look of a walker has a network behind it; that of a judge,
// a trace.
type Look func(asks ...Ask) []Step

// A Step is one thing that was tried and what came of it.
type Step struct {
	// ID counts the steps of a task from 1, in the order the CA takes them,
	// so that it does not depend on how things interleave.
	ID int
	// Hop is the number of the HTTP request the step belongs to; 0: of none.
	Hop int
	// At is when it began, since the walk began. It is for showing.
	At time.Duration
	// Took is how long the CA would have spent on it. The CA's clock is the
	// sum of these, whatever the order in which we really looked.
	Took time.Duration
	// Beyond marks a look the CA does not make, and says what for. It explains
	// a verdict and never makes one.
	Beyond Beyond
	// Errand is the number of the errand a step beyond belongs to, from 1.
	Errand int
	Fact   Fact
	Fault  *Fault // nil when there was an answer
}

// A Trace is what one task saw: Given, then the steps by ID.
type Trace []Step

// Given returns the question of a trace, and whether it has one.
func (t Trace) Given() (Given, bool) {
	if len(t) == 0 {
		return Given{}, false
	}
	g, ok := t[0].Fact.(Given)
	return g, ok
}

// Replay is a Look over recorded steps: pure, and for one use. It hands out
// the steps of the trace in order. Asked for something the trace does not
// hold next, it answers with a FaultCanceled step, as a walk that was cut off
// there would have.
func (t Trace) Replay() Look {
	rest := make([]Step, 0, len(t))
	for _, s := range t {
		if _, given := s.Fact.(Given); !given && s.Beyond == "" {
			rest = append(rest, s)
		}
	}
	return func(asks ...Ask) []Step {
		out := make([]Step, len(asks))
		for i, a := range asks {
			if len(rest) > 0 && a.Fact.Same(rest[0].Fact) {
				out[i], rest = rest[0], rest[1:]
				continue
			}
			rest = nil
			out[i] = Step{Hop: a.Hop, Fact: a.Fact, Fault: &Fault{Kind: FaultCanceled, Op: a.Fact.Kind()}}
		}
		return out
	}
}

// step is a Step in JSON: milliseconds, and the fact under its kind.
type step struct {
	ID     int             `json:"id"`
	Hop    int             `json:"hop,omitempty"`
	At     int64           `json:"at_us"`
	Took   int64           `json:"took_us"`
	Beyond Beyond          `json:"beyond,omitempty"`
	Errand int             `json:"errand,omitempty"`
	Kind   string          `json:"kind"`
	Fact   json.RawMessage `json:"fact"`
	Fault  *Fault          `json:"fault"`
}

// MarshalJSON writes the step with its fact's kind.
func (s Step) MarshalJSON() ([]byte, error) {
	raw, err := json.Marshal(s.Fact)
	if err != nil {
		return nil, fmt.Errorf("encoding fact: %w", err)
	}
	return json.Marshal(step{
		ID: s.ID, Hop: s.Hop, At: s.At.Microseconds(), Took: s.Took.Microseconds(),
		Beyond: s.Beyond, Errand: s.Errand, Kind: s.Fact.Kind(), Fact: raw, Fault: s.Fault,
	})
}

// ErrUnknownKind is the error of a step with a fact of a kind that is not known:
// a newer version may have written it.
var ErrUnknownKind = errors.New("unknown kind")

// UnmarshalJSON reads what MarshalJSON wrote. An unknown kind is ErrUnknownKind.
func (s *Step) UnmarshalJSON(b []byte) error {
	var w step
	if err := json.Unmarshal(b, &w); err != nil {
		return fmt.Errorf("decoding step: %w", err)
	}
	*s = Step{
		ID: w.ID, Hop: w.Hop, At: time.Duration(w.At) * time.Microsecond,
		Took: time.Duration(w.Took) * time.Microsecond, Beyond: w.Beyond, Errand: w.Errand, Fault: w.Fault,
	}
	var err error
	switch w.Kind {
	case Given{}.Kind():
		s.Fact, err = decode[Given](w.Fact)
	case Lookup{}.Kind():
		s.Fact, err = decode[Lookup](w.Fact)
	case Dial{}.Kind():
		s.Fact, err = decode[Dial](w.Fact)
	case Handshake{}.Kind():
		s.Fact, err = decode[Handshake](w.Fact)
	case Fetch{}.Kind():
		s.Fact, err = decode[Fetch](w.Fact)
	case Route{}.Kind():
		s.Fact, err = decode[Route](w.Fact)
	case Served{}.Kind():
		s.Fact, err = decode[Served](w.Fact)
	case Exchange{}.Kind():
		s.Fact, err = decode[Exchange](w.Fact)
	default:
		err = fmt.Errorf("%w %q", ErrUnknownKind, w.Kind)
	}
	if err != nil {
		return fmt.Errorf("decoding fact of step %d: %w", w.ID, err)
	}
	return nil
}

func decode[F Fact](raw json.RawMessage) (F, error) {
	var f F
	err := json.Unmarshal(raw, &f)
	return f, err
}
