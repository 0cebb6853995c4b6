package solve_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/acmecheck/acmecheck/probes/solve"
)

// A cloudflare has zones, by name, and records, by id.
type cloudflare struct {
	*service
	zones   []string
	records map[string]cfRecord
	next    int
}

type cfRecord struct{ Zone, Type, Name, Content string }

func newCloudflare(t *testing.T, zones ...string) *cloudflare {
	t.Helper()
	c := &cloudflare{zones: zones, records: map[string]cfRecord{}}
	c.service = serve(t, c.handle)
	return c
}

func (c *cloudflare) handle(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer good-token" {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"success":false,"errors":[{"code":9109,"message":"Invalid access token"}],"result":null}`)
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/user/tokens/verify":
		c.answer(w, map[string]string{"status": "active"})
	case r.URL.Path == "/zones":
		c.list(w, r)
	case r.Method == http.MethodPost:
		c.add(w, r, parts[1])
	case r.Method == http.MethodGet:
		c.find(w, r, parts[1])
	case r.Method == http.MethodDelete:
		c.remove(w, parts[3])
	}
}

func (c *cloudflare) answer(w http.ResponseWriter, result any) {
	_ = json.NewEncoder(w).Encode(map[string]any{"success": true, "errors": []any{}, "result": result})
}

func (c *cloudflare) list(w http.ResponseWriter, r *http.Request) {
	out := []map[string]string{}
	for _, z := range c.zones {
		if name := r.URL.Query().Get("name"); name == "" || name == z {
			out = append(out, map[string]string{"id": "id-" + z, "name": z})
		}
	}
	c.answer(w, out)
}

func (c *cloudflare) add(w http.ResponseWriter, r *http.Request, zone string) {
	var in cfRecord
	_ = json.NewDecoder(r.Body).Decode(&in)
	in.Zone = zone
	for _, old := range c.records {
		if old == in {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"success":false,"errors":[{"code":81058,"message":"An identical record already exists."}]}`)
			return
		}
	}
	c.next++
	id := fmt.Sprint("r", c.next)
	c.records[id] = in
	c.answer(w, map[string]string{"id": id})
}

func (c *cloudflare) find(w http.ResponseWriter, r *http.Request, zone string) {
	out := []map[string]string{}
	for id, rec := range c.records {
		if rec.Zone == zone && rec.Name == r.URL.Query().Get("name") {
			out = append(out, map[string]string{"id": id, "content": rec.Content})
		}
	}
	c.answer(w, out)
}

func (c *cloudflare) remove(w http.ResponseWriter, id string) {
	if _, ok := c.records[id]; !ok {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"success":false,"errors":[{"code":81044,"message":"Record does not exist."}]}`)
		return
	}
	delete(c.records, id)
	c.answer(w, map[string]string{"id": id})
}

func (c *cloudflare) contents() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, r := range c.records {
		out = append(out, r.Zone+" "+r.Name+" "+r.Content)
	}
	slices.Sort(out)
	return out
}

// Values of a name, of its wildcard and of others stand side by side, in the
// longest zone, and each goes alone.
func TestCloudflare(t *testing.T) {
	api := newCloudflare(t, "example.com", "lab.example.com", "other.org")
	api.records["theirs"] = cfRecord{"id-lab.example.com", "TXT", "_acme-challenge.a.lab.example.com", `"theirs"`}
	s := &solve.Cloudflare{Token: "good-token", URL: api.URL}
	cs := []solve.Challenge{dns01("a.lab.example.com", "a"), dns01("*.a.lab.example.com", "b"), dns01("example.com", "c")}
	var wg sync.WaitGroup
	for _, c := range cs {
		wg.Go(func() {
			if err := s.Present(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := api.contents()
	if len(got) != 4 || !slices.Contains(got, `id-lab.example.com _acme-challenge.a.lab.example.com "`+cs[1].TXTValue+`"`) {
		t.Errorf("the records are %q", got)
	}
	again := &solve.Cloudflare{Token: "good-token", URL: api.URL} // another process, after a kill -9
	must(t, again.Present(t.Context(), cs[0]))
	must(t, again.CleanUp(t.Context(), cs[0]))
	for _, c := range cs {
		must(t, s.CleanUp(t.Context(), c))
		must(t, s.CleanUp(t.Context(), c))
	}
	if got := api.contents(); len(got) != 1 {
		t.Errorf("left are %q, want theirs", got)
	}
}

func TestCloudflareRefuses(t *testing.T) {
	api := newCloudflare(t, "example.com")
	s := &solve.Cloudflare{Token: "secret-and-wrong", URL: api.URL}
	err := s.Present(t.Context(), dns01("example.com", "a"))
	wants(t, err, "Cloudflare answers GET /zones with 403 9109: Invalid access token")
	if strings.Contains(fmt.Sprintf("%+v %s", err, solve.Hint(err)), "secret-and-wrong") || solve.Hint(err) == "" {
		t.Errorf("the token shows, or there is no hint: %v", err)
	}
	s = &solve.Cloudflare{Token: "good-token", URL: api.URL}
	wants(t, s.Present(t.Context(), dns01("example.org", "a")), "sees no zone")
}

func TestCloudflareScope(t *testing.T) {
	delegated := dns01("example.com", "a")
	delegated.TXTName = "example.acme.example.net"
	for _, tt := range []struct {
		name  string
		zones []string
		c     solve.Challenge
		want  solve.Reach
	}{
		{"the website's zone", []string{"example.com"}, dns01("example.com", "a"), solve.Broad},
		{"a zone for nothing else", []string{"acme.example.net"}, delegated, solve.Narrow},
		{"that and others", []string{"acme.example.net", "other.org"}, delegated, solve.Broad},
		{"hidden zones", nil, delegated, solve.Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &solve.Cloudflare{Token: "good-token", URL: newCloudflare(t, tt.zones...).URL}
			got, err := s.Scope(t.Context(), tt.c)
			if err != nil || got.Reach != tt.want || got.Detail == "" {
				t.Errorf("scope %v, %v, want %s", got, err, tt.want)
			}
		})
	}
}

// Canceled after each of its requests, it leaves no record.
func TestCloudflareCanceled(t *testing.T) {
	for at := 1; ; at++ {
		api := newCloudflare(t, "example.com")
		stop := &stopper{at: at}
		if canceled(t, &solve.Cloudflare{Token: "good-token", URL: api.URL, HTTP: stop}, stop) == nil {
			break // all of them were let through
		}
		if got := api.contents(); len(got) != 0 {
			t.Errorf("canceled at request %d, it left %q", at, got)
		}
	}
}
