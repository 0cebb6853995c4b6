package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/acmecheck/acmecheck/probes"
	"github.com/acmecheck/acmecheck/probes/run"
	"github.com/acmecheck/acmecheck/probes/wire"
)

const challengePath = "/.well-known/acme-challenge/"

// writeToken puts a token file below a webroot. done removes it, and every
// directory that had to be made for it.
func writeToken(webroot string, s run.Answers) (done func(), err error) {
	info, err := os.Stat(webroot)
	if err != nil || !info.IsDir() {
		return func() {}, usage("the webroot %s is not a directory", webroot).try("--webroot takes the directory the web server serves, such as /var/www/html")
	}
	dir := filepath.Join(webroot, filepath.FromSlash(challengePath))
	made, err := makeDirs(dir)
	undo := func() {
		for _, dir := range slices.Backward(made) {
			_ = os.Remove(dir) // only if it is empty again
		}
	}
	file := filepath.Join(dir, s.Token)
	if err == nil {
		err = writeNew(file, s.KeyAuthorization)
	}
	if err != nil {
		undo()
		return func() {}, usage("cannot write into the webroot: %s", err).try("run it as the user who may write to %s", webroot)
	}
	return func() {
		_ = os.Remove(file)
		undo()
	}, nil
}

// makeDirs is os.MkdirAll, and tells which directories it made.
func makeDirs(dir string) (made []string, err error) {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append([]string{d}, made...)
	}
	for i, d := range made {
		if err := os.Mkdir(d, 0o755); err != nil { //nolint:gosec // the web server must be able to read it
			return made[:i], err
		}
	}
	return made, nil
}

// writeNew writes a file that does not exist yet, readable for the server.
func writeNew(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // the web server must be able to read it
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}

// serveToken answers for the token on port 80, on IPv6 and IPv4, and counts
// how often it was asked. done stops. Where another program has the port, served
// says which.
func serveToken(ctx context.Context, s run.Answers) (served func() probes.Served, done func(), err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", ":80")
	if errors.Is(err, syscall.EADDRINUSE) {
		taken := probes.Served{Taken: cmp.Or(wire.Owner(80), "another program")}
		return func() probes.Served { return taken }, func() {}, nil
	}
	if err != nil {
		return nil, func() {}, usage("cannot listen on port 80: %s", err).try("it takes root, or CAP_NET_BIND_SERVICE")
	}
	var requests atomic.Int64
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != challengePath+s.Token {
			http.NotFound(w, r)
			return
		}
		requests.Add(1)
		w.Header().Set("Content-Type", "application/octet-stream") // RFC 8555 §8.3
		fmt.Fprint(w, s.KeyAuthorization)
	})}
	go func() { _ = srv.Serve(l) }()
	return func() probes.Served { return probes.Served{Requests: int(requests.Load())} }, func() { _ = srv.Close() }, nil
}
