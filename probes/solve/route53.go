package solve

// This file answers the dns methods through Route 53's API (2013-04-01). Of the
// AWS SDK it takes the signer (Signature Version 4) and nothing else.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	route53API    = "https://route53.amazonaws.com"
	route53Region = "us-east-1" // where the global service signs
	route53Path   = "/2013-04-01"
)

// Route53 adds values to the one TXT record set that a name has there, and
// takes them out again; the others stay. Two programs that change the same set
// in the same second can undo each other's work: the API has no condition for
// it. It must not be copied.
type Route53 struct {
	Credentials  AWSCredentials
	HostedZoneID string            // empty: the longest public zone that the name is in
	URL, Region  string            // empty: those of the global service
	TTL          uint32            // of a new set, in seconds; 0: a minute
	HTTP         http.RoundTripper // nil: Go's own

	change sync.Mutex // held from reading a set to writing it
	mu     sync.Mutex
	zones  map[string]string // ids, by name; guarded by mu
	pace   time.Duration     // between the first two questions for a change; 0: a second
}

// AWSCredentials are an access key.
type AWSCredentials struct {
	AccessKeyID     string
	SecretAccessKey Secret
	SessionToken    Secret // of temporary ones
}

// Present adds the value, and waits until all of Route 53's servers have it.
func (s *Route53) Present(ctx context.Context, c Challenge) error {
	name, value, err := c.record()
	if err != nil {
		return err
	}
	zone, err := s.zone(ctx, name)
	if err != nil {
		return err
	}
	id, err := s.edit(ctx, zone, name, func(set *recordSet) string {
		if slices.Contains(set.values(), quoted(value)) {
			return ""
		}
		set.Values = append(set.Values, recordValue{quoted(value)})
		return "UPSERT"
	})
	if err != nil || id == "" {
		return err
	}
	return s.insync(ctx, id)
}

// CleanUp takes the value out. It does not wait for the servers.
func (s *Route53) CleanUp(ctx context.Context, c Challenge) error {
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
	_, err = s.edit(ctx, zone, name, func(set *recordSet) string {
		rest := slices.DeleteFunc(slices.Clone(set.Values), func(v recordValue) bool { return v.Value == quoted(value) })
		switch {
		case len(rest) == len(set.Values):
			return ""
		case len(rest) == 0:
			return "DELETE" // of the set as it is
		}
		set.Values = rest
		return "UPSERT"
	})
	return err
}

// edit reads the set, has it changed, and writes it. It returns the id of the
// change, empty if there was none to make.
func (s *Route53) edit(ctx context.Context, zone, name string, f func(*recordSet) (action string)) (string, error) {
	s.change.Lock()
	defer s.change.Unlock()
	set, err := s.read(ctx, zone, name)
	if err != nil {
		return "", err
	}
	action := f(&set)
	if action == "" {
		return "", nil
	}
	body, err := xml.Marshal(changeRequest{Changes: []change{{action, set}}})
	if err != nil {
		return "", err
	}
	var r struct {
		ID string `xml:"ChangeInfo>Id"`
	}
	err = s.call(ctx, call{method: http.MethodPost, path: "/hostedzone/" + url.PathEscape(zone) + "/rrset/", kind: "text/xml", body: append([]byte(xml.Header), body...)}, &r)
	return strings.TrimPrefix(r.ID, "/change/"), err
}

// read is the TXT set of a name; one without values if there is none.
func (s *Route53) read(ctx context.Context, zone, name string) (recordSet, error) {
	var r struct {
		Sets []recordSet `xml:"ResourceRecordSets>ResourceRecordSet"`
	}
	q := url.Values{"name": {name + "."}, "type": {"TXT"}, "maxitems": {"1"}} // a list that begins there
	if err := s.call(ctx, call{method: http.MethodGet, path: "/hostedzone/" + url.PathEscape(zone) + "/rrset", query: q}, &r); err != nil {
		return recordSet{}, err
	}
	for _, set := range r.Sets {
		if plain(set.Name) != name || set.Type != "TXT" {
			continue
		}
		if set.SetIdentifier != "" || set.Alias != nil {
			return recordSet{}, fmt.Errorf("%s has a routing policy in Route 53, which a challenge value cannot follow", name)
		}
		return set, nil
	}
	ttl := s.TTL
	if ttl == 0 {
		ttl = defaultTTL
	}
	return recordSet{Name: name + ".", Type: "TXT", TTL: ttl}, nil
}

