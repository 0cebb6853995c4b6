package main

// This file is the other end of a lab's control: what a command says to the lab
// that runs.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	lab "github.com/acmecheck/acmecheck/pebble-env"
)

// labClient reaches a lab.
type labClient struct {
	labState
	dir string
}

// reach finds the lab of a directory. Whether it still runs shows when it is
// asked.
func (o *labOptions) reach() (*labClient, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	s, err := readLabState(o.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &exitError{code: exitLab, msg: err.Error()}
	}
	if err != nil {
		return nil, noLab(o.dir)
	}
	return &labClient{s, o.dir}, nil
}

func noLab(dir string) *exitError {
	return (&exitError{code: exitLab, msg: "no lab runs in " + dir}).try("acmecheck lab up starts one; --dir names another place")
}

// errRefused is an answer that says no. Its text is the lab's.
type errRefused struct {
	status int
	msg    string
}

// Error is what the lab says.
func (e *errRefused) Error() string { return e.msg }

// ask sends one request and reads the whole answer.
func (l *labClient) ask(ctx context.Context, patience time.Duration, method, path string, body any) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://"+l.Control+path, bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+l.Token)
	// A transport of our own obeys no proxy.
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} //nolint:forbidigo // the lab's own port on loopback
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	const most = 4 << 20
	answer, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if resp.StatusCode != http.StatusOK {
		return nil, &errRefused{resp.StatusCode, strings.TrimSpace(string(answer))}
	}
	return answer, err
}

const askPatience = 10 * time.Second

// status asks what runs.
func (l *labClient) status(ctx context.Context) (*labStatus, error) {
	b, err := l.ask(ctx, askPatience, http.MethodGet, "/status", nil)
	if err != nil {
		return nil, l.failed(err)
	}
	s := &labStatus{}
	if err := json.Unmarshal(b, s); err != nil {
		return nil, l.failed(err)
	}
	return s, nil
}

// fault sets a fault for a name; an empty fault clears it.
func (l *labClient) fault(ctx context.Context, fault, name string) (lab.SetFault, error) {
	var done lab.SetFault
	b, err := l.ask(ctx, askPatience, http.MethodPost, "/fault", lab.SetFault{Fault: fault, Name: name})
	if err != nil {
		return done, l.failed(err)
	}
	return done, json.Unmarshal(b, &done)
}

// down ends the lab. It cuts the connection when all else has ended.
func (l *labClient) down(ctx context.Context) error {
	const patience = time.Minute
	_, err := l.ask(ctx, patience, http.MethodPost, "/down", nil)
	if err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return l.failed(err)
}

// failed tells a request that was wrong from a lab that is not there.
func (l *labClient) failed(err error) error {
	refused, ok := errors.AsType[*errRefused](err)
	switch {
	case ok && refused.status == http.StatusBadRequest:
		return usage("%s", refused.msg).try("acmecheck lab fault list; acmecheck lab status names what is set")
	case ok && refused.status == http.StatusConflict:
		return &exitError{code: exitLab, msg: refused.msg}
	case ok || !errors.Is(err, context.DeadlineExceeded):
		return noLab(l.dir)
	}
	return &exitError{code: exitLab, msg: fmt.Sprintf("the lab in %s (pid %d) does not answer", l.dir, l.PID)}
}
