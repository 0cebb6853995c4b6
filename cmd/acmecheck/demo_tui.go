package main

// This file opens a demo on the screens, where its fault can be switched off.

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes/policy"
)

// healthyDemo is what most demos are without their fault.
const healthyDemo = "healthy"

// screenDemo opens a demo on the screens.
func screenDemo(c *cobra.Command, name string, o *outputs) error {
	if why := noScreen(c); why != "" {
		return usage("no screen can be opened: %s", why).try("acmecheck demo %s tells the same in plain text", name)
	}
	if name == issueDemo {
		return screenIssue(c, o)
	}
	d, err := findDemo(name)
	if err != nil {
		return err
	}
	t := &tuiOptions{theme: "auto", every: 30 * time.Second, readOnly: true}
	t.outputs = *o
	s := &sitting{tuiOptions: t, c: c, policy: policy.LetsEncrypt()}
	stand := &faultStand{faulty: d}
	stand.broken.Store(true)
	s.scene = stand.scene
	if whole, err := findDemo(healthyDemo); err == nil && whole.World.Identifier == d.World.Identifier && whole.World.Method == d.World.Method {
		stand.whole = whole
		s.show.Fault = stand.toggle
	}
	s.show.Targets, s.show.Rules = []string{d.World.Method + "@" + d.World.Identifier}, "letsencrypt, in a lab"
	return s.run()
}

// A faultStand is a demo whose fault can be switched off.
type faultStand struct {
	faulty, whole lab.Demo
	broken        atomic.Bool
}

func (f *faultStand) toggle(_ context.Context, on bool) error {
	f.broken.Store(on)
	return nil
}

// scene is the next look: it has labs of its own.
func (f *faultStand) scene(ctx context.Context, names []string, _ func(string)) (*scene, error) {
	d := f.whole
	if f.broken.Load() {
		d = f.faulty
	}
	if len(names) != 1 || names[0] != d.World.Method+"@"+d.World.Identifier {
		return nil, errors.New("a demo knows its own name alone; q, then acmecheck tui NAME")
	}
	x, targets, done, err := stage(ctx, d)
	if err != nil {
		done()
		return nil, &exitError{code: exitLab, msg: err.Error()}
	}
	return &scene{x, targets, func(ctx context.Context) (*sights, []string, error) {
		s, err := x.see(ctx, targets, ownAnswers(d.World))
		return s, nil, err
	}, done}, nil
}

// screenIssue opens the screens on a name of a lab, with everything that an
// order takes: i orders a certificate from a CA in this process.
func screenIssue(c *cobra.Command, o *outputs) error {
	dir, err := os.MkdirTemp("", "acmecheck-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	t := &tuiOptions{theme: "auto", every: 30 * time.Second}
	s := &sitting{tuiOptions: t, c: c}
	town, err := lab.StartTown(c.Context(), lab.TownOptions{Hear: s.hears})
	if err != nil {
		return &exitError{code: exitLab, msg: err.Error()}
	}
	defer town.Close()
	t.outputs, t.policy, t.ca, t.dir = *o, "letsencrypt", embedded, filepath.Join(dir, "www.lab.test")
	at := town.Zone.Address()
	t.resolver, t.dial = at.String(), lab.TownPorts{DNS: at}.Dial
	t.solver.name, t.solver.config, t.solver.wait = "rfc2136", filepath.Join(dir, "dns.toml"), time.Minute
	if err := writeTSIG(t.solver.config, town); err != nil {
		return err
	}
	pol, err := t.rules()
	if err != nil {
		return err
	}
	s.attend(pol, []string{"dns-01@www.lab.test"})
	return s.run()
}

// hears tells an order what arrives at the lab's name server meanwhile.
func (s *sitting) hears(e lab.Event) {
	if say := s.outside.Load(); say != nil && e.Kind == lab.EventQuestion && (e.What == "TXT" || e.What == "CAA") {
		(*say)(fmt.Sprintf("arrived: %s %s", e.What, e.Name))
	}
}

// writeTSIG writes a solver's configuration for a lab's name server.
func writeTSIG(file string, town *lab.Town) error {
	key := filepath.Join(filepath.Dir(file), "tsig.key")
	if err := os.WriteFile(key, []byte(base64.StdEncoding.EncodeToString(town.Key.Secret)+"\n"), 0o600); err != nil {
		return err
	}
	conf := fmt.Sprintf("server = %q\nzone = \"lab.test\"\nkey = %q\nsecret_file = %q\n", town.Zone.Address(), town.Key.Name, key)
	return os.WriteFile(file, []byte(conf), 0o600)
}
