package solve

// This file answers the dns methods through Cloudflare's API (version 4:
// developers.cloudflare.com/api). Their own Go client is 11 MB.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

const cloudflareAPI = "https://api.cloudflare.com/client/v4"

// Cloudflare adds one TXT record for each value, and removes it by its id. It
// must not be copied.
type Cloudflare struct {
	Token  Secret
	ZoneID string            // empty: the longest zone that the name is in
	URL    string            // of the API; empty: Cloudflare's
	HTTP   http.RoundTripper // nil: Go's own

	mu    sync.Mutex
	zones map[string]string // ids, by name; guarded by mu
	ids   map[key]string    // of our records; guarded by mu
}

// alreadyThere is the code for a second record with the same value, which a
// run that was killed may have left.
const alreadyThere = "81058"

// Present adds the record.
func (s *Cloudflare) Present(ctx context.Context, c Challenge) error {
	name, value, err := c.record()
	if err != nil {
		return err
	}
	zone, err := s.zone(ctx, name)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"type": "TXT", "name": name, "content": quoted(value), "ttl": defaultTTL, "comment": "acmecheck"})
	if err != nil {
		return err
	}
	var record struct{ ID string }
	err = s.call(ctx, call{method: http.MethodPost, path: "/zones/" + url.PathEscape(zone) + "/dns_records", kind: "application/json", body: body}, &record)
	if e, ok := errors.AsType[*APIError](err); ok && e.Code == alreadyThere {
		return nil
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids == nil {
		s.ids = map[key]string{}
	}
	s.ids[c.key()] = record.ID
	return nil
}

// CleanUp removes the record; one whose id we were not told is looked for.
func (s *Cloudflare) CleanUp(ctx context.Context, c Challenge) error {
	ctx, cancel := late(ctx)
	defer cancel()
	name, value, err := c.record()
	if err != nil {
		return err
	}
	zone, err := s.zone(ctx, name)
	if err != nil {
		return err
	}
	s.mu.Lock()
	id, known := s.ids[c.key()]
	s.mu.Unlock()
	if !known {
		if id, err = s.find(ctx, zone, name, value); err != nil || id == "" {
			return err
		}
	}
	err = s.call(ctx, call{method: http.MethodDelete, path: "/zones/" + url.PathEscape(zone) + "/dns_records/" + url.PathEscape(id)}, nil)
	if e, ok := errors.AsType[*APIError](err); err != nil && (!ok || e.Status != http.StatusNotFound) {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.ids, c.key())
	return nil
}

// find is the id of the record with a value; empty: there is none.
func (s *Cloudflare) find(ctx context.Context, zone, name, value string) (string, error) {
	var records []struct{ ID, Content string }
	q := url.Values{"type": {"TXT"}, "name": {name}, "per_page": {"100"}}
	if err := s.call(ctx, call{method: http.MethodGet, path: "/zones/" + url.PathEscape(zone) + "/dns_records", query: q}, &records); err != nil {
		return "", err
	}
	for _, r := range records {
		if r.Content == value || r.Content == quoted(value) {
			return r.ID, nil
		}
	}
	return "", nil
}

// quoted is how the API wants the content of a TXT record.
func quoted(value string) string { return `"` + strings.Join(characterStrings(value), `" "`) + `"` }

// zone is the id of the longest zone that a name is in.
func (s *Cloudflare) zone(ctx context.Context, name string) (string, error) {
	if s.ZoneID != "" {
		return s.ZoneID, nil
	}
	for _, at := range suffixes(name) {
		s.mu.Lock()
		id := s.zones[at]
		s.mu.Unlock()
		if id != "" {
			return id, nil
		}
		var found []cloudflareZone
		if err := s.call(ctx, call{method: http.MethodGet, path: "/zones", query: url.Values{"name": {at}}}, &found); err != nil {
			return "", err
		}
		if len(found) == 0 {
			continue
		}
		s.mu.Lock()
		if s.zones == nil {
			s.zones = map[string]string{}
		}
		s.zones[at] = found[0].ID
		s.mu.Unlock()
		return found[0].ID, nil
	}
	return "", fault("give the token Zone:Read and DNS:Edit for the zone, or set zone_id", "the token sees no zone that %s is in", name)
}

