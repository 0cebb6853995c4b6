package world

import (
	"errors"
	"fmt"

	"github.com/acmecheck/acmecheck/probes/meant"
)

// A ParseError says where a world file cannot be understood, and why.
type ParseError struct {
	File   string
	Line   int    // from 1; 0: the file as a whole
	Column int    // in bytes, from 1; 0 with Line 0
	Msg    string // what is wrong
	Hint   string // what may have been meant; may be empty
}

// Error is "FILE:LINE:COLUMN: what is wrong".
func (e *ParseError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Msg)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Msg)
}

// A wordError is an error about one word of a line.
type wordError struct {
	at   int // byte offset in the line
	msg  string
	hint string
}

func (e *wordError) Error() string { return e.msg }

func atWord(w word, format string, a ...any) *wordError {
	return &wordError{at: w.at, msg: fmt.Sprintf(format, a...)}
}

// place makes a ParseError of an error in a line.
func place(file string, line int, err error) error {
	p := &ParseError{File: file, Line: line, Column: 1, Msg: err.Error()}
	if w, ok := errors.AsType[*wordError](err); ok {
		p.Column, p.Hint = w.at+1, w.hint
	}
	return p
}

// nearest suggests the nearest of the allowed words, if one is near.
func nearest(got string, allowed []string) string {
	best := meant.Word(got, allowed)
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}
