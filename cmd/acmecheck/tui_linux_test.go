package main

// This file drives the screens in a real terminal, tmux: it types, resizes and
// reads what a person would see.

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// A pane is a terminal with a program in it.
type pane struct {
	t      *testing.T
	socket string
	output <-chan struct{} // holds a token if the screen may have changed

	mu  sync.Mutex
	raw strings.Builder // what the program wrote, as tmux tells it: guarded by mu
}

// openPane runs acmecheck in a terminal of w by h cells. When it has ended, the
// last line says with which code.
func openPane(t *testing.T, bin string, w, h int, args string) *pane {
	t.Helper()
	dir := t.TempDir()
	p := &pane{t: t, socket: filepath.Join(dir, "tmux")}
	script := filepath.Join(dir, "run.sh")
	text := fmt.Sprintf("#!/bin/sh\ncd %s\n%s %s\necho \"exit code $?\"\nread end\n", dir, bin, args)
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	p.tmux("new-session", "-d", "-x", fmt.Sprint(w), "-y", fmt.Sprint(h), "cat") // so that the options come first
	t.Cleanup(func() { p.tmux("kill-server") })
	p.tmux("set-option", "-g", "window-size", "manual")
	p.tmux("set-option", "-g", "status", "off")
	p.listen()
	p.tmux("respawn-pane", "-k", "-e", "LANG=C.UTF-8", "-e", "CI=", "-e", "XDG_CONFIG_HOME="+dir, "-e", "XDG_STATE_HOME="+dir, script)
	return p
}

func (p *pane) tmux(args ...string) string {
	p.t.Helper()
	c := exec.CommandContext(context.WithoutCancel(p.t.Context()), "tmux", append([]string{"-S", p.socket, "-f", "/dev/null"}, args...)...)
	out, err := c.CombinedOutput()
	if err != nil {
		p.t.Fatalf("tmux %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// listen hears of every output of the program (tmux's control mode).
func (p *pane) listen() {
	p.t.Helper()
	c := exec.CommandContext(p.t.Context(), "tmux", "-S", p.socket, "-f", "/dev/null", "-C", "attach")
	in, err := c.StdinPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	changed := make(chan struct{}, 1)
	p.output = changed
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if _, text, ok := strings.Cut(lines.Text(), "%output "); ok {
				p.mu.Lock()
				p.raw.WriteString(text + "\n")
				p.mu.Unlock()
			}
			select {
			case changed <- struct{}{}:
			default:
			}
		}
	}()
	p.t.Cleanup(func() { _ = in.Close(); _ = c.Wait() })
}

// shows waits until the screen matches, and returns it.
func (p *pane) shows(pattern string) string {
	p.t.Helper()
	return p.until(pattern, func() string { return p.tmux("capture-pane", "-p") })
}

// wrote waits until what the program wrote matches, and returns it.
func (p *pane) wrote(pattern string) string {
	p.t.Helper()
	return p.until(pattern, func() string {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.raw.String()
	})
}

func (p *pane) until(pattern string, look func() string) string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	late := time.NewTimer(30 * time.Second)
	defer late.Stop()
	for {
		screen := look()
		if re.MatchString(screen) {
			return screen
		}
		select {
		case <-p.output:
		case <-late.C:
			p.t.Fatalf("%q does not show:\n%s", pattern, screen)
		}
	}
}

func (p *pane) press(keys ...string) {
	p.t.Helper()
	p.tmux(append([]string{"send-keys"}, keys...)...)
}

// commandPath is this test binary as the command that testscript.Main makes of it.
func commandPath(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("acmecheck")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func requireTmux(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("needs tmux")
	}
}

// The fault of a demo is found, switched off and gone; the report is printed on
// a clean screen.
func TestScreenFindsFault(t *testing.T) {
	requireTmux(t)
	t.Parallel()
	p := openPane(t, commandPath(t), 100, 30, "demo redirect-4434 --tui")
	screen := p.shows(`NOT READY  1 error`)
	if !strings.Contains(screen, "http01.redirect.port") || !strings.Contains(screen, "^^^^ the CA stops here") {
		t.Errorf("no finding:\n%s", screen)
	}
	p.tmux("resize-window", "-x", "80", "-y", "24")
	p.shows(`(?m)^[^\n]{79}┐$`)
	p.press("F")
	p.shows(`the fault is off`)
	p.press("r")
	p.shows(` READY\s*\n`)
	p.press("q")
	screen = p.shows(`exit code 0`)
	if !strings.HasPrefix(screen, "example.com") || !strings.Contains(screen, "\nReady. 0 errors") || strings.Contains(screen, "┌") {
		t.Errorf("the report on the screen:\n%s", screen)
	}
}

