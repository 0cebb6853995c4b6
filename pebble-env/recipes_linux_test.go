package lab_test

// Recipes for ACME clients and servers, each on a machine of its own, with the
// lab's CA: a name in order gets its certificate, a broken one is stopped before
// the CA hears of it, and what was said names the cause.

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A runnable is a recipe and what runs of it on a machine.
type runnable struct {
	name string
	run  func(*testing.T, *machine, recipe)
}

// certbot waits for the CA a good while, and so is alone.
func TestRecipesCertbot(t *testing.T) {
	t.Parallel()
	if inNamespace(t, "ip", "nginx", "certbot", "systemd-analyze") {
		onMachines(t, runnable{"certbot.md", certbotRecipe})
	}
}

func TestRecipesRun(t *testing.T) {
	t.Parallel()
	if !inNamespace(t, "ip", "nginx", "lego", "caddy", "systemd-analyze") {
		return
	}
	needYAML(t)
	onMachines(t, runnable{"acme.sh.md", acmeShRecipe}, runnable{"lego.md", legoRecipe}, runnable{"caddy.md", caddyRecipe},
		runnable{"systemd.md", systemdRecipe}, runnable{"nagios.md", nagiosRecipe}, runnable{"gitlab.md", gitlabRecipe},
		runnable{"kubernetes.md", kubernetesRecipe})
}

// onMachines runs recipes, each on a machine of its own, one after the other.
func onMachines(t *testing.T, all ...runnable) {
	t.Helper()
	acmecheck, err := os.ReadFile(build(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		t.Run(x.name, func(t *testing.T) {
			r := newRecipe(t, x.name)
			x.run(t, newMachine(t, acmecheck), r)
		})
	}
}

// broken is what stands in front of the challenge: every request goes to 4434.
const broken = "server { listen 80; server_name www.example.com; return 301 https://$host:4434$request_uri; }\n"

// passes requires that commands end well, after so many orders.
func (m *machine) passes(t *testing.T, commands string, orders int64) {
	t.Helper()
	before := m.orders.Load()
	said, code := m.run(t, commands)
	if n := m.orders.Load() - before; code != 0 || n != orders {
		t.Errorf("exit code %d, want 0; %d orders, want %d:\n%s%s", code, n, orders, commands, said)
	}
}

// stops requires that commands end badly, naming the cause, without an order.
func (m *machine) stops(t *testing.T, commands, cause string) {
	t.Helper()
	if said := m.fails(t, commands, 0); !strings.Contains(said, "error["+cause+"]") {
		t.Errorf("no error[%s]:\n%s%s", cause, commands, said)
	}
}

// fails requires that commands end badly, after so many orders.
func (m *machine) fails(t *testing.T, commands string, orders int64) (said string) {
	t.Helper()
	before := m.orders.Load()
	said, code := m.run(t, commands)
	if n := m.orders.Load() - before; code == 0 || n != orders {
		t.Errorf("exit code %d, want another than 0; %d orders, want %d:\n%s%s", code, n, orders, commands, said)
	}
	return said
}

// changed requires that commands put another file in a path's place.
func changed(t *testing.T, path string, commands func()) {
	t.Helper()
	before, _ := os.ReadFile(path) // there may be none
	commands()
	after, err := os.ReadFile(path)
	if err != nil || string(before) == string(after) {
		t.Errorf("no new %s: %v", path, err)
	}
}

// The script keeps only the broken name from renewal. What certbot makes of a
// failing hook is what the document says: it goes on.
func certbotRecipe(t *testing.T, m *machine, r recipe) {
	t.Helper()
	const live, renew = "/etc/letsencrypt/live/www.example.com/fullchain.pem", "/usr/local/sbin/certbot-renew-checked"
	stop := m.nginx(t, "")
	changed(t, live, func() { m.passes(t, r.runs["first"], 1) })
	m.passes(t, "certbot certonly --webroot -w /var/www/html -d shop.example.com", 1)
	m.install(t, r.files)
	changed(t, live, func() { m.passes(t, renew, 2) })
	m.passes(t, "systemd-analyze verify certbot.service", 0)
	stop()

	m.nginx(t, broken)
	m.stops(t, r.runs["first"], "http01.redirect.port")
	said := m.fails(t, renew, 1) // for shop.example.com
	if !strings.Contains(said, "not renewed: www.example.com\nerror[http01.redirect.port]") || strings.Contains(said, "shop.example.com") {
		t.Errorf("the script:\n%s", said)
	}
	said = m.fails(t, "certbot renew --no-random-sleep-on-renew --cert-name www.example.com", 1)
	if !strings.Contains(said, "shop.example.com") || !strings.Contains(said, "error[http01.redirect.port]") {
		t.Errorf("the hook in the directory:\n%s", said)
	}
	said = m.fails(t, r.runs["hook"]+" --force-renewal", 1)
	if !strings.Contains(said, "error[http01.redirect.port]") {
		t.Errorf("the hook of the certificate:\n%s", said)
	}
}

func legoRecipe(t *testing.T, m *machine, r recipe) {
	t.Helper()
	const cert = "/etc/lego/certificates/www.example.com.crt"
	m.orderFromLab(t, "lego", "--server "+m.ca.Directory())
	stop := m.nginx(t, "")
	changed(t, cert, func() { m.passes(t, r.runs["lego4"], 1) })
	changed(t, cert, func() { m.passes(t, r.runs["renew4"], 1) })
	stop()
	m.nginx(t, broken)
	m.stops(t, r.runs["lego4"], "http01.redirect.port")
	m.stops(t, r.runs["renew4"], "http01.redirect.port")
}

// orderFromLab has a program take more arguments, since it reads the CA's
// address from nowhere else.
func (m *machine) orderFromLab(t *testing.T, program, arg string) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	m.install(t, map[string]string{"/usr/local/bin/" + program: "#!/bin/sh\nexec " + path + " " + arg + " \"$@\"\n"})
}

