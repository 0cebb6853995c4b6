package lab

// This file is a place to try an ACME client in: a CA, a name server, and what
// can be wrong with a name.

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// TownOptions say what a Town has. The zero value is as Pebble comes: names
// under lab.test, validated on ports 5002 and 5001; its API and its name server
// listen on ports that the system chooses.
type TownOptions struct {
	// Names are the domains that it has, with all names below them. Empty is
	// lab.test.
	Names []string
	// Listen is where the API listens, and DNS where the name server does.
	Listen, DNS string
	// HTTPPort and TLSPort are where the client answers, on 127.0.0.1.
	HTTPPort, TLSPort int
	// Hear hears of everything at once, from many goroutines. It must not
	// block. Nil hears nothing.
	Hear func(Event)
}

// A Town is a CA, a name server and faults, on loopback. All its names lead to
// 127.0.0.1, where whoever wants certificates answers; those with a fault lead
// elsewhere. It is safe for concurrent use.
//
// It begins empty: accounts, orders and keys of an earlier one are unknown to
// it. Authorizations are not reused, so that a fault is seen at once.
type Town struct {
	CA   *CA
	Zone *Zone
	// Key may write TXT records anywhere in the town, by RFC 2136.
	Key Key

	ctx       context.Context //nolint:containedctx // the life of the faults' servers, ended by Close
	cancel    context.CancelFunc
	names     []string
	http, tls int
	journal   journal

	mu       sync.Mutex
	standing map[string]standing // by name, guarded by mu
	last     byte                // of the last address given to a fault, guarded by mu
}

// A standing fault is one that is set.
type standing struct {
	SetFault
	lab *Lab // nil: it is in DNS alone
}

// A SetFault is what is wrong with a name.
type SetFault struct {
	Fault   string     `json:"fault"`
	Name    string     `json:"name"`
	Address netip.Addr `json:"address,omitzero"` // where the name leads; none: where it always did
}

// A BadRequest is the fault of whoever asks.
type BadRequest string

// Error says what is wrong with the request.
func (b BadRequest) Error() string { return string(b) }

// StartTown starts a Town, which Close ends.
func StartTown(ctx context.Context, o TownOptions) (*Town, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	t := &Town{
		Key: Key{Name: "lab", Secret: secret, Writes: o.Names}, names: o.Names, http: o.HTTPPort, tls: o.TLSPort,
		journal: journal{hear: o.Hear, kept: map[EventKind][]Event{}}, standing: map[string]standing{}, last: 1,
	}
	t.ctx, t.cancel = context.WithCancel(ctx)
	var err error
	t.Zone, err = StartZone(ctx, ZoneOptions{
		// It is the root too, so that a climb for CAA ends with an answer.
		Listen: o.DNS, Names: append([]string{"."}, o.Names...), Hosts: o.Names,
		Addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")}, Keys: []Key{t.Key}, Seen: t.asked,
	})
	if err != nil {
		t.cancel()
		return nil, fmt.Errorf("the name server: %w", err)
	}
	t.CA, err = StartCA(ctx, CAOptions{
		Listen: o.Listen, Resolver: t.Zone.Address().String(), HTTPPort: o.HTTPPort, TLSPort: o.TLSPort, Strict: true, Seen: t.validated,
	})
	if err != nil {
		t.cancel()
		t.Zone.Close()
		return nil, fmt.Errorf("the CA: %w", err)
	}
	return t, nil
}

// hostName is the form of names that worlds and zones agree on.
var hostName = regexp.MustCompile(`^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$`)

func (o *TownOptions) complete() error {
	if len(o.Names) == 0 {
		o.Names = []string{"lab.test"}
	}
	if o.HTTPPort == 0 {
		o.HTTPPort = 5002
	}
	if o.TLSPort == 0 {
		o.TLSPort = 5001
	}
	o.Names = slices.Clone(o.Names)
	for i, n := range o.Names {
		if o.Names[i] = plain(n); !hostName.MatchString(o.Names[i]) {
			return BadRequest(fmt.Sprintf("%q is not a domain name", n))
		}
	}
	for _, p := range []int{o.HTTPPort, o.TLSPort} {
		if p < 1 || p > 65535 || o.HTTPPort == o.TLSPort {
			return BadRequest(fmt.Sprintf("ports %d and %d: they are from 1 to 65535, and two", o.HTTPPort, o.TLSPort))
		}
	}
	return nil
}

