// Package generate makes random worlds, weighted towards the edges of what the
// CA accepts: a seed always gives the same ones.
//
// Worlds whose verdict would depend on chance are not made. So whatever only
// some perspectives see is one and the same trouble for all of them, because
// the CA reports the remote that fails first; no answer comes late by about a
// second, the CA's patience with DNS; and no server speaks first on an HTTP
// port, where Go's client may or may not have sent its request yet.
package generate

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// An area is a kind of world, and the first word of its name.
type area struct {
	name   string
	weight float64
	write  func(*gen)
}

var areas = []area{
	{"http", 0.36, (*gen).httpWorld},
	{"dns", 0.18, (*gen).dnsWorld},
	{"alpn", 0.14, (*gen).alpnWorld},
	{"caa", 0.14, (*gen).caaWorld},
	{"both", 0.06, (*gen).bothWorld}, // domain control and CAA
	{"mpic", 0.12, (*gen).mpicWorld},
}

// Areas are the names of all areas.
func Areas() []string {
	var out []string
	for _, a := range areas {
		out = append(out, a.name)
	}
	return out
}

// Options say which worlds to make.
type Options struct {
	Seed  uint64
	Count int
	Areas []string // nil: all
}

// Run writes worlds into a directory, which it makes, and returns their files.
func Run(dir string, o Options) ([]string, error) {
	from, err := chosen(o.Areas)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	var files []string
	for i := range o.Count {
		name, text := one(from, o.Seed, i)
		if _, err := world.Parse(name, text); err != nil {
			return nil, fmt.Errorf("the generator made no world: %w\n%s", err, text)
		}
		file := filepath.Join(dir, name+".world")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

func chosen(names []string) ([]area, error) {
	if names == nil {
		return areas, nil
	}
	var out []area
	for _, n := range names {
		i := slices.IndexFunc(areas, func(a area) bool { return a.name == n })
		if i < 0 {
			return nil, fmt.Errorf("no area %q: there are %s", n, strings.Join(Areas(), " "))
		}
		out = append(out, areas[i])
	}
	return out, nil
}

// slowShare is the share of worlds in which the CA may wait once for 3 to 20 s.
const slowShare = 0.12

// one makes the world number i of a seed.
func one(from []area, seed uint64, i int) (name, text string) {
	g := &gen{Rand: rand.New(rand.NewPCG(seed, uint64(i))), ports: map[string]string{}} //nolint:gosec // to be repeated
	a := g.area(from)
	g.slow = g.chance(slowShare)
	a.write(g)
	return fmt.Sprintf("%s-random-%d-%04d", a.name, seed, i), g.text.String()
}

func (g *gen) area(from []area) area {
	var total float64
	for _, a := range from {
		total += a.weight
	}
	at := g.Float64() * total
	i := slices.IndexFunc(from, func(a area) bool {
		at -= a.weight
		return at < 0
	})
	return from[max(i, 0)]
}
