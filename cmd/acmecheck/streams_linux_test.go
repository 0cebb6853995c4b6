package main

// These tests run the program as a process, at a terminal and in a pipe.

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/acmecheck/acmecheck/report/render"
)

// mutedResolver is one that never answers. asked is closed when somebody waits
// for it.
func mutedResolver(t *testing.T) (addr string, asked <-chan struct{}) {
	t.Helper()
	var lc net.ListenConfig
	pc, err := lc.ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pc.Close() })
	was := make(chan struct{})
	go func() {
		_, _, _ = pc.ReadFrom(make([]byte, 512))
		close(was)
	}()
	return pc.LocalAddr().String(), was
}

// A program is a process of acmecheck. out and errs are whole when it has ended.
type program struct {
	cmd       *exec.Cmd
	out, errs tap
	ended     sync.WaitGroup
}

// start starts acmecheck. stdout and stderr are pipes, or a terminal.
func start(t *testing.T, outTTY, errTTY bool, args ...string) *program {
	t.Helper()
	p := &program{cmd: exec.CommandContext(t.Context(), "acmecheck", args...)}
	p.cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "TERM=xterm"}
	p.cmd.Dir = t.TempDir()
	p.out.changed.L, p.errs.changed.L = &p.out.mu, &p.errs.mu
	var ours []io.Closer
	var theirs *os.File
	if outTTY || errTTY {
		control, tty := openTerminal(t)
		ours, theirs = append(ours, control), tty
		into := &p.errs
		if outTTY {
			into = &p.out // one terminal for both
		}
		p.ended.Go(func() {
			_, _ = io.Copy(into, control) // ends with EIO when nobody has the terminal open
			into.close()
		})
	}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.errs
	if outTTY {
		p.cmd.Stdout = theirs
	}
	if errTTY {
		p.cmd.Stderr = theirs
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if theirs != nil {
		_ = theirs.Close()
	}
	t.Cleanup(func() {
		for _, c := range ours {
			_ = c.Close()
		}
	})
	return p
}

// interrupt is Ctrl-C.
func (p *program) interrupt() { _ = p.cmd.Process.Signal(syscall.SIGINT) }

// end waits for the end, and returns the exit code.
func (p *program) end() int {
	_ = p.cmd.Wait()
	p.ended.Wait()
	return p.cmd.ProcessState.ExitCode()
}

// A tap collects what is written, and can be waited for.
type tap struct {
	mu      sync.Mutex
	changed sync.Cond
	b       bytes.Buffer // guarded by mu
	closed  bool         // guarded by mu
}

// Write collects.
func (t *tap) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer t.changed.Broadcast()
	return t.b.Write(p)
}

// close says that nothing more will come.
func (t *tap) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.changed.Broadcast()
}

// until waits for a text, or until there can be none.
func (t *tap) until(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.closed && !strings.Contains(t.b.String(), text) {
		t.changed.Wait()
	}
}

// openTerminal makes a terminal: what a program writes to tty is read from
// control.
func openTerminal(t *testing.T) (control, tty *os.File) {
	t.Helper()
	control, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("needs pseudo-terminals:", err)
	}
	fd := int(control.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return control, tty
}

// interruptedReport finds what is wrong with a format of a report that was
// interrupted.
func interruptedReport(t *testing.T, format string, out []byte) error {
	t.Helper()
	switch format {
	case "json":
		if !bytes.Contains(out, []byte(`"reason": "interrupted"`)) {
			return fmt.Errorf("it does not say that it was interrupted")
		}
		return reportSchema(t)(out)
	case "ndjson":
		var last struct {
			Type string
			Exit struct{ Reason string }
		}
		for line := range bytes.Lines(out) {
			if err := json.Unmarshal(line, &last); err != nil {
				return err
			}
		}
		if last.Type != "run_finished" || last.Exit.Reason != "interrupted" {
			return fmt.Errorf("it ends with %+v", last)
		}
	case "sarif":
		return json.Unmarshal(out, &map[string]any{})
	case "junit":
		d := xml.NewDecoder(bytes.NewReader(out))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
		}
	}
	if len(out) == 0 {
		return fmt.Errorf("it is empty")
	}
	return nil
}