// Keys that are typed fast arrive as one message, and count one by one.
func TestScreenFastKeys(t *testing.T) {
	requireTmux(t)
	t.Parallel()
	p := openPane(t, commandPath(t), 100, 30, "demo redirect-4434 --tui")
	p.shows(`▸   ✗ http01.redirect.port`)
	p.press("g")
	p.shows(`▸ . target`)
	p.press("-l", "jjjj")
	p.shows(`▸ . caa`)
	p.press("C-c")
	p.shows(`exit code 130`)
}

// The wizard takes a name to a certificate of the embedded Pebble.
func TestScreenWizard(t *testing.T) {
	requireTmux(t)
	t.Parallel()
	p := openPane(t, commandPath(t), 100, 34, "demo issue --tui")
	p.shows(` READY\s*\n`)
	p.press("i")
	p.shows(`which CA\?`)
	p.press("Enter")
	p.shows(`Nothing has been sent`)
	p.press("Enter")
	screen := p.shows(`Issued  serial [0-9a-f]+`)
	for _, want := range []string{"arrived: TXT _acme-challenge.www.lab.test", "www.lab.test: valid by dns-01", "finalize", "privkey.pem"} {
		if !strings.Contains(screen, want) {
			t.Errorf("%q is not there:\n%s", want, screen)
		}
	}
	p.press("Escape")
	p.shows(`the CA validated it`)
	p.press("q")
	p.shows(`(?s)outcome     issued: serial .*exit code 0`)
}

// A form asks for a name where none was given, also for acmecheck without a word.
func TestScreenForm(t *testing.T) {
	requireTmux(t)
	t.Parallel()
	p := openPane(t, commandPath(t), 80, 24, "")
	p.shows(`Which name is to get a certificate\?`)
	p.press("-l", "no such name")
	p.press("Enter")
	p.shows(`is not|no |cannot`)
	p.press("Q")
	p.shows(`exit code \d`)
}

// acmecheck without a word looks by the rules of a public CA, as tui does.
func TestScreenAloneIsPublic(t *testing.T) {
	requireTmux(t)
	t.Parallel()
	p := openPane(t, commandPath(t), 100, 30, "--resolver 127.0.0.1:1")
	p.shows(`Which name is to get a certificate\?`)
	p.press("-l", "www.host.lan")
	p.press("Enter")
	p.shows(`name\.suffix\.unknown`)
	p.press("Q")
	p.shows(`exit code 1`)
}

// No command but tui talks to the terminal: bubbletea's init would ask it for
// its colours, and wait up to five seconds for an answer.
func TestVersionIsQuiet(t *testing.T) {
	requireTmux(t)
	t.Parallel()
	p := openPane(t, "TERM=xterm-256color "+commandPath(t), 100, 24, "version") // the library knows that tmux would not answer
	if raw := p.wrote(`exit code 0`); strings.Contains(raw, `\033`) || !strings.Contains(raw, "acmecheck "+version) {
		t.Errorf("it wrote %s", raw)
	}
}

// Without a terminal that can show them there are no screens, and a reason.
func TestNoScreen(t *testing.T) {
	requireTmux(t)
	t.Parallel()
	bin := commandPath(t)
	for args, want := range map[string]string{
		"tui example.com | cat":                "standard output is no terminal",
		"tui example.com < /dev/null":          "standard input is no terminal",
		"tui --report /nonexistent":            "no such file",
		"tui --theme neon":                     "unknown theme",
		"tui --report x example.com":           "nothing to look at",
		"demo redirect-4434 --tui < /dev/null": "standard input is no terminal",
	} {
		p := openPane(t, bin, 100, 24, args)
		if screen := p.shows(`exit code \d`); !strings.Contains(strings.ReplaceAll(screen, "\n", ""), want) {
			t.Errorf("%s:\n%s", args, screen)
		}
	}
}
