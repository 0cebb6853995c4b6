package issue

// This file remembers what was ordered and what failed, so that the next order
// can be warned.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// An Entry is one event.
type Entry struct {
	At          time.Time           `json:"at"`
	Event       Event               `json:"event"`
	Directory   string              `json:"directory"` // URL
	Account     string              `json:"account"`   // URL
	Identifiers []probes.Identifier `json:"identifiers"`
	Replaces    bool                `json:"replaces,omitempty"` // it is about a renewal
}

// A Ledger is a file of entries, a line each, that only ever grows at its end
// and is rewritten now and then without what is too old to matter. Any number
// of processes may use it at the same time.
type Ledger struct {
	Path string
	// Most bounds the file in octets; 0: a megabyte. What is old goes first.
	Most int64
}

const (
	ledgerMost = 1 << 20
	ledgerLine = 64 << 10           // octets of an entry
	ledgerAge  = 8 * 24 * time.Hour // a day more than the longest limit looks back
)

// Add appends entries.
func (l *Ledger) Add(now time.Time, entries ...Entry) error {
	var text bytes.Buffer
	for _, e := range entries {
		b, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if len(b) < ledgerLine {
			text.Write(append(b, '\n'))
		}
	}
	if text.Len() == 0 {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(l.Path), 0o700); err != nil {
		return fmt.Errorf("keeping the ledger: %w", err)
	}
	return l.locked(func() error {
		if err := l.append(text.Bytes()); err != nil {
			return fmt.Errorf("keeping the ledger: %w", err)
		}
		return l.compact(now)
	})
}

// locked does something while no other process writes. The lock is a file of
// its own, as the ledger itself is replaced, and ends with the process.
func (l *Ledger) locked(f func() error) error {
	lock, err := os.OpenFile(l.Path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("locking the ledger: %w", err)
	}
	defer lock.Close()
	if err := exclusive(lock); err != nil {
		return fmt.Errorf("locking the ledger: %w", err)
	}
	return f()
}

// append writes whole lines in one go. A process that was killed in the middle
// may have left half a line: it is ended first, and skipped by Read.
func (l *Ledger) append(text []byte) error {
	f, err := os.OpenFile(l.Path, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if end, err := f.Seek(0, io.SeekEnd); err == nil && end > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, end-1); err == nil && last[0] != '\n' {
			text = append([]byte{'\n'}, text...)
		}
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// compact rewrites a ledger that has grown too large: without the entries that
// no limit looks at, and if that is not enough, without the older half.
func (l *Ledger) compact(now time.Time) error {
	most := l.Most
	if most == 0 {
		most = ledgerMost
	}
	info, err := os.Stat(l.Path)
	if err != nil || info.Size() <= most {
		return err
	}
	entries, err := l.Read()
	if err != nil {
		return err
	}
	lines, size := [][]byte{}, int64(0)
	for _, e := range slices.Backward(entries) {
		if size >= most/2 {
			break
		}
		if now.Sub(e.At) > ledgerAge {
			continue
		}
		b, err := json.Marshal(e)
		if err != nil {
			return err
		}
		lines, size = append(lines, append(b, '\n')), size+int64(len(b))+1
	}
	var text bytes.Buffer
	for _, line := range slices.Backward(lines) {
		text.Write(line)
	}
	return replace(l.Path, text.Bytes())
}

// Read returns all entries, the oldest first. What cannot be read is skipped:
// a ledger warns, and is never a reason not to go on.
func (l *Ledger) Read() ([]Entry, error) {
	f, err := os.Open(l.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the ledger: %w", err)
	}
	defer f.Close()
	var out []Entry
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, ledgerLine)
	for lines.Scan() {
		var e Entry
		if json.Unmarshal(lines.Bytes(), &e) == nil && e.Event != "" {
			out = append(out, e)
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
		return out, fmt.Errorf("reading the ledger: %w", err)
	}
	return out, nil
}

// Near is Limits.Near of what the ledger holds, for the CA of the plan.
func (l *Ledger) Near(p Plan, now time.Time) ([]Nearness, error) {
	entries, err := l.Read()
	return LimitsOf(p.Directory).Near(entries, p, now), err
}

// Entries are what a flow's result adds to a ledger.
func (f *Flow) Entries(r Result, now time.Time) []Entry {
	base := Entry{At: now.UTC(), Directory: f.CA.Directory, Account: f.Account.URL, Replaces: f.Replaces != nil}
	for _, t := range f.Targets {
		base.Identifiers = append(base.Identifiers, t.Identifier)
	}
	var out []Entry
	add := func(e Event, ids ...probes.Identifier) {
		x := base
		x.Event = e
		if len(ids) > 0 {
			x.Identifiers = ids
		}
		out = append(out, x)
	}
	if r.Order != "" {
		add(Ordered)
	}
	for _, a := range r.Authorizations {
		if a.Status == statusInvalid {
			add(Failed, a.Identifier)
		}
	}
	if r.Leaf() != nil {
		add(Issued)
	}
	return out
}