// insync asks after a change until it is done, by Retry-After if the service
// sets it and else ever less often.
func (s *Route53) insync(ctx context.Context, id string) error {
	const slowest = 10 * time.Second
	pause := s.pace
	if pause == 0 {
		pause = time.Second
	}
	for {
		var r struct {
			Status string `xml:"ChangeInfo>Status"`
		}
		header, err := s.callHeader(ctx, call{method: http.MethodGet, path: "/change/" + url.PathEscape(id)}, &r)
		if err != nil || r.Status == "INSYNC" {
			return err
		}
		if err := wait(ctx, retryAfter(header, pause)); err != nil {
			return fmt.Errorf("Route 53 still spreads the change: %w", err) //nolint:staticcheck // a name
		}
		pause = min(pause*3/2, max(slowest, pause))
	}
}

// zone is the id of the longest public zone that a name is in.
func (s *Route53) zone(ctx context.Context, name string) (string, error) {
	if s.HostedZoneID != "" {
		return strings.TrimPrefix(s.HostedZoneID, "/hostedzone/"), nil
	}
	for _, at := range suffixes(name) {
		s.mu.Lock()
		id := s.zones[at]
		s.mu.Unlock()
		if id != "" {
			return id, nil
		}
		id, err := s.zoneAt(ctx, at)
		if err != nil {
			return "", err
		}
		if id == "" {
			continue
		}
		s.mu.Lock()
		if s.zones == nil {
			s.zones = map[string]string{}
		}
		s.zones[at] = id
		s.mu.Unlock()
		return id, nil
	}
	return "", fault("let the key list zones (route53:ListHostedZonesByName), or set hosted_zone_id", "the account has no public hosted zone that %s is in", name)
}

// zoneAt is the id of the public zone of a name; empty: there is none.
func (s *Route53) zoneAt(ctx context.Context, name string) (string, error) {
	var r struct {
		Zones []struct {
			ID      string `xml:"Id"`
			Name    string
			Private bool `xml:"Config>PrivateZone"`
		} `xml:"HostedZones>HostedZone"`
	}
	q := url.Values{"dnsname": {name + "."}, "maxitems": {"20"}} // a list that begins there
	if err := s.call(ctx, call{method: http.MethodGet, path: "/hostedzonesbyname", query: q}, &r); err != nil {
		return "", err
	}
	var ids []string
	for _, z := range r.Zones {
		if plain(z.Name) == name && !z.Private {
			ids = append(ids, strings.TrimPrefix(z.ID, "/hostedzone/"))
		}
	}
	switch len(ids) {
	case 0:
		return "", nil
	case 1:
		return ids[0], nil
	}
	return "", fault("set hosted_zone_id to the one that the domain is delegated to", "the account has %d public hosted zones for %s", len(ids), name)
}

// Scope cannot be asked for: IAM tells nobody what a key may do elsewhere.
func (s *Route53) Scope(context.Context, Challenge) (Scope, error) {
	return Scope{Unknown, "AWS does not say what a key may do; the conditions route53:ChangeResourceRecordSetsNormalizedRecordNames and …RecordTypes keep it to challenge names"}, nil
}

func (s *Route53) call(ctx context.Context, c call, result any) error {
	_, err := s.callHeader(ctx, c, result)
	return err
}

func (s *Route53) callHeader(ctx context.Context, c call, result any) (http.Header, error) {
	c.path = route53Path + c.path
	a := api{service: "Route 53", base: s.URL, http: s.HTTP, sign: s.sign, explain: route53Error, transient: busy, first: s.pace}
	if a.base == "" {
		a.base = route53API
	}
	r, err := a.do(ctx, c)
	if err != nil {
		return r.header, route53Advice(err)
	}
	if err := xml.Unmarshal(r.body, result); err != nil {
		return r.header, fmt.Errorf("reading what Route 53 answers: %w", err)
	}
	return r.header, nil
}

// sign adds the signature to a request.
func (s *Route53) sign(r *http.Request, body []byte) error {
	sum := sha256.Sum256(body)
	region := s.Region
	if region == "" {
		region = route53Region
	}
	k := aws.Credentials{AccessKeyID: s.Credentials.AccessKeyID, SecretAccessKey: string(s.Credentials.SecretAccessKey), SessionToken: string(s.Credentials.SessionToken)}
	return v4.NewSigner().SignHTTP(r.Context(), k, r, hex.EncodeToString(sum[:]), "route53", region, time.Now())
}
