package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/probes"
)

// certified is a certificate for names, in PEM.
func certified(t *testing.T, names []string, ips ...net.IP) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: names, IPAddresses: ips, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// A certificate stands for all that it names; a chain for its leaf.
func TestCertificateTargets(t *testing.T) {
	leaf := certified(t, []string{"a.example", "*.a.example"}, net.ParseIP("192.0.2.1"), net.ParseIP("2001:db8::1"))
	key := "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
	dir := write(t, map[string]string{
		"chain.pem": key + "# leaf\n" + leaf + certified(t, []string{"ca.example"}),
		"none.pem":  key, "nameless.pem": certified(t, nil), "odd.pem": certified(t, []string{"exa mple.com", "good.example"}),
		"broken.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
	})
	got, _, errs, err := gather(t, &checkOptions{methods: []string{"dns-01"}}, "", "@"+dir+"/chain.pem")
	want := []string{"dns-01@a.example chain.pem", "dns-01@*.a.example chain.pem", "dns-01@192.0.2.1 chain.pem", "dns-01@2001:db8::1 chain.pem"}
	if d := cmp.Diff(want, got); d != "" || err != nil || errs != "" {
		t.Error(d, err, errs)
	}
	if got, _, _, err = gather(t, &checkOptions{}, leaf, "@-"); len(got) != 4 || err != nil {
		t.Error(got, err)
	}
	for file, want := range map[string]string{
		"none.pem": "no certificate in PEM is in it", "nameless.pem": "names no domain", "broken.pem": "malformed", "nowhere.pem": "no such file", "odd.pem": "1 place was not understood",
	} {
		if _, _, _, err := gather(t, &checkOptions{}, "", "@"+dir+"/"+file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestRenewalMethods(t *testing.T) {
	for params, want := range map[string]probes.Method{
		"authenticator = webroot": probes.HTTP01, "authenticator = nginx": probes.HTTP01, "authenticator=apache": probes.HTTP01,
		"authenticator = standalone # here": probes.HTTP01, "authenticator = manual": probes.HTTP01,
		"authenticator = manual\npref_challs = dns-01,": probes.DNS01, "pref_challs = \"dns-01, http-01\"\nauthenticator = manual": probes.DNS01,
		"authenticator = dns-cloudflare": probes.DNS01, "authenticator = certbot-dns-x:dns-x": probes.DNS01,
		"authenticator = something": "", "": "",
	} {
		if got := readRenewal([]byte("[renewalparams]\n" + params)).method(); got != want {
			t.Errorf("%s: %q, want %q", params, got, want)
		}
	}
}

// The names are those of the certificate, wherever certbot's directory is now;
// without it those of the webroot map are next best. What cannot be read is told
// of, with the rest.
func TestRenewals(t *testing.T) {
	conf := func(cert, params string) string {
		return "# renew_before_expiry = 30 days\nversion = 2.1.0\ncert = " + cert + "\n\n[renewalparams]\n" + params
	}
	dir := write(t, map[string]string{
		"renewal/a.example.conf":  conf("/elsewhere/live/a.example/cert.pem", "authenticator = webroot\n[[webroot_map]]\na.example = /var/www\n"),
		"live/a.example/cert.pem": certified(t, []string{"a.example", "www.a.example"}),
		"renewal/b.example.conf":  conf("/elsewhere/cert.pem", "authenticator = webroot\nwebroot_path = /var/www,\n[[webroot_map]]\nwww.b.example = /var/www\nb.example = /var/www\n"),
		"renewal/notes.txt":       "no renewal",
	})
	kept := dir + "/kept.pem"
	if err := os.WriteFile(kept, []byte(certified(t, []string{"*.c.example"})), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/renewal/c.example.conf", []byte(conf(kept, "authenticator = dns-rfc2136\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	got, notes, errs, err := gather(t, &checkOptions{sources: sources{certbot: dir}, methods: []string{"tls-alpn-01"}}, "")
	want := []string{
		"http-01@a.example a.example.conf:8", "http-01@www.a.example a.example.conf",
		"http-01@b.example b.example.conf:10", "http-01@www.b.example b.example.conf:9", "dns-01@*.c.example c.example.conf",
	}
	if d := cmp.Diff(want, got); d != "" || err != nil || errs != "" || len(notes) != 1 {
		t.Error(d, err, errs, notes)
	}
	if err := os.Remove(kept); err != nil {
		t.Fatal(err)
	}
	if _, _, errs, err = gather(t, &checkOptions{sources: sources{certbot: dir}}, ""); err == nil || !strings.Contains(errs, "c.example.conf: open "+kept) {
		t.Error(err, errs)
	}
}

// What a real certbot leaves behind is what would be renewed.
func TestCertbotsOwnRenewals(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("certbot"); err != nil {
		t.Skip("needs certbot")
	}
	if err := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", "import certbot_dns_rfc2136").Run(); err != nil {
		t.Skip("needs python3-certbot-dns-rfc2136")
	}
	dir := t.TempDir()
	upLab(t, dir, "--http-port", freePort(t))
	var info labInfo
	if err := json.Unmarshal([]byte(runLab(t, 0, "status", "--dir", dir, "--format", "json")), &info); err != nil {
		t.Fatal(err)
	}
	for _, l := range info.Lines {
		if !strings.HasPrefix(l.Client, "certbot") {
			continue
		}
		if out, err := exec.CommandContext(t.Context(), "sh", "-c", l.Line).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", l.Line, err, out)
		}
	}
	got, notes, errs, err := gather(t, &checkOptions{sources: sources{certbot: dir + "/certbot"}}, "")
	want := []string{"dns-01@*.lab.test lab.test.conf", "http-01@www.lab.test www.lab.test.conf"}
	if d := cmp.Diff(want, got); d != "" || err != nil || errs != "" {
		t.Error(d, err, errs)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "standalone") {
		t.Errorf("notes: %q", notes)
	}
	var c cobra.Command
	if chain, err := (&checkOptions{}).targets(&c, []string{"@" + dir + "/certbot/live/www.lab.test/fullchain.pem"}); err != nil || len(chain) != 1 {
		t.Errorf("%v %v", chain, err)
	}
}
