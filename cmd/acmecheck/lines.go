package main

import (
	"bytes"
	"strings"
	"sync"
)

// A lineWriter cuts what is written into lines. It is safe for concurrent use.
type lineWriter struct {
	hear func(string)

	mu   sync.Mutex
	rest []byte // guarded by mu
}

// Write implements io.Writer.
func (s *lineWriter) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = append(s.rest, b...)
	for {
		line, rest, ok := bytes.Cut(s.rest, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		s.rest = rest
		s.hear(strings.TrimPrefix(string(line), "acmecheck: "))
	}
}
