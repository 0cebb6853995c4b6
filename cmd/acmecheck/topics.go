package main

// This file is what acmecheck help tells beside the commands. The README and
// the manual have their tables from here.

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/acmecheck/acmecheck/report/render"
)

// A fact is a line of a topic: a word, and what it means.
type fact struct{ word, means string }

// exitCodes are all there are; what is in no row is a bug.
var exitCodes = []fact{
	{"0", "ready"},
	{"1", "not ready: the CA would refuse now"},
	{"2", "usage or bad input"},
	{"3", "cannot tell from here (inside the firewall, no network, no resolver, cut off)"},
	{"4", "only warnings, and they fail (`--strict`)"},
	{"5", "the CA refused a real order or a rehearsal"},
	{"6", "a rate limit of the CA is reached, or would be"},
	{"7", "an order from production was not confirmed"},
	{"8", "the time of `--wait` or `--until` was over, and it was not ready"},
	{"9", "the lab could not start, or none runs"},
	{"70", "a bug in acmecheck"},
	{"130, 143", "interrupted, terminated: the report holds what was seen until then"},
}

// environment are the variables that acmecheck heeds.
var environment = []fact{
	{"ACMECHECK_*", "the flags: `ACMECHECK_POLICY=pebble` is `--policy pebble`; a flag that is given wins"},
	{"NO_COLOR", "not empty: no colour (no-color.org)"},
	{"FORCE_COLOR", "not empty and not 0: colour, also where no terminal is; NO_COLOR wins"},
	{"CLICOLOR_FORCE", "the same"},
	{"CLICOLOR", "0: no colour"},
	{"TERM", "dumb: no colour, no progress and no screens"},
	{"CI", "not empty and not 0: no progress, and no screen where no name is given"},
	{"ACCESSIBLE", "the same, and no screens at all: plain text alone"},
	{"GITHUB_STEP_SUMMARY", "with `--format github`: the file that gets the table of all findings"},
	{"XDG_CONFIG_HOME", "`acmecheck/config.toml` is looked for in it (default: ~/.config; AppData on Windows)"},
	{"XDG_STATE_HOME", "accounts, the ledger of orders and the lab are in `acmecheck` in it (default: ~/.local/state)"},
}

const (
	exitCodesAfter = `With several targets the worst counts, in this order: 70, 2, 9, 6, 5, 1, 3, 8,
4, 0. 7, 130 and 143 end the run whatever else there is. The code is the same in
every format, but for nagios: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.`

	environmentAfter = `HTTP_PROXY and its like are not heeded: the CA uses no proxy. Solvers, hooks and
accounts may name further variables in their own configuration.`

	formatsAfter = `--format chooses what is on standard output, --out FORMAT=PATH writes a file as
well and may be repeated. Standard output carries the report and nothing else.
The exit code is the same in every format (nagios has its own).`
)

// newTopics are help topics: commands that cannot be run.
func newTopics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-codes", Short: "What the exit codes mean", Long: topic("The exit codes of acmecheck:", exitCodes, exitCodesAfter)},
		{Use: "environment", Short: "Which variables are heeded", Long: topic("Variables of the environment:", environment, environmentAfter)},
		{Use: "formats", Short: "How a report can be written", Long: topic("The formats of a report:", formatFacts(), formatsAfter)},
	}
}

func formatFacts() []fact {
	var out []fact
	for _, f := range render.Formats {
		out = append(out, fact{f.Name, f.Title})
	}
	return out
}

// topic is a page of help.
func topic(before string, facts []fact, after string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", before)
	columns(&b, facts)
	fmt.Fprintf(&b, "\n%s", after)
	return b.String()
}
