package tui

import (
	"context"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

// A Request is what to look at.
type Request struct {
	Targets []string  // as typed, [METHOD@]NAME
	Only    *Question // what is asked again; the rest stays as it was seen. Nil: everything is asked
}

// A Question is one of a target: a method, and for CAA the method it is about.
type Question struct {
	Target int // of the request's, from 0
	Method probes.Method
	For    probes.Method
}

// An Update is an event of a look, and what can be said by then.
type Update struct {
	probes.Event

	// Judged is the event's target as far as it has been seen, with EventAnswered.
	Judged *report.Target
	// Note is what is being waited for before anything is looked at; an update
	// with one is no event.
	Note string
}

// A Backend does what screens cannot. Its functions are called outside of
// Update, may block until ctx ends, and are not called again before they have
// returned. Those that are nil are not offered to the user.
type Backend struct {
	// Look looks, tells of it from any goroutine, and returns the report.
	Look func(ctx context.Context, r Request, hear func(Update)) (*report.Report, error)
	// Save writes a report to a file.
	Save func(format, path string, r *report.Report) error
	// Explain returns the page of a code.
	Explain func(code string) string
	// Fault switches the fault of a lab off or on.
	Fault func(ctx context.Context, on bool) error
	// Issue orders a certificate, tells of every step, and returns the report.
	Issue func(ctx context.Context, o Order, hear func(Progress)) (*report.Report, error)
	// CAs are those that Issue can ask, the safest first. What the order will do
	// here, such as which files it writes, is said in Plan.
	CAs  []CA
	Plan func(o Order) []string
	// Now is the clock.
	Now func() time.Time
}

// A CA is one that the wizard offers.
type CA struct {
	Name       string // as --ca takes it
	Title      string
	Production bool // its certificates are real, and its limits count
}

// An Order is what the wizard asks a CA for.
type Order struct {
	Targets []string // [METHOD@]NAME
	CA      CA
}

// A Progress is one line about an order that is under way.
type Progress struct {
	At   time.Duration // since the order began
	Text string
}
