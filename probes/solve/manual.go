package solve

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"

	"github.com/acmecheck/acmecheck/probes"
)

// Manual has a person put the answers in place, one after the other. It knows
// nothing of terminals. It must not be copied.
type Manual struct {
	Out io.Writer
	// In is read by lines. A read that is under way when a context ends goes on
	// until the next line, which then counts for the next challenge.
	In io.Reader

	say   printer
	once  sync.Once
	turn  chan struct{}
	lines chan error // one for each line; the last is an error
}

func (*Manual) inOrder()    {}
func (*Manual) stays() bool { return true }

// errNobody is the end of the input.
var errNobody = errors.New("nobody is there to say that it is done: the input has ended")

// Present prints what to do, and waits until a line comes in.
func (m *Manual) Present(ctx context.Context, c Challenge) error {
	text, err := instruction(c)
	if err != nil {
		return err
	}
	m.once.Do(m.start)
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := m.say.to(m.Out, text+"\nPress Enter when it is there.\n"); err != nil {
		return err
	}
	select {
	case err, ok := <-m.lines:
		if !ok {
			return errNobody
		}
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (m *Manual) start() {
	m.turn, m.lines = make(chan struct{}, 1), make(chan error)
	go m.read()
}

// read hands lines on. Its goroutine ends with the input, at the latest with
// the process: a Read cannot be called off.
func (m *Manual) read() {
	defer close(m.lines)
	const longest = 64 << 10
	r := bufio.NewReaderSize(m.In, longest)
	for {
		_, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			continue // somebody's cat walks on the keyboard
		}
		if err != nil {
			return
		}
		m.lines <- nil
	}
}

// CleanUp says what may be removed. It waits for nobody.
func (m *Manual) CleanUp(_ context.Context, c Challenge) error {
	what := "the TXT record at " + c.TXTName + "."
	if c.Method == probes.HTTP01 {
		what = "the file " + path.Join(WellKnown, c.Token)
	}
	return m.say.to(m.Out, "You may remove "+what+" now.\n")
}

// A printer writes one text after the other.
type printer struct{ mu sync.Mutex }

func (p *printer) to(w io.Writer, text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := io.WriteString(w, text)
	return err
}

func instruction(c Challenge) (string, error) {
	if c.Method == probes.HTTP01 {
		if !tokens.MatchString(c.Token) {
			return "", fmt.Errorf("the token %q is not in the base64url alphabet", short(c.Token))
		}
		return fmt.Sprintf("Make the web server of %s serve this at http://%s/%s\n\n  %s\n",
			c.Identifier, bracketed(c.Identifier), path.Join(WellKnown, c.Token), c.KeyAuthorization), nil
	}
	name, _, err := c.record()
	if err != nil {
		return "", err
	}
	note := ""
	if c.Asked != "" {
		note = fmt.Sprintf("\n%s. is an alias of that name.\n", c.Asked)
	}
	return fmt.Sprintf("Put this record into the DNS, beside those that are there:\n\n  %s\n%s", recordLine(name, c.TXTValue), note), nil
}

// recordLine is a record as it stands in a zone file.
func recordLine(name, value string) string {
	return name + `. IN TXT "` + strings.Join(characterStrings(value), `" "`) + `"`
}

// bracketed is an identifier as the host of a URL.
func bracketed(id probes.Identifier) string {
	if a := id.Addr(); a.Is6() {
		return "[" + a.String() + "]"
	}
	return string(id)
}

// Persist prints the record of dns-persist-01, which stays: it names the CA and
// the account, and the CA may look at it for every order to come. It verifies
// nothing, and there is nothing to clean up. It must not be copied.
type Persist struct {
	Out io.Writer

	say printer
}

// Present prints the record.
func (p *Persist) Present(ctx context.Context, c Challenge) error {
	if c.Method != probes.DNSPersist01 {
		return fmt.Errorf("the record of dns-persist-01 does not answer %s", c.Method)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	text, err := instruction(c)
	if err == nil {
		err = p.say.to(p.Out, text)
	}
	return err
}

func (*Persist) stays() bool { return true }

// CleanUp does nothing.
func (*Persist) CleanUp(context.Context, Challenge) error { return nil }
