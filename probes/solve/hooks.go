package solve

// This file runs hooks that were written for other clients.

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// Certbot runs hooks that were written for certbot --manual: each is a command
// line for the shell, with the challenge in its environment (certbot's
// documentation, "Pre and Post Validation Hooks"). They run one after the
// other, as they do there. It must not be copied.
type Certbot struct {
	Auth    string // puts the answer in place
	Cleanup string // takes it away; empty: nothing is to be done
	// Environ is the environment, to which the challenge is added.
	Environ []string
	Timeout time.Duration // of each; 0: 5 minutes

	turn  sync.Mutex
	mu    sync.Mutex
	begun map[key][]string // the variables of the auth hook and its output; guarded by mu
}

func (*Certbot) inOrder()      {}
func (h *Certbot) stays() bool { return h.Cleanup == "" }

// Present runs the auth hook.
func (h *Certbot) Present(ctx context.Context, c Challenge) error {
	vars, err := certbotVars(c)
	if err != nil {
		return err
	}
	h.turn.Lock()
	defer h.turn.Unlock()
	h.remember(c, vars)
	out, err := run(ctx, h.command(h.Auth, vars), h.Timeout)
	h.remember(c, append(vars, "CERTBOT_AUTH_OUTPUT="+strings.ReplaceAll(out, "\x00", "")))
	return err
}

// CleanUp runs the cleanup hook, once for each auth hook that was started. It
// sees the variables that the auth hook saw.
func (h *Certbot) CleanUp(ctx context.Context, c Challenge) error {
	h.turn.Lock()
	defer h.turn.Unlock()
	ctx, cancel := late(ctx, h.Timeout) // from now on: the queue may be long
	defer cancel()
	h.mu.Lock()
	vars, begun := h.begun[c.key()]
	h.mu.Unlock()
	if !begun {
		return nil
	}
	if h.Cleanup != "" {
		if _, err := run(ctx, h.command(h.Cleanup, vars), h.Timeout); err != nil {
			return err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.begun, c.key())
	return nil
}

func (h *Certbot) remember(c Challenge, vars []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.begun == nil {
		h.begun = map[key][]string{}
	}
	h.begun[c.key()] = vars
}

func (h *Certbot) command(line string, vars []string) *exec.Cmd {
	cmd := shell(line)
	own := slices.DeleteFunc(slices.Clone(h.Environ), func(v string) bool { return strings.HasPrefix(v, "CERTBOT_") })
	cmd.Env = append(own, vars...)
	return cmd
}

// certbotVars are the variables of an auth hook.
func certbotVars(c Challenge) ([]string, error) {
	validation := c.TXTValue
	switch {
	case c.Method == probes.HTTP01:
		validation = c.KeyAuthorization
	case c.TXTValue == "":
		return nil, fmt.Errorf("certbot's hooks do not answer %s", c.Method)
	}
	all := []string{c.base()}
	if len(c.All) > 0 {
		all = nil
		for _, id := range c.All {
			all = append(all, Challenge{Identifier: id}.base())
		}
	}
	ids := strings.Join(all, ",")
	out := []string{
		"CERTBOT_DOMAIN=" + c.base(), "CERTBOT_IDENTIFIER=" + c.base(),
		"CERTBOT_ALL_DOMAINS=" + ids, "CERTBOT_ALL_IDENTIFIERS=" + ids,
		"CERTBOT_VALIDATION=" + validation,
		"CERTBOT_REMAINING_CHALLENGES=" + strconv.Itoa(c.Left),
	}
	if c.Method == probes.HTTP01 {
		out = append(out, "CERTBOT_TOKEN="+c.Token)
	}
	return out, nil
}

// Lego runs a program that was written for lego's exec provider, without a
// shell: "present" or "cleanup", then the record's name with a final dot and
// its value; in raw mode (EXEC_MODE=RAW) "--", the domain, the token and the key
// authorization. Cleaning up, it is told the same.
type Lego struct {
	Program string
	Raw     bool
	Environ []string
	Timeout time.Duration // of each run; 0: 5 minutes

	turn sync.Mutex
}

func (*Lego) inOrder() {}

// Present runs the program with "present".
func (l *Lego) Present(ctx context.Context, c Challenge) error {
	l.turn.Lock()
	defer l.turn.Unlock()
	return l.run(ctx, "present", c)
}

// CleanUp runs the program with "cleanup". Whether anything is there it has to
// know itself, as with lego.
func (l *Lego) CleanUp(ctx context.Context, c Challenge) error {
	l.turn.Lock()
	defer l.turn.Unlock()
	ctx, cancel := late(ctx, l.Timeout)
	defer cancel()
	return l.run(ctx, "cleanup", c)
}

func (l *Lego) run(ctx context.Context, verb string, c Challenge) error {
	args := []string{verb, "--", c.base(), c.Token, c.KeyAuthorization}
	env := slices.Clone(l.Environ)
	if l.Raw {
		env = append(env, "EXEC_MODE=RAW")
	} else {
		name, value, err := c.record()
		if err != nil {
			return fault("raw = true hands over the token instead", "%w", err)
		}
		args = []string{verb, name + ".", value}
	}
	cmd := exec.Command(l.Program, args...) //nolint:gosec,noctx // the user's own program; run ends it, politely
	cmd.Env = env
	_, err := run(ctx, cmd, l.Timeout)
	return err
}
