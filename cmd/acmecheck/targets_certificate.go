package main

// This file finds names in certificates, and in what certbot keeps of those that
// it renews.

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/acmecheck/acmecheck/probes"
)

// certificate takes the names and addresses of a certificate.
func (g *gathering) certificate(file string) error {
	b, err := g.whole(file)
	if err != nil {
		return err
	}
	ids, err := namesIn(b)
	if err != nil {
		return usage("%s: %s", placeOf(probes.Source{File: file}), err).try("@cert.pem or @fullchain.pem; a list of names is --file FILE")
	}
	for _, id := range ids {
		if err := g.read(id, probes.Source{File: file}); err != nil {
			return err
		}
	}
	return nil
}

// namesIn are the names of the first certificate in a text: in a chain that is
// the leaf.
func namesIn(text []byte) ([]string, error) {
	for {
		var block *pem.Block
		block, text = pem.Decode(text)
		switch {
		case block == nil:
			return nil, errors.New("no certificate in PEM is in it")
		case block.Type != "CERTIFICATE":
			continue // a key may be in the same file
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		if ids := names(c); len(ids) > 0 {
			return ids, nil
		}
		return nil, errors.New("the certificate names no domain and no address")
	}
}

// certbot takes the names of every certificate that certbot would renew, with
// the method by which it would.
func (g *gathering) certbot(dir string) error {
	folder := filepath.Join(dir, "renewal")
	entries, err := os.ReadDir(folder)
	if err != nil {
		return usage("%s", err).try("--certbot=DIR is the directory that has renewal/ in it; reading it may take root")
	}
	found := false
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".conf"); ok {
			found = true
			if err := g.renewal(dir, name, filepath.Join(folder, e.Name())); err != nil {
				return err
			}
		}
	}
	if !found {
		return usage("certbot renews nothing: no .conf is in %s", folder).try("--certbot=DIR names another directory of certbot's")
	}
	return nil
}

// renewal takes the names of one certificate of certbot's.
func (g *gathering) renewal(dir, name, file string) error {
	from := probes.Source{File: file}
	b, err := g.whole(file)
	if err != nil {
		return err
	}
	r := readRenewal(b)
	// The directory may have been copied or mounted elsewhere.
	live := filepath.Join(dir, "live", name, "cert.pem")
	if _, err := os.Stat(live); err != nil {
		live = cmp.Or(r.cert, live)
	}
	ids, err := namesOf(live)
	if err != nil && len(r.webroots) > 0 {
		g.notes = append(g.notes, fmt.Sprintf("%s: %s; the names are those of its webroot_map", file, err))
		ids, err = slices.Sorted(maps.Keys(r.webroots)), nil
	}
	if err != nil {
		g.reject(from, err)
		return nil
	}
	if r.authenticator == "standalone" {
		g.notes = append(g.notes, file+": certbot answers by itself (standalone), and listens only while it orders: a port that refuses until then is no fault; --serve answers in its place")
	}
	for _, id := range ids {
		from.Line = r.webroots[id]
		if m := r.method(); m != "" {
			id = string(m) + "@" + id
		}
		if err := g.read(id, from); err != nil {
			return err
		}
	}
	return nil
}

func namesOf(file string) ([]string, error) {
	b, err := (&gathering{}).whole(file)
	if err != nil {
		return nil, err
	}
	ids, err := namesIn(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return ids, nil
}

// A renewal is what certbot wrote down about a certificate.
type renewal struct {
	cert          string
	authenticator string
	preferred     string // challenges, divided by commas
	webroots      map[string]int
}

// readRenewal reads the lines of a renewal configuration that matter. The format
// is that of ConfigObj: [sections] and [[sections in them]].
func readRenewal(text []byte) renewal {
	r := renewal{webroots: map[string]int{}}
	section := ""
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for n := 1; lines.Scan(); n++ {
		line := uncommented(lines.Text())
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[] ")
			continue
		}
		k, v, ok := strings.Cut(line, "=")
		k, v = strings.Trim(k, ` "'`), strings.Trim(v, ` "'`)
		switch {
		case !ok:
		case section == "webroot_map":
			r.webroots[k] = n
		case section == "" && k == "cert":
			r.cert = v
		case k == "authenticator":
			r.authenticator = v
		case k == "pref_challs":
			r.preferred = v
		}
	}
	return r
}

// method is that by which certbot would renew; empty: its plugin is not known.
func (r renewal) method() probes.Method {
	for p := range strings.SplitSeq(r.preferred, ",") {
		if m := probes.Method(strings.TrimSpace(p)); slices.Contains(probes.Methods, m) {
			return m
		}
	}
	switch r.authenticator {
	case "webroot", "nginx", "apache", "standalone", "manual":
		return probes.HTTP01
	}
	if strings.Contains(r.authenticator, "dns") { // dns-cloudflare, certbot-dns-x:dns-x
		return probes.DNS01
	}
	return ""
}
