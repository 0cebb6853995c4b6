package main

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/acmecheck/acmecheck/probes"
)

// Not more than most run, nor more than each of a group; every index has its turn,
// and a group that has to wait holds nobody up.
func TestSpread(t *testing.T) {
	for _, tt := range []struct {
		groups     string
		most, each int
		want       time.Duration // each index takes a second
	}{
		{"", 8, 2, 0},
		{"a", 8, 2, 1 * time.Second},
		{"aaaaaaaa", 8, 2, 4 * time.Second},
		{"aaaabbbb", 8, 2, 2 * time.Second},
		{"aaaaaabc", 3, 2, 3 * time.Second},
		{"abcdefgh", 8, 2, 1 * time.Second},
		{"abcdefgh", 2, 2, 4 * time.Second},
		{"abcdefgh", 1000, 1, 1 * time.Second},
	} {
		t.Run(fmt.Sprint(tt.groups, tt.most, tt.each), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var all atomic.Int32
				of := map[rune]*atomic.Int32{}
				for _, g := range tt.groups {
					of[g] = &atomic.Int32{}
				}
				turns := make([]atomic.Int32, len(tt.groups))
				began := time.Now()
				spread([]rune(tt.groups), tt.most, tt.each, func(i int) {
					mine := of[rune(tt.groups[i])]
					if n, m := all.Add(1), mine.Add(1); int(n) > tt.most || int(m) > tt.each {
						t.Errorf("%d at once, %d of %c", n, m, tt.groups[i])
					}
					<-time.After(time.Second)
					all.Add(-1)
					mine.Add(-1)
					turns[i].Add(1)
				})
				if took := time.Since(began); took != tt.want {
					t.Errorf("took %v, want %v", took, tt.want)
				}
				for i := range turns {
					if n := turns[i].Load(); n != 1 {
						t.Errorf("%d had %d turns", i, n)
					}
				}
			})
		})
	}
}

func TestOwnerOf(t *testing.T) {
	for id, want := range map[string]string{
		"www.example.com": "example.com", "*.a.example.co.uk": "example.co.uk", "me.github.io": "github.io", "*.example.com": "example.com",
		"co.uk": "co.uk", "192.0.2.1": "192.0.2.1", "2001:db8::1": "2001:db8::1", "localhost": "localhost", "": "", "*.com": "*.com",
	} {
		if got := ownerOf(probes.Identifier(id)); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}