type cloudflareZone struct{ ID, Name string }

// Scope tells which zones the token sees. A token that writes DNS records
// writes all of a zone; only where the challenge names live in a zone of their
// own can it not touch the website.
func (s *Cloudflare) Scope(ctx context.Context, c Challenge) (Scope, error) {
	name, _, err := c.record()
	if err != nil {
		return Scope{}, err
	}
	if err := s.call(ctx, call{method: http.MethodGet, path: "/user/tokens/verify"}, nil); err != nil && !s.ofAccount(err) {
		return Scope{}, err
	}
	var zones []cloudflareZone
	if err := s.call(ctx, call{method: http.MethodGet, path: "/zones", query: url.Values{"per_page": {"50"}}}, &zones); err != nil {
		return Scope{}, err
	}
	own := ""
	for _, z := range zones {
		switch {
		case within(plain(c.base()), z.Name):
			return Scope{Broad, "the token can change every record of " + z.Name + of(len(zones))}, nil
		case within(name, z.Name):
			own = z.Name
		}
	}
	switch {
	case own == "":
		return Scope{Unknown, "the token does not show its zones"}, nil
	case len(zones) > 1:
		return Scope{Broad, "the token can change every record of " + own + of(len(zones))}, nil
	}
	return Scope{Narrow, fmt.Sprintf("the token can change %s and not the zone of %s", own, c.base())}, nil
}

func of(zones int) string {
	if zones < 2 {
		return ""
	}
	return ", and sees " + strconv.Itoa(zones) + " zones"
}

// ofAccount tells the tokens of an account, which this API does not verify.
func (s *Cloudflare) ofAccount(err error) bool {
	e, ok := errors.AsType[*APIError](err)
	return ok && e.Code == "1000"
}

// An envelope is around every reply.
type envelope struct {
	Success bool
	Errors  []struct {
		Code    int
		Message string
	}
	Result json.RawMessage
}

func (e envelope) first() (code, message string) {
	if len(e.Errors) == 0 {
		return "", ""
	}
	return strconv.Itoa(e.Errors[0].Code), e.Errors[0].Message
}

// call makes a call and reads its result.
func (s *Cloudflare) call(ctx context.Context, c call, result any) error {
	a := api{
		service: "Cloudflare", base: cloudflareAPI, http: s.HTTP,
		sign: func(r *http.Request, _ []byte) error {
			r.Header.Set("Authorization", "Bearer "+string(s.Token))
			return nil
		},
		explain: func(body []byte) (code, message string) {
			var e envelope
			_ = json.Unmarshal(body, &e) // what is no JSON is quoted
			return e.first()
		},
	}
	if s.URL != "" {
		a.base = s.URL
	}
	r, err := a.do(ctx, c)
	if err != nil {
		return advised(err)
	}
	var e envelope
	if err := json.Unmarshal(r.body, &e); err != nil || !e.Success {
		code, message := e.first()
		return &APIError{Service: a.service, Request: c.method + " " + c.path, Status: http.StatusOK, Code: code, Message: short(message)}
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(e.Result, result); err != nil {
		return fmt.Errorf("reading what Cloudflare answers: %w", err)
	}
	return nil
}

// advised adds what to do about the refusals that everybody meets.
func advised(err error) error {
	const badHeaders = "6003" // what a key in place of a token gets
	if e, ok := errors.AsType[*APIError](err); ok && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden || e.Code == badHeaders) {
		e.Advice = "the token must be an API token, not the global key, be valid still, and have DNS:Edit for the zone"
	}
	return err
}
