package node

// This file is about remote perspectives: the primary's side, which Boulder
// takes for a gRPC client, and the remote's, which answers it.

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/letsencrypt/boulder/va"
	vapb "github.com/letsencrypt/boulder/va/proto"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/acmecheck/acmecheck/conformance/boulder"
	"github.com/acmecheck/acmecheck/conformance/verdict"
	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

// remoteLimit is the timeout of a remote VA in Boulder's va.json.
const remoteLimit = 15 * time.Second

// abroad opens the world in a node for each of its remote perspectives.
func (n *server) abroad(s *scene, file string, heard *hearing) ([]va.RemoteVA, error) {
	var remotes []va.RemoteVA
	for i, p := range s.world.Perspectives {
		if i == len(n.remotes) {
			fresh, err := Start(n.ctx)
			if err != nil {
				return nil, err
			}
			n.remotes = append(n.remotes, fresh)
		}
		node := n.remotes[i]
		if err := node.call(s.ctx, "Node.Open", Job{World: file, Perspective: p}, &struct{}{}); err != nil {
			return nil, err
		}
		c := &remote{node, p, heard}
		remotes = append(remotes, va.RemoteVA{
			RemoteClients: va.RemoteClients{VAClient: c, CAAClient: c}, Address: p.Name, Perspective: p.Name, RIR: p.RIR,
		})
	}
	return remotes, nil
}

// remote is the primary's client of one perspective.
type remote struct {
	node *Process
	world.Perspective
	heard *hearing
}

// DoDCV implements vapb.VAClient.
func (r *remote) DoDCV(ctx context.Context, q *vapb.PerformValidationRequest, _ ...grpc.CallOption) (*vapb.ValidationResult, error) {
	out := &vapb.ValidationResult{}
	if err := r.ask(ctx, "dcv", q, out); err != nil {
		return nil, err
	}
	r.heard.add("dcv", r.Perspective, boulder.Problem(out.Problem))
	return out, nil
}

// DoCAA implements vapb.CAAClient.
func (r *remote) DoCAA(ctx context.Context, q *vapb.IsCAAValidRequest, _ ...grpc.CallOption) (*vapb.IsCAAValidResponse, error) {
	out := &vapb.IsCAAValidResponse{}
	if err := r.ask(ctx, "caa", q, out); err != nil {
		return nil, err
	}
	r.heard.add("caa", r.Perspective, boulder.Problem(out.Problem))
	return out, nil
}

// A Question is a message to a remote VA.
type Question struct {
	Check   string // dcv or caa
	Message []byte // protobuf
	Limit   time.Duration
}

func (r *remote) ask(ctx context.Context, check string, q, out proto.Message) error {
	ctx, cancel := context.WithTimeout(ctx, remoteLimit)
	defer cancel()
	message, err := proto.Marshal(q)
	if err != nil {
		return err
	}
	var reply []byte
	if err := r.node.call(ctx, "Node.Ask", Question{check, message, left(ctx)}, &reply); err != nil {
		r.heard.add(check, r.Perspective, &verdict.Problem{Type: "rpc", Detail: err.Error()})
		return err
	}
	return proto.Unmarshal(reply, out)
}

// hearing collects what the remotes said.
type hearing struct {
	mu   sync.Mutex
	said []verdict.Remote // guarded by mu
}

func (h *hearing) add(check string, p world.Perspective, problem *verdict.Problem) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.said = append(h.said, verdict.Remote{Check: check, Perspective: p.Name, RIR: p.RIR, Valid: problem == nil, Problem: problem})
}

// sorted is what was said so far, dcv before caa.
func (h *hearing) sorted() []verdict.Remote {
	h.mu.Lock()
	defer h.mu.Unlock()
	slices.SortFunc(h.said, func(a, b verdict.Remote) int {
		return cmp.Or(-cmp.Compare(a.Check, b.Check), cmp.Compare(a.Perspective, b.Perspective))
	})
	return slices.Clone(h.said)
}

// Open puts a world in force as a remote perspective sees it, in place of the
// one before.
func (m *Methods) Open(j Job, _ *struct{}) error {
	m.n.show(nil)
	s, err := m.n.open(j.World, j.Perspective)
	if err != nil {
		return err
	}
	if s.va, err = m.n.ca.VA(j.Perspective, nil); err != nil {
		s.close()
		return err
	}
	m.n.show(s)
	return nil
}

// Ask puts a question to the VA of the open scene.
func (m *Methods) Ask(q Question, out *[]byte) error {
	s, err := m.n.enter()
	if err != nil {
		return err
	}
	defer s.calls.Done()
	// Boulder's server does the same with a client's deadline
	// (grpc/interceptors.go handleUnary).
	limit := q.Limit - boulder.Overhead
	if limit < 100*time.Millisecond {
		return errors.New("not enough time left on clock")
	}
	ctx, cancel := context.WithTimeout(s.ctx, limit)
	defer cancel()
	res, err := s.ask(ctx, q)
	if err != nil {
		return err
	}
	*out, err = proto.Marshal(res)
	return err
}

func (s *scene) ask(ctx context.Context, q Question) (proto.Message, error) {
	if q.Check == "caa" {
		m := &vapb.IsCAAValidRequest{}
		if err := proto.Unmarshal(q.Message, m); err != nil {
			return nil, err
		}
		return s.va.DoCAA(ctx, m)
	}
	m := &vapb.PerformValidationRequest{}
	if err := proto.Unmarshal(q.Message, m); err != nil {
		return nil, err
	}
	return s.va.DoDCV(ctx, m)
}
