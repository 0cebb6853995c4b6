package solve

// This file waits for what name servers say.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/policy"
	"github.com/acmecheck/acmecheck/probes/wire"
)

// A Sighting is what one server says of a value.
type Sighting struct {
	Server   Server
	Has      bool          // it gives the value
	Answered bool          // with authority, so that not to have the value means that it is not there
	Says     string        // otherwise: NXDOMAIN, "2 other values", timeout …; of a skipped server why
	At       time.Duration // since the waiting began
	// Skipped servers cannot be asked from here, an IPv6 address from a machine
	// that has only IPv4 for instance. Nobody waits for them.
	Skipped bool
}

func (s Sighting) String() string {
	if s.Has {
		return s.Server.String() + " has it"
	}
	return s.Server.String() + ": " + s.Says
}

// An Overdue is what Await and Gone return when the context ends first.
type Overdue struct {
	Place   Place
	Gone    bool       // it was to go
	Servers []Sighting // the last of each server
	Err     error      // why the waiting ended
}

// Missing are the sightings of the servers that were waited for in vain.
func (o *Overdue) Missing() []Sighting {
	return slices.DeleteFunc(slices.Clone(o.Servers), func(s Sighting) bool { return s.settled(!o.Gone) })
}

func (o *Overdue) Error() string {
	var who []string
	missing := o.Missing()
	for _, s := range missing {
		who = append(who, s.String())
	}
	asked := 0
	for _, s := range o.Servers {
		if !s.Skipped {
			asked++
		}
	}
	if asked == 0 && len(o.Servers) > 0 {
		return fmt.Sprintf("name servers of %s: %v: %s", o.Place.Zone, o.Err, o.Servers[0])
	}
	what := "do not give the new value"
	if o.Gone {
		what = "may still give the value"
	}
	return fmt.Sprintf("%d of %d name servers of %s %s of %s: %s: %v",
		len(missing), asked, o.Place.Zone, what, o.Place.Target, strings.Join(who, ", "), o.Err)
}

// Unwrap is why the waiting ended.
func (o *Overdue) Unwrap() error { return o.Err }

// Await waits until every authoritative server gives the challenge's value,
// each asked itself. n.Refuses has the last word on whom it may ask. seen hears
// when a server is first asked and when its answer changes, one call at a
// time; nil hears nothing. When ctx ends first, the error is an *Overdue.
//
// How often it asks depends on how long it has been waiting and on the zone's
// SOA: its refresh is how often its own secondaries ask.
func Await(ctx context.Context, n *wire.Net, c Challenge, seen func(Sighting)) error {
	return watch(ctx, n, c, &vigil{want: true, seen: seen})
}

// Gone is Await for the value to be no longer there.
func Gone(ctx context.Context, n *wire.Net, c Challenge, seen func(Sighting)) error {
	return watch(ctx, n, c, &vigil{want: false, seen: seen})
}

func watch(ctx context.Context, n *wire.Net, c Challenge, v *vigil) error {
	name, value, err := c.record()
	if err != nil {
		return err
	}
	v.net, v.value, v.began = n, value, time.Now()
	if v.place, err = Locate(ctx, n, name); err != nil {
		return err
	}
	for _, s := range v.place.Servers {
		v.last = append(v.last, Sighting{Server: s, Says: "not asked yet"})
	}
	return v.keep(ctx)
}

// A vigil is one waiting.
type vigil struct {
	net   *wire.Net
	place Place
	value string
	want  bool // the value is to be there
	seen  func(Sighting)
	began time.Time

	mu   sync.Mutex
	last []Sighting // by server; guarded by mu
}

func (v *vigil) keep(ctx context.Context) error {
	for waited := false; ; waited = true {
		v.round(ctx, v.pending())
		if waited && len(v.pending()) == 0 {
			// Behind one address there may be several servers that take turns.
			v.round(ctx, v.asked())
		}
		if len(v.asked()) == 0 {
			return &Overdue{v.place, !v.want, v.last, errUnreachable}
		}
		if len(v.pending()) == 0 {
			return nil
		}
		if err := wait(ctx, pace(time.Since(v.began), v.place.Refresh)); err != nil {
			return &Overdue{v.place, !v.want, v.last, err}
		}
	}
}