// plain is a name in lower case, without a final dot and a wildcard's star.
func plain(name string) string {
	return strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(name), "."), "*.")
}

// Close ends the Town. Until the process ends a goroutine of the CA's stays.
func (t *Town) Close() {
	t.cancel()
	t.CA.Close()
	t.Zone.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.standing {
		s.stop()
	}
	clear(t.standing)
}

// Names are the domains of the town.
func (t *Town) Names() []string { return t.names }

// SetFault makes something wrong with a name, in place of what was wrong with
// it before. A wildcard's challenges are those of its base name.
func (t *Town) SetFault(fault, name string) (SetFault, error) {
	var none SetFault
	f, err := findFault(fault)
	if err != nil {
		return none, err
	}
	if name = plain(name); !hostName.MatchString(name) || !t.has(name) {
		return none, BadRequest(fmt.Sprintf("%s is not a name of this lab: it has those under %s", name, strings.Join(t.names, ", ")))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	s := standing{SetFault: SetFault{Fault: f.Name, Name: name}}
	if f.demo != "" {
		if err := t.house(&s, f); err != nil {
			return none, fmt.Errorf("%s for %s: %w", fault, name, err)
		}
	}
	if err := t.lead(&s); err != nil {
		s.stop()
		return none, err
	}
	t.standing[name].stop()
	t.standing[name] = s
	t.journal.add(Event{At: time.Now(), Kind: EventFault, Name: name, What: fault, Answer: "set"})
	return s.SetFault, nil
}

func (t *Town) has(name string) bool {
	return slices.ContainsFunc(t.names, func(n string) bool { return dns.IsSubDomain(n, name) })
}

// house gives a fault an address and its servers. The next address is one that
// was not used for longest.
func (t *Town) house(s *standing, f *Fault) (err error) {
	if err := ownAddresses(); err != nil {
		return err
	}
	taken := func(a netip.Addr) bool {
		for _, other := range t.standing {
			if other.Address == a {
				return true
			}
		}
		return false
	}
	const lowest, highest = 2, 254
	for range highest - lowest + 1 {
		if t.last++; t.last > highest {
			t.last = lowest
		}
		if s.Address = netip.AddrFrom4([4]byte{127, 0, 0, t.last}); !taken(s.Address) {
			s.lab, err = t.stand(f, s.Name, s.Address)
			return err
		}
	}
	return fmt.Errorf("there are %d faults with servers; clear one", len(t.standing))
}

// lead makes DNS say what belongs to a fault. The zero fault is none.
func (t *Town) lead(s *standing) error {
	var to []string
	if s.Address.IsValid() {
		to = append(to, s.Address.String())
	}
	if err := t.Zone.Set(s.Name, "A", to...); err != nil {
		return err
	}
	t.Zone.setFault(s.Name, dnsFaults[s.Fault])
	return nil
}

func (s standing) stop() {
	if s.lab != nil {
		s.lab.Close()
	}
}

// ClearFault makes all well with a name, and returns what was wrong with it.
func (t *Town) ClearFault(name string) (SetFault, error) {
	name = plain(name)
	t.mu.Lock()
	defer t.mu.Unlock()
	s, ok := t.standing[name]
	if !ok {
		return SetFault{}, BadRequest(name + " has no fault")
	}
	if err := t.lead(&standing{SetFault: SetFault{Name: name}}); err != nil {
		return SetFault{}, err
	}
	s.stop()
	delete(t.standing, name)
	t.journal.add(Event{At: time.Now(), Kind: EventFault, Name: name, What: s.Fault, Answer: "cleared"})
	return s.SetFault, nil
}

// Wrong lists the faults that are set, by name.
func (t *Town) Wrong() []SetFault {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := []SetFault{}
	for _, s := range t.standing {
		out = append(out, s.SetFault)
	}
	slices.SortFunc(out, func(a, b SetFault) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Last are the last events of a kind, the oldest first.
func (t *Town) Last(kind EventKind) []Event {
	t.CA.watch.settle()
	return t.journal.last(kind)
}

func (t *Town) validated(v Validation) {
	t.journal.add(Event{At: v.At, Kind: EventValidation, Name: v.Name, What: v.Method, Answer: v.Status, Detail: v.Problem})
}

func (t *Town) asked(q Query) {
	t.journal.add(Event{At: q.At, Kind: EventQuestion, Name: q.Name, What: q.Type, Answer: q.Answer})
}
