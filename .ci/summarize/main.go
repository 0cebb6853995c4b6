// Command summarize reads "go test -json" and tells people what matters: what
// failed, what was skipped and what would run it, and the counts, last.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

type event struct {
	Action, Package, Test, Output, ImportPath string
}

type tally struct {
	passed, failed, skipped int
	broken                  map[string]bool // packages that did not build, died, or have not ended
	output                  map[string][]string
	reasons                 map[string]int
}

func main() {
	t := tally{broken: map[string]bool{}, output: map[string][]string{}, reasons: map[string]int{}}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Println(in.Text())
			continue
		}
		t.add(e)
	}
	os.Exit(t.report(os.Getenv("ACMECHECK_NO_SKIP") != ""))
}

func (t *tally) add(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		t.output[key] = append(t.output[key], e.Output)
	case "build-output":
		fmt.Print(e.Output)
	case "start":
		t.broken[e.Package] = true // until it ends well
	case "pass", "fail", "skip":
		t.end(e, key)
	}
}

func (t *tally) end(e event, key string) {
	switch {
	case e.Test == "" && e.Action == "fail":
		t.broken[e.Package] = true
		fmt.Printf("FAIL %s\n%s", e.Package, strings.Join(t.output[key], ""))
	case e.Test == "":
		delete(t.broken, e.Package)
		if e.Action == "pass" {
			fmt.Printf("ok   %s\n", e.Package)
		}
	case e.Action == "pass":
		t.passed++
	case e.Action == "fail":
		t.failed++
		fmt.Printf("--- FAIL %s\n%s", key, strings.Join(t.output[key], ""))
	default:
		t.skipped++
		t.reasons[reason(t.output[key])]++
	}
	delete(t.output, key)
}

// reason is what a test said when it skipped itself: "file.go:1: reason".
func reason(lines []string) string {
	for _, l := range lines {
		if _, after, ok := strings.Cut(l, ".go:"); ok {
			if _, why, ok := strings.Cut(after, ": "); ok {
				return strings.TrimSpace(why)
			}
		}
	}
	return "no reason given"
}

func (t *tally) report(strict bool) int {
	for _, why := range slices.Sorted(maps.Keys(t.reasons)) {
		fmt.Printf("skipped %d: %s\n", t.reasons[why], why)
	}
	if t.skipped > 0 {
		fmt.Println("this runs what was skipped: sudo make deps && sudo make test")
	}
	for _, p := range slices.Sorted(maps.Keys(t.broken)) {
		fmt.Printf("not well: %s\n", p)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", t.passed, max(t.failed, len(t.broken)), t.skipped)
	if len(t.broken) > 0 || t.failed > 0 || t.passed == 0 || strict && t.skipped > 0 {
		return 1
	}
	return 0
}
