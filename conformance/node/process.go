// Package node runs the CA in network namespaces. A node is a process with an
// Internet of its own: the world as one perspective sees it, on true addresses
// and ports. What validates, and every program that looks, runs inside; with
// MPIC every remote perspective is another node.
//
// A node is this very program, started with the argument "node"; its main (or
// TestMain) must call Serve then. The two talk JSON-RPC over standard input and
// output.
package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/acmecheck/acmecheck/conformance/verdict"
)

// A Process is a running node. It does one thing at a time.
type Process struct {
	cmd    *exec.Cmd
	client *rpc.Client
}

// Possible says why there can be no nodes on this machine; nil if there can.
func Possible(ctx context.Context) error {
	for _, program := range []string{"ip", "nft"} {
		if _, err := exec.LookPath(program); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, "ip", "link", "set", "lo", "up")
	isolate(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("no network namespace to be had: %w%s", err, out)
	}
	return nil
}

// Start starts a node that lives until ctx ends or Stop is called. It needs
// root or the right to make user namespaces, ip(8) and nft(8): see Possible.
func Start(ctx context.Context) (*Process, error) {
	cmd := exec.CommandContext(ctx, "/proc/self/exe", "node")
	isolate(cmd)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting a node in a network namespace: %w", err)
	}
	return &Process{cmd, jsonrpc.NewClient(pipe{out, in})}, nil
}

// isolate gives cmd a network namespace, in a user namespace where we are not
// root, and an environment without proxies.
func isolate(cmd *exec.Cmd) {
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/nonexistent"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
}

// pipe is the two ends of a conversation. Closing it ends what we say.
type pipe struct {
	io.Reader
	io.WriteCloser
}

// Stop ends the node and all its remotes.
func (p *Process) Stop() {
	_ = p.client.Close()
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// Record validates the world in a file. An error is no verdict; after one that
// is ctx's the node is in an unknown state, and is to be stopped.
func (p *Process) Record(ctx context.Context, file string) (*verdict.Verdict, error) {
	v := &verdict.Verdict{}
	return v, p.in(ctx, "Node.Record", Job{World: file}, v)
}

// Run runs a program where the primary perspective of the world in a file
// stands, and returns what it prints. Its exit code does not matter.
func (p *Process) Run(ctx context.Context, file string, args ...string) ([]byte, error) {
	var out []byte
	return out, p.in(ctx, "Node.Run", Job{World: file, Args: args, Limit: left(ctx)}, &out)
}

// in calls a method that is about a job.
func (p *Process) in(ctx context.Context, method string, j Job, reply any) error {
	var err error
	if j.World, err = filepath.Abs(j.World); err != nil {
		return err
	}
	return p.call(ctx, method, j, reply)
}

// WorldName is the name of the world in a file.
func WorldName(file string) string { return strings.TrimSuffix(filepath.Base(file), ".world") }

// call waits for a reply until ctx ends.
func (p *Process) call(ctx context.Context, method string, args, reply any) error {
	c := p.client.Go(method, args, reply, make(chan *rpc.Call, 1))
	select {
	case <-c.Done:
		if errors.Is(c.Error, io.ErrUnexpectedEOF) || errors.Is(c.Error, rpc.ErrShutdown) {
			return fmt.Errorf("the node died: %w", c.Error)
		}
		return c.Error
	case <-ctx.Done():
		return ctx.Err()
	}
}

// left is how long ctx still has; 0: it has no end.
func left(ctx context.Context) time.Duration {
	end, ok := ctx.Deadline()
	if !ok {
		return 0
	}
	return time.Until(end)
}
