package main

// This file decides who may set what. A project's file comes with a repository
// that somebody cloned: it may say how to look and how to tell, and nothing that
// writes, listens, runs or orders, and name no file. A flag that is not named here may be set by
// the environment and by the user's own file.

import (
	"regexp"
	"slices"
	"strings"
)

// once are the flags that are for one command line: what must not be decided
// beforehand, and what is about one run.
var once = []string{
	"config", "help", "json", "world",
	"yes", "force", "agree-terms", "dry-run", "no-preflight", "if-due", "renew",
	"token", "key-authorization", "expect-txt", "ticket", "until",
	"file", "certbot", "nginx",
}

// typedOnly reports whether a name, as a file or the environment spells those of
// flags, is that of one of them.
func typedOnly(name string, spelt func(flag string) string) bool {
	return slices.ContainsFunc(once, func(flag string) bool { return spelt(flag) == name })
}

// project are the flags that a project's file may set.
var project = []string{
	"policy", "issuer-domain", "resolver", "treat-as-public", "resolve", "ipv4", "ipv6",
	"method", "any-method", "deep", "require-ipv6", "timeout", "wait", "interval",
	"allow-inconclusive", "strict", "exit-zero", "fail-on", "ignore", "only", "jobs", "deadline",
	"format", "color", "quiet", "verbose",
}

// alternatives are flags of which one is wanted: a value of one is not taken
// from a weaker source than that of another.
var alternatives = [][]string{
	{"webroot", "serve", "solver", "token", "key-authorization", "world"},
	{"wait", "world"},
	{"ipv4", "ipv6"},
	{"strict", "exit-zero", "fail-on"},
	{"format", "json"},
}

// overruled reports whether a flag or an alternative to it is given.
func overruled(flag string, given map[string]bool) bool {
	if given[flag] {
		return true
	}
	for _, set := range alternatives {
		if slices.Contains(set, flag) && slices.ContainsFunc(set, func(f string) bool { return given[f] }) {
			return true
		}
	}
	return false
}

// cluster are variables that Kubernetes makes of a service whose name begins
// with acmecheck (the shape is Docker's): nobody wrote them for us.
var cluster = regexp.MustCompile(`^ACMECHECK_(\w+_)?(SERVICE_HOST|SERVICE_PORT\w*|PORT|PORT_\d+_(TCP|UDP|SCTP)\w*)$`)

// foreign reports a variable with our prefix that is no option: a cluster's, or
// one of our tests.
func foreign(name string) bool {
	return cluster.MatchString(name) || strings.HasPrefix(name, "ACMECHECK_TEST_") || name == "ACMECHECK_NO_SKIP"
}
