package node

// This file is what runs inside the namespace.

import (
	"context"
	"errors"
	"io"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os/exec"
	"sync"
	"time"

	"github.com/letsencrypt/boulder/va"

	"github.com/acmecheck/acmecheck/conformance/boulder"
	"github.com/acmecheck/acmecheck/conformance/verdict"
	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// A Job is about the world in a file.
type Job struct {
	World       string
	Perspective world.Perspective // Open
	Args        []string          // Run
	Limit       time.Duration     // Run; 0: none
}

// Serve is the main function of a node. It refuses to run anywhere but in a
// fresh network namespace, and ends with in.
func Serve(ctx context.Context, in io.Reader, out io.WriteCloser) error {
	if err := lab.PrepareNamespace(ctx); err != nil {
		return err
	}
	doh := StartDoH(world.Resolver.String())
	defer doh.Close()
	ca, err := boulder.New(doh.Address, doh.Roots)
	if err != nil {
		return err
	}
	n := &server{ctx: ctx, ca: ca}
	defer n.stop()
	s := rpc.NewServer()
	if err := s.RegisterName("Node", &Methods{n}); err != nil {
		return err
	}
	s.ServeCodec(jsonrpc.NewServerCodec(pipe{in, out}))
	return nil
}

// Methods are what a node can be asked for over the pipe.
type Methods struct{ n *server }

// server is the state of a node.
type server struct {
	ctx     context.Context //nolint:containedctx // the life of the process
	ca      *boulder.Authority
	remotes []*Process // started when first needed, then kept

	mu    sync.Mutex
	scene *scene // of Open; guarded by mu
}

func (n *server) stop() {
	n.show(nil)
	for _, r := range n.remotes {
		r.Stop()
	}
}

// A scene is a view of a world in force, with a VA in it.
type scene struct {
	world  *world.World
	lab    *lab.Lab
	va     *va.ValidationAuthorityImpl
	ctx    context.Context //nolint:containedctx // ends with the scene
	cancel context.CancelFunc
	calls  sync.WaitGroup
}

// open puts the view of a perspective in force.
func (n *server) open(file string, p world.Perspective) (*scene, error) {
	w, err := world.Load(file)
	if err != nil {
		return nil, err
	}
	s := &scene{world: w}
	s.ctx, s.cancel = context.WithCancel(n.ctx)
	s.lab, err = lab.StartNative(s.ctx, w.View(p.Name))
	if err != nil {
		s.cancel()
		return nil, err
	}
	return s, nil
}

// close ends what is still under way in the scene, and the scene.
func (s *scene) close() {
	if s == nil {
		return
	}
	s.cancel()
	s.calls.Wait()
	s.lab.Close()
}

// show puts a scene in place of the one that remotes are asked about.
func (n *server) show(s *scene) {
	n.mu.Lock()
	before := n.scene
	n.scene = s
	n.mu.Unlock()
	before.close()
}

// enter begins a call in the scene that is shown; calls.Done ends it.
func (n *server) enter() (*scene, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.scene == nil {
		return nil, errors.New("no world is open")
	}
	n.scene.calls.Add(1)
	return n.scene, nil
}

// Record answers Process.Record.
func (m *Methods) Record(j Job, out *verdict.Verdict) error {
	s, err := m.n.open(j.World, world.Perspective{Name: world.Primary})
	if err != nil {
		return err
	}
	defer s.close()
	heard := &hearing{}
	remotes, err := m.n.abroad(s, j.World, heard)
	if err != nil {
		return err
	}
	if s.va, err = m.n.ca.VA(world.Perspective{Name: world.Primary}, remotes); err != nil {
		return err
	}
	v, err := boulder.Validate(s.ctx, s.world, s.va)
	if err != nil {
		return err
	}
	v.MPIC = heard.sorted()
	*out = *v
	return nil
}

// Run answers Process.Run.
func (m *Methods) Run(j Job, out *[]byte) error {
	s, err := m.n.open(j.World, world.Perspective{Name: world.Primary})
	if err != nil {
		return err
	}
	defer s.close()
	ctx := s.ctx
	if j.Limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, j.Limit)
		defer cancel()
	}
	*out, err = exec.CommandContext(ctx, j.Args[0], j.Args[1:]...).Output() //nolint:gosec // running what the caller names is its purpose
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.Exited() {
		return nil // 1 means that it was refused
	}
	return err
}
