package main

import (
	"bytes"
	"encoding/json"
	"image"
	_ "image/png" // screenshots
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acmecheck/acmecheck/report"
	"github.com/acmecheck/acmecheck/report/render"
)

// A viewing is what came of showing a page.
type viewing struct {
	console  []string // what the page said, or the browser of it
	requests []string // what it wanted from the network
	colours  int      // of the screenshot
}

// viewed shows a page in Chromium. The headless shell is Chromium without what
// calls home by itself, so every request is the page's; no name resolves, so
// none gets anywhere.
func viewed(t *testing.T, page []byte) viewing {
	t.Helper()
	shell, err := exec.LookPath("chromium-headless-shell")
	if err != nil {
		t.Skip("needs chromium-headless-shell")
	}
	dir := t.TempDir()
	file, shot, log := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.png"), filepath.Join(dir, "net.json")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), shell, "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--log-net-log="+log, "--enable-logging=stderr", "--v=0", "--window-size=900,1400", "--screenshot="+shot, "file://"+file)
	said, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	v := viewing{requests: requestsIn(t, log), colours: coloursIn(t, shot)}
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, ":CONSOLE:") {
			v.console = append(v.console, line)
		}
	}
	return v
}

// requestsIn lists what Chromium's own log of the network holds that is for
// somebody.
func requestsIn(t *testing.T, file string) (out []string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Constants struct {
			LogSourceType map[string]int `json:"logSourceType"`
		} `json:"constants"`
		Events []struct {
			Params map[string]any `json:"params"`
			Source struct {
				Type int `json:"type"`
			} `json:"source"`
		} `json:"events"`
	}
	if err := json.Unmarshal(raw, &log); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"URL_REQUEST", "SOCKET", "UDP_SOCKET", "TCP_CONNECT_JOB", "HOST_RESOLVER_IMPL_JOB", "DNS_TRANSACTION"} {
		kind, known := log.Constants.LogSourceType[name]
		for _, e := range log.Events {
			if url, ok := e.Params["url"].(string); known && e.Source.Type == kind {
				out = append(out, name)
				if ok {
					out = append(out, url)
				}
			}
		}
	}
	return out
}

func coloursIn(t *testing.T, file string) int {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	shot, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[any]bool{}
	for y := range shot.Bounds().Dy() {
		for x := range shot.Bounds().Dx() {
			seen[shot.At(x, y)] = true
		}
	}
	return len(seen)
}

// The page is shown by a real browser, which finds nothing to complain of and
// has nothing to ask anybody.
func TestHTMLInABrowser(t *testing.T) {
	pages := map[string]*report.Report{}
	for _, name := range []string{"redirect-4434", "healthy", "geo-blocked"} {
		_, r, err := play(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		pages[name] = r
	}
	pages["hostile"] = poisoned(t, pages["redirect-4434"])
	for name, r := range pages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var page bytes.Buffer
			if err := render.HTML(&page, r); err != nil {
				t.Fatal(err)
			}
			v := viewed(t, page.Bytes())
			if len(v.console) > 0 || len(v.requests) > 0 {
				t.Errorf("the console says %q; asked of the network: %q", v.console, v.requests)
			}
			if v.colours < 20 {
				t.Errorf("%d colours: nothing is to be seen", v.colours)
			}
		})
	}
	t.Run("a page that does both is seen to", func(t *testing.T) {
		t.Parallel()
		v := viewed(t, []byte(`<!DOCTYPE html><title>x</title><img src="http://example.com/x.png"><script>console.error("x")</script>`))
		if len(v.console) == 0 || len(v.requests) == 0 {
			t.Errorf("the console says %q; asked of the network: %q", v.console, v.requests)
		}
	})
}
