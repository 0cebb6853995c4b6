package render

// This file draws what DNS said: the names from the root down, under each what
// was asked of it, who answered, and where an alias leads.

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/report"
)

const (
	rowHeight  = 22
	rowIndent  = 22
	rowsMost   = 90 // of a drawing
	dataWidth  = 62 // runes of an answer
	answersMax = 6  // of one question
)

// A treeView is a drawing of names.
type treeView struct {
	ID, Title, Desc string
	Height          int
	Rows            []treeRow
	Left            int // rows for which there is no room
}

// A treeRow is a name, or an answer below it.
type treeRow struct {
	X, Y        int
	Top         int    // where the line from its parent begins; 0: it has none
	Name, Badge string // of a name
	Type, Data  string // of an answer
	By          string // who answered
	Own         bool   // the CA asks for it too
	Class       string // of an answer: good, bad, open, alias, s (of no weight)
}

// A nameNode is a name with what was asked of it.
type nameNode struct {
	name    string
	answers []nameAnswer
	zone    bool
	below   []*nameNode
}

type nameAnswer struct {
	typ, data, by, class string
	times                int
	own                  bool // the CA asks for it too
}

// names are those that were asked, by name; "" is the root.
type names map[string]*nameNode

// treeOf draws every look-up of a target; nil where there was none.
func treeOf(id string, t report.Target) *treeView {
	all := names{}
	for _, tr := range t.Traces {
		for _, s := range tr.Steps {
			if l, ok := s.Fact.(probes.Lookup); ok {
				all.lookup(l, s)
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	v := treeView{ID: id + "-dns", Title: "What DNS said of " + Safe(t.Identifier.Value, longURL)}
	v.draw(all[""], 0, 0)
	if len(v.Rows) > rowsMost {
		v.Left = len(v.Rows) - rowsMost
		v.Rows = v.Rows[:rowsMost]
	}
	v.Height = len(v.Rows)*rowHeight + 6
	var told []string
	for _, r := range v.Rows {
		told = append(told, strings.TrimSpace(r.Name+" "+r.Type+" "+r.Data))
	}
	v.Desc = cutAt(strings.Join(told, "; "), longText)
	return &v
}

// node finds a name, and makes it with all above it.
func (ns names) node(name string) *nameNode {
	const longest = 255 // octets; what is longer is no name (RFC 1035 §2.3.4)
	name = strings.ToLower(strings.TrimSuffix(name[:min(longest, len(name))], "."))
	if n := ns[name]; n != nil {
		return n
	}
	n := &nameNode{name: name}
	ns[name] = n
	if name != "" {
		_, parent, _ := strings.Cut(name, ".")
		up := ns.node(parent)
		up.below = append(up.below, n)
	}
	return n
}

// lookup adds a question and its answer.
func (ns names) lookup(l probes.Lookup, s probes.Step) {
	n := ns.node(l.Name)
	a := nameAnswer{typ: l.Type, by: who(l), own: s.Beyond == ""}
	switch {
	case s.Fault != nil:
		n.add(a.saying("bad", "✗ no answer: "+string(s.Fault.Kind)))
	case l.RCode != "NOERROR":
		n.add(a.saying("open", l.RCode))
	case len(l.Answers) == 0:
		n.add(a.saying("s", "none"))
	}
	for i, r := range l.Answers {
		if i == answersMax {
			n.add(a.saying("open", fmt.Sprintf("… and %d more", len(l.Answers)-i)))
			break
		}
		owner := ns.node(r.Name)
		owner.zone = owner.zone || r.Type == "SOA" || r.Type == "NS"
		if a.typ = r.Type; a.typ == "CNAME" || a.typ == "DNAME" {
			owner.add(a.saying("alias", "→ "+r.Data))
			continue
		}
		owner.add(a.saying("good", r.Data))
	}
}

func (a nameAnswer) saying(class, data string) nameAnswer {
	a.class, a.data = class, data
	return a
}

// add keeps an answer once, however many got it.
func (n *nameNode) add(a nameAnswer) {
	for i, o := range n.answers {
		if o.typ == a.typ && o.data == a.data && o.by == a.by {
			n.answers[i].times++
			n.answers[i].own = o.own || a.own
			return
		}
	}
	a.times = 1
	n.answers = append(n.answers, a)
}

// who is who was asked: the resolver, or a server by itself.
func who(l probes.Lookup) string {
	by := "resolver " + l.Resolver
	if l.Server.IsValid() {
		by = "server " + shownAddr(l.Server)
	} else if l.Resolver == "" {
		by = "resolver"
	}
	if l.Transport == "tcp" || l.TCP {
		by += " tcp"
	}
	if l.AA {
		by += ", authoritative"
	}
	return by
}

// shownAddr is an address with its port; a redacted one is its placeholder.
func shownAddr(a netip.AddrPort) string {
	if z := a.Addr().Zone(); z != "" && a.Addr().WithZone("").IsUnspecified() {
		return fmt.Sprintf("%s:%d", z, a.Port())
	}
	return a.String()
}

// draw adds a name, its answers and the names below it.
func (v *treeView) draw(n *nameNode, depth, parent int) {
	at := v.row(treeRow{X: depth * rowIndent, Name: Safe(nameOr(n.name), 70)}, parent, depth > 0)
	if n.zone {
		v.Rows[len(v.Rows)-1].Badge = "zone"
	}
	for _, a := range n.answers {
		r := treeRow{X: (depth + 1) * rowIndent, Type: Safe(a.typ, 12), Data: cutAt(Safe(a.data, longText), dataWidth), By: Safe(a.by, 44), Class: a.class, Own: a.own}
		if a.times > 1 {
			r.By += fmt.Sprintf(" ×%d", a.times)
		}
		v.row(r, at, true)
	}
	slices.SortStableFunc(n.below, func(a, b *nameNode) int { return strings.Compare(a.name, b.name) })
	for _, b := range n.below {
		v.draw(b, depth+1, at)
	}
}

func nameOr(name string) string {
	if name == "" {
		return ". (the root)"
	}
	return name
}

// row adds a row below its parent, and returns where it is.
func (v *treeView) row(r treeRow, parent int, has bool) (at int) {
	at = len(v.Rows)
	r.Y = at*rowHeight + 16
	if has {
		r.Top = 5 - (at-parent)*rowHeight // below the parent's name
	}
	v.Rows = append(v.Rows, r)
	return at
}
