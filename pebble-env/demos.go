package lab

import (
	"embed"
	"fmt"
	"strings"

	"github.com/acmecheck/acmecheck/probes/simnet/world"
)

//go:embed demos/*.world
var files embed.FS

// A Demo is a world to try acmecheck on. Its file's first line, a comment,
// says what is wrong in it.
type Demo struct {
	Name  string
	Title string
	World *world.World
}

// order is how the demos are listed.
var order = []string{
	"healthy", "redirect-4434", "redirect-9", "redirect-10", "redirect-loop", "firewall-drop", "refused",
	"ipv6-broken", "wrong-vhost", "catch-all", "tls-redirect-broken",
	"geo-blocked", "caa-forbids", "dns-delegated", "dns-wrong-value", "alpn-ordinary",
}

// Demos returns all demos, in the order to list them.
func Demos() ([]Demo, error) {
	var out []Demo
	for _, name := range order {
		b, err := files.ReadFile("demos/" + name + ".world")
		if err != nil {
			return nil, fmt.Errorf("demo %s: %w", name, err)
		}
		w, err := world.Parse(name, string(b))
		if err != nil {
			return nil, fmt.Errorf("demo %w", err)
		}
		title, _, _ := strings.Cut(string(b), "\n")
		out = append(out, Demo{Name: name, Title: strings.TrimPrefix(title, "# "), World: w})
	}
	return out, nil
}
