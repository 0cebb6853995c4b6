package solve_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/acmecheck/acmecheck/probes/solve"
)

// A route53 has TXT record sets in its zones, and takes a while to spread what
// changes.
type route53 struct {
	*service
	t     *testing.T
	zones []string // names; the id is Z and the index
	sets  map[string][]string
	ttl   map[string]string
	polls int
}

var awsKey = solve.AWSCredentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG", SessionToken: "session"}

func newRoute53(t *testing.T, zones ...string) *route53 {
	t.Helper()
	a := &route53{t: t, zones: zones, sets: map[string][]string{}, ttl: map[string]string{}}
	a.service = serve(t, a.handle)
	return a
}

// signed checks the signature by making it again.
func (a *route53) signed(r *http.Request, body []byte) bool {
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		return false
	}
	again, err := http.NewRequestWithContext(r.Context(), r.Method, a.URL+r.URL.String(), bytes.NewReader(body))
	if err != nil {
		return false
	}
	for _, h := range []string{"Content-Type"} {
		if v := r.Header.Get(h); v != "" {
			again.Header.Set(h, v)
		}
	}
	again.Header.Set("User-Agent", r.UserAgent())
	sum := sha256.Sum256(body)
	k := aws.Credentials{AccessKeyID: awsKey.AccessKeyID, SecretAccessKey: string(awsKey.SecretAccessKey), SessionToken: string(awsKey.SessionToken)}
	if err := v4.NewSigner().SignHTTP(r.Context(), k, again, hex.EncodeToString(sum[:]), "route53", "us-east-1", at); err != nil {
		return false
	}
	return again.Header.Get("Authorization") == r.Header.Get("Authorization")
}

func (a *route53) handle(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	path := strings.TrimPrefix(r.URL.Path, "/2013-04-01")
	switch {
	case !a.signed(r, body):
		a.refuse(w, http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
	case path == "/hostedzonesbyname":
		a.list(w, r.URL.Query().Get("dnsname"))
	case strings.HasPrefix(path, "/change/"):
		status := "PENDING"
		if a.polls++; a.polls%3 == 0 {
			status = "INSYNC"
		}
		fmt.Fprintf(w, `<GetChangeResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeInfo><Id>/change/C1</Id><Status>%s</Status></ChangeInfo></GetChangeResponse>`, status)
	case r.Method == http.MethodGet:
		a.read(w, r.URL.Query())
	default:
		a.change(w, body)
	}
}

func (a *route53) refuse(w http.ResponseWriter, status int, code, message string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `<?xml version="1.0"?><ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>1</RequestId></ErrorResponse>`, code, message)
}

// list begins at a name, as the real one does, and does not end with it.
func (a *route53) list(w http.ResponseWriter, name string) {
	fmt.Fprint(w, `<ListHostedZonesByNameResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><HostedZones>`)
	for i, z := range a.zones {
		if z+"." >= name {
			z, private := strings.CutPrefix(z, "private:")
			fmt.Fprintf(w, `<HostedZone><Id>/hostedzone/Z%d</Id><Name>%s.</Name><Config><PrivateZone>%v</PrivateZone></Config></HostedZone>`, i, z, private)
		}
	}
	fmt.Fprint(w, `</HostedZones></ListHostedZonesByNameResponse>`)
}

func (a *route53) read(w http.ResponseWriter, q url.Values) {
	fmt.Fprint(w, `<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ResourceRecordSets>`)
	if values := a.sets[q.Get("name")]; len(values) > 0 {
		fmt.Fprintf(w, `<ResourceRecordSet><Name>%s</Name><Type>TXT</Type><TTL>%s</TTL><ResourceRecords>`, q.Get("name"), a.ttl[q.Get("name")])
		for _, v := range values {
			fmt.Fprint(w, "<ResourceRecord><Value>")
			_ = xml.EscapeText(w, []byte(v))
			fmt.Fprint(w, "</Value></ResourceRecord>")
		}
		fmt.Fprint(w, `</ResourceRecords></ResourceRecordSet>`)
	} else {
		fmt.Fprint(w, `<ResourceRecordSet><Name>zzz.example.com.</Name><Type>A</Type><TTL>1</TTL></ResourceRecordSet>`)
	}
	fmt.Fprint(w, `</ResourceRecordSets></ListResourceRecordSetsResponse>`)
}

