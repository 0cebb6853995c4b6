package respond

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"
)

// Prefix is the path of http-01 without the token (RFC 8555 §8.3).
const Prefix = "/.well-known/acme-challenge/"

// HTTP01 answers http-01 challenges, and everything else with 404. It is safe
// for concurrent use; the zero HTTP01 knows no token.
type HTTP01 struct {
	// Seen hears of every request once it is answered, from many goroutines.
	// Nil hears nothing.
	Seen func(Request)

	mu     sync.RWMutex
	tokens map[string]string // key authorizations, guarded by mu
}

// A Request is an HTTP request that arrived. Its strings come from the network
// and are cut short.
type Request struct {
	At        time.Time
	From, To  netip.AddrPort // IPv4 as IPv4: From.Addr().Is4 tells the family
	Method    string
	Host      string // as sent, with its port if there is one
	Path      string // with the query
	UserAgent string
	Status    int // of the answer
}

// Set answers for a token from now on.
func (h *HTTP01) Set(token, keyAuthorization string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tokens == nil {
		h.tokens = map[string]string{}
	}
	h.tokens[token] = keyAuthorization
}

// Clear no longer answers for a token.
func (h *HTTP01) Clear(token string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.tokens, token)
}

func (h *HTTP01) answer(r *http.Request) (body string, ok bool) {
	token, found := strings.CutPrefix(r.URL.Path, Prefix)
	if !found || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return "", false
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	body, ok = h.tokens[token]
	return body, ok
}

// ServeHTTP answers one request. It makes HTTP01 fit into a server that has
// other things to say as well.
func (h *HTTP01) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, now := http.StatusOK, time.Now()
	body, ok := h.answer(r)
	if !ok {
		status, body = http.StatusNotFound, "no such token\n"
	}
	w.Header().Set("Content-Type", "text/plain")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
	if h.Seen == nil {
		return
	}
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	to, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	h.Seen(Request{
		At: now, From: netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), To: endpoint(to),
		Method: short(r.Method), Host: short(r.Host), Path: short(r.RequestURI), UserAgent: short(r.UserAgent()), Status: status,
	})
}

// Serve answers on l, and closes it, until ctx ends; that is no error.
func (h *HTTP01) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: patience,
		ReadTimeout:       patience,
		WriteTimeout:      patience,
		MaxHeaderBytes:    8 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // what strangers send is no news
	}
	srv.SetKeepAlivesEnabled(false) // a CA asks once a connection
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(netutil.LimitListener(l, connections)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