// acme.sh is in no Debian package: where it is installed it is run, elsewhere
// only its hook is, as acme.sh runs it.
func acmeShRecipe(t *testing.T, m *machine, r recipe) {
	t.Helper()
	commands, orders := r.runs["issue"], int64(1)
	if _, err := exec.LookPath("acme.sh"); err == nil {
		m.orderFromLab(t, "acme.sh", "--server "+m.ca.Directory()+" --ca-bundle /etc/pebble.pem --force")
	} else {
		_, hook, _ := strings.Cut(commands, "--pre-hook '")
		commands, orders = strings.TrimSuffix(hook, "'\n"), 0
	}
	stop := m.nginx(t, "")
	m.passes(t, commands, orders)
	stop()
	m.nginx(t, broken)
	m.stops(t, commands, "http01.redirect.port")
}

// A CAA record keeps Caddy from its new site. Pebble would not mind.
func caddyRecipe(t *testing.T, m *machine, r recipe) {
	t.Helper()
	const config = "/etc/caddy/Caddyfile"
	global := "{\nacme_ca " + m.ca.Directory() + "\nacme_ca_root /etc/pebble.pem\n}\n"
	site := global + "www.example.com {\nrespond new\n}\n"
	m.install(t, map[string]string{config: site})
	defer m.run(t, "caddy stop")
	if said, code := m.run(t, r.runs["first"]); code != 0 {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	m.served(t, "www.example.com")
	m.passes(t, "caddy stop", 0)

	before := m.orders.Load()
	m.install(t, map[string]string{config: global + "http://old.example.com {\nrespond old\n}\n"})
	m.serve(t, webAddress+":80", "caddy", "run", "--config", config)
	site += "shop.example.com {\nrespond new\n}\n"
	m.install(t, map[string]string{config: site})
	m.forbid(t, `0 issue "ca.example.net"`)
	m.stops(t, r.runs["reload"], "caa.issuer.forbidden")
	m.forbid(t)
	if said, code := m.run(t, r.runs["reload"]); code != 0 {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	m.served(t, "shop.example.com")
	if n := m.orders.Load() - before; n != 1 {
		t.Errorf("%d orders, want 1", n)
	}
}

// forbid sets the CAA records of the domain.
func (m *machine) forbid(t *testing.T, records ...string) {
	t.Helper()
	if err := m.zone.Set("example.com", "CAA", records...); err != nil {
		t.Fatal(err)
	}
}