// In a pipe standard output has the report and no escapes, also when somebody
// presses Ctrl-C; standard error tells no progress.
func TestPipes(t *testing.T) {
	for _, f := range render.Formats {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			addr, asked := mutedResolver(t)
			p := start(t, false, false, "--resolver", addr, "--format", f.Name, "example.com")
			<-asked
			p.interrupt()
			want := exitInterrupted
			if f.Name == "nagios" {
				want = exitCannotTell // UNKNOWN, in its own words
			}
			if code := p.end(); code != want {
				t.Errorf("exit code %d, want %d\n%s", code, want, p.errs.b.String())
			}
			if err := interruptedReport(t, f.Name, p.out.b.Bytes()); err != nil {
				t.Errorf("%s:\n%s", err, p.out.b.String())
			}
			if strings.ContainsRune(p.out.b.String()+p.errs.b.String(), '\x1b') || strings.Contains(p.errs.b.String(), "looking") {
				t.Errorf("stdout %q\nstderr %q", p.out.b.String(), p.errs.b.String())
			}
		})
	}
}

// At a terminal standard error tells progress, and wipes it away; what is piped
// has nothing of it.
func TestProgressAtATerminal(t *testing.T) {
	addr, _ := mutedResolver(t)
	p := start(t, false, true, "--resolver", addr, "--json", "http-01@example.com")
	p.errs.until("looking: example.com ")
	p.interrupt()
	if code := p.end(); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	if err := interruptedReport(t, "json", p.out.b.Bytes()); err != nil {
		t.Error(err)
	}
	if bytes.ContainsRune(p.out.b.Bytes(), '\x1b') {
		t.Errorf("stdout has escapes: %q", p.out.b.String())
	}
	wiped(t, p.errs.b.String(), "acmecheck: Interrupted.")
}

// Where both streams are one terminal, the report stands where progress was.
func TestReportReplacesProgress(t *testing.T) {
	addr, _ := mutedResolver(t)
	p := start(t, true, true, "--resolver", addr, "http-01@example.com")
	p.out.until("looking: ")
	p.interrupt()
	p.end()
	wiped(t, p.out.b.String(), "Interrupted.")
	if !strings.Contains(p.out.b.String(), "\x1b[1") {
		t.Errorf("there is no colour in %q", p.out.b.String())
	}
}

// wiped finds progress that is left where the result stands.
func wiped(t *testing.T, screen, result string) {
	t.Helper()
	before, _, ok := strings.Cut(screen, result)
	last := strings.LastIndex(before, "looking: ")
	if !ok || last < 0 || !strings.Contains(before[last:], "\r\x1b[K") || strings.Contains(screen[len(before):], "looking: ") {
		t.Errorf("the terminal got %q", screen)
	}
}

// A wait says at a terminal when it will look next.
func TestWaitAtATerminal(t *testing.T) {
	p := start(t, false, true, "--resolver", "127.0.0.1:1", "--wait", "1h", "--interval", "1h", "--json", "example.com")
	p.errs.until("not ready yet: CANNOT TELL (local.resolver.silent), next look in 1 h")
	p.interrupt()
	if code := p.end(); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	if err := interruptedReport(t, "json", p.out.b.Bytes()); err != nil {
		t.Error(err)
	}
}

// Ctrl-C is how a watch ends.
func TestWatchAtATerminal(t *testing.T) {
	p := start(t, true, true, "watch", "--resolver", "127.0.0.1:1", "--interval", "1h", "example.com")
	p.out.until("next look in ")
	p.interrupt()
	if code := p.end(); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	if screen := p.out.b.String(); !strings.Contains(screen, "  CANNOT TELL (local.resolver.silent)\r\n") || !strings.HasSuffix(screen, "\r\x1b[K") {
		t.Errorf("the terminal got %q", screen)
	}
}