func (a *route53) change(w http.ResponseWriter, body []byte) {
	var in struct {
		XMLName xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ChangeResourceRecordSetsRequest"`
		Action  string   `xml:"ChangeBatch>Changes>Change>Action"`
		Name    string   `xml:"ChangeBatch>Changes>Change>ResourceRecordSet>Name"`
		TTL     string   `xml:"ChangeBatch>Changes>Change>ResourceRecordSet>TTL"`
		Values  []string `xml:"ChangeBatch>Changes>Change>ResourceRecordSet>ResourceRecords>ResourceRecord>Value"`
	}
	if err := xml.Unmarshal(body, &in); err != nil || len(in.Values) == 0 {
		a.refuse(w, http.StatusBadRequest, "InvalidInput", "cannot read it")
		return
	}
	switch in.Action {
	case "UPSERT":
		a.sets[in.Name], a.ttl[in.Name] = in.Values, in.TTL
	case "DELETE":
		if !slices.Equal(a.sets[in.Name], in.Values) || a.ttl[in.Name] != in.TTL {
			a.refuse(w, http.StatusBadRequest, "InvalidChangeBatch", "the values provided do not match the current values")
			return
		}
		delete(a.sets, in.Name)
	}
	fmt.Fprint(w, `<ChangeResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeInfo><Id>/change/C1</Id><Status>PENDING</Status></ChangeInfo></ChangeResourceRecordSetsResponse>`)
}

func (a *route53) values(name string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.sets[name])
}

// Values of one set are added and taken out at the same time, and those of
// others stay with their TTL.
func TestRoute53(t *testing.T) {
	const name = "_acme-challenge.example.com."
	api := newRoute53(t, "com", "example.com", "private:lab.example.com")
	api.sets[name], api.ttl[name] = []string{`"their <value>"`}, "7"
	s := solve.FastRoute53(&solve.Route53{Credentials: awsKey, URL: api.URL})
	cs := []solve.Challenge{dns01("example.com", "a"), dns01("*.example.com", "b"), dns01("example.com", "c")}
	all(t, s.Present, cs)
	if got := api.values(name); len(got) != 4 || api.polls < 3 || api.ttl[name] != "7" {
		t.Errorf("the values are %q after %d polls, their TTL %s", got, api.polls, api.ttl[name])
	}
	must(t, s.Present(t.Context(), cs[0])) // it is there
	all(t, s.CleanUp, cs)
	all(t, s.CleanUp, cs)
	if got := api.values(name); !slices.Equal(got, []string{`"their <value>"`}) {
		t.Errorf("left are %q, want theirs", got)
	}
	other := dns01("www.example.com", "d")
	must(t, s.Present(t.Context(), other))
	must(t, s.CleanUp(t.Context(), other))
	if got := api.values("_acme-challenge.www.example.com."); len(got) != 0 {
		t.Errorf("left are %q", got)
	}
}

func all(t *testing.T, f func(ctx context.Context, c solve.Challenge) error, cs []solve.Challenge) {
	t.Helper()
	var wg sync.WaitGroup
	for _, c := range cs {
		wg.Go(func() {
			if err := f(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestRoute53Refuses(t *testing.T) {
	api := newRoute53(t, "example.com", "example.com", "private:example.net")
	s := solve.FastRoute53(&solve.Route53{Credentials: awsKey, URL: api.URL})
	wants(t, s.Present(t.Context(), dns01("example.com", "a")), "2 public hosted zones for example.com")
	wants(t, s.Present(t.Context(), dns01("example.net", "a")), "no public hosted zone")
	wrong := awsKey
	wrong.SecretAccessKey = "secret-and-wrong"
	s = solve.FastRoute53(&solve.Route53{Credentials: wrong, URL: api.URL})
	err := s.Present(t.Context(), dns01("example.com", "a"))
	wants(t, err, "Route 53 answers GET /2013-04-01/hostedzonesbyname with 403 SignatureDoesNotMatch")
	if strings.Contains(fmt.Sprintf("%+v %s", err, solve.Hint(err)), "secret-and-wrong") || solve.Hint(err) == "" {
		t.Errorf("the key shows, or there is no hint: %v", err)
	}
}

// Canceled after each of its requests, it leaves no value.
func TestRoute53Canceled(t *testing.T) {
	for at := 1; ; at++ {
		api := newRoute53(t, "example.com")
		stop := &stopper{at: at}
		if canceled(t, solve.FastRoute53(&solve.Route53{Credentials: awsKey, URL: api.URL, HTTP: stop}), stop) == nil {
			break // all of them were let through
		}
		if got := api.values("_acme-challenge.example.com."); len(got) != 0 {
			t.Errorf("canceled at request %d, it left %q", at, got)
		}
	}
}
