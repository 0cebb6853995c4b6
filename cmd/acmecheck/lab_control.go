package main

// This file is how the commands of a lab reach the one that runs: HTTP on
// loopback, with a token that only the state file knows.

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	lab "github.com/acmecheck/acmecheck/pebble-env"
)

// labStatus is the answer to "what runs?".
type labStatus struct {
	Kind string `json:"kind"`
	labInfo
	Faults      []lab.SetFault `json:"faults"`
	Validations []lab.Event    `json:"validations"`
	Requests    []lab.Event    `json:"requests"`
	Questions   []lab.Event    `json:"questions"`
}

// labControl serves the commands. It is the last of a lab to end.
type labControl struct {
	town   *lab.Town
	info   *labInfo
	token  string
	end    func()
	server *http.Server
}

const (
	controlPatience = 10 * time.Second // with one request or answer
	controlLimit    = 64 << 10         // octets of a request
)

// listenControl opens the port that serve will answer on.
func listenControl(ctx context.Context) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", "127.0.0.1:0")
}

// serve answers on l until close.
func (c *labControl) serve(l net.Listener) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", c.status)
	mux.HandleFunc("POST /fault", c.fault)
	mux.HandleFunc("POST /down", c.down)
	c.server = &http.Server{
		Handler: c.trusted(http.MaxBytesHandler(mux, controlLimit)), ReadTimeout: controlPatience, IdleTimeout: controlPatience,
		MaxHeaderBytes: 8 << 10, ErrorLog: log.New(io.Discard, "", 0), // strangers are no news
	}
	go func() { _ = c.server.Serve(l) }()
}

func (c *labControl) close() { _ = c.server.Close() }

// trusted lets those in who know the token: any user of this machine, and any
// page in a browser, can reach the port.
func (c *labControl) trusted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+c.token)) != 1 {
			http.Error(w, "the token is in the lab's state file", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (c *labControl) status(w http.ResponseWriter, _ *http.Request) {
	reply(w, labStatus{
		Kind: "lab", labInfo: *c.info, Faults: c.town.Wrong(),
		Validations: c.town.Last(lab.EventValidation), Requests: c.town.Last(lab.EventRequest), Questions: c.town.Last(lab.EventQuestion),
	})
}

// fault sets what the request says, or clears it if that names no fault.
func (c *labControl) fault(w http.ResponseWriter, r *http.Request) {
	var ask, done lab.SetFault
	err := json.NewDecoder(r.Body).Decode(&ask)
	switch {
	case err != nil:
		err = lab.BadRequest("the request is not understood: " + err.Error())
	case ask.Fault == "":
		done, err = c.town.ClearFault(ask.Name)
	default:
		done, err = c.town.SetFault(ask.Fault, ask.Name)
	}
	if err == nil {
		reply(w, done)
		return
	}
	status := http.StatusConflict
	if _, bad := errors.AsType[lab.BadRequest](err); bad {
		status = http.StatusBadRequest
	}
	http.Error(w, err.Error(), status)
}

// down ends the lab. The answer ends with it, so that who asked can wait.
func (c *labControl) down(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	c.end()
	<-r.Context().Done()
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(controlPatience))
	_ = json.NewEncoder(w).Encode(v)
}