var errUnreachable = errors.New("none of them can be asked from here")

// pace is how long to wait before asking again: ever longer, so that a minute
// is measured by seconds and an hour by minutes, but never so long that a zone
// of quick secondaries is kept waiting.
func pace(waited, refresh time.Duration) time.Duration {
	const (
		least   = 250 * time.Millisecond
		most    = 30 * time.Second
		unknown = time.Hour
	)
	if refresh <= 0 {
		refresh = unknown
	}
	slowest := min(max(refresh/10, time.Second), most)
	return min(max(waited/8, least), slowest)
}

// round asks servers, all at once.
func (v *vigil) round(ctx context.Context, servers []int) {
	var wg sync.WaitGroup
	for _, i := range servers {
		wg.Go(func() {
			s := v.look(ctx, v.place.Servers[i])
			if ctx.Err() == nil || s.settled(v.want) {
				v.note(i, s)
			}
		})
	}
	wg.Wait()
}

// look asks one server.
func (v *vigil) look(ctx context.Context, server Server) Sighting {
	s := Sighting{Server: server, Says: skipped(v.net, server)}
	if s.Skipped = s.Says != ""; !s.Skipped {
		l, f := v.net.Lookup(ctx, probes.Lookup{Name: v.place.Target, Type: "TXT", Server: server.Addr}, wire.Patience{Try: patience.Try, Tries: 1})
		s.says(l, f, v.value)
		s.Skipped = f != nil && (f.Kind == probes.FaultNetUnreachable || f.Kind == probes.FaultLocal)
	}
	s.At = time.Since(v.began)
	return s
}

// skipped says why a server is not asked; "" if it is.
func skipped(n *wire.Net, s Server) string {
	switch {
	case !s.Addr.IsValid():
		return "its name has no address"
	case n.Refuses != nil:
		return n.Refuses(s.Addr.Addr())
	}
	return ""
}

// says reads an answer: whether the value is in it, and if not what is. An
// answer without authority is somebody's memory.
func (s *Sighting) says(l probes.Lookup, f *probes.Fault, value string) {
	switch {
	case f != nil:
		s.Says = string(f.Kind)
		return
	case l.RCode != "NOERROR" && l.RCode != "NXDOMAIN":
		s.Says = l.RCode
		return
	case !l.AA:
		s.Says = "no authority"
		return
	}
	values := policy.TXTValues(l)
	s.Answered = true
	s.Has = slices.ContainsFunc(values, func(v string) bool { return policy.Raw(v) == value })
	switch {
	case s.Has:
	case l.RCode != "NOERROR":
		s.Says = l.RCode
	case len(values) == 0:
		s.Says = "no value"
	default:
		s.Says = strconv.Itoa(len(values)) + " other " + plural(len(values), "value")
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// settled reports whether nobody waits for the server any more. That a value
// has gone takes an answer that says so.
func (s Sighting) settled(want bool) bool {
	return s.Skipped || s.Answered && s.Has == want
}

// note keeps what a server says, and tells if it is news.
func (v *vigil) note(i int, s Sighting) {
	v.mu.Lock()
	defer v.mu.Unlock()
	old := v.last[i]
	if old.Has == s.Has && old.Says == s.Says {
		return // it has said so since then
	}
	v.last[i] = s
	if v.seen != nil {
		v.seen(s)
	}
}

// pending are the servers that are still waited for.
func (v *vigil) pending() []int {
	return v.which(func(s Sighting) bool { return !s.settled(v.want) })
}

// asked are the servers that can be asked.
func (v *vigil) asked() []int {
	return v.which(func(s Sighting) bool { return !s.Skipped })
}

func (v *vigil) which(ok func(Sighting) bool) []int {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []int
	for i, s := range v.last {
		if ok(s) {
			out = append(out, i)
		}
	}
	return out
}
