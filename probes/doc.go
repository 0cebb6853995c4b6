// Package probes is the vocabulary of acmecheck, and this comment the tour of
// its house.
//
// acmecheck answers one question: would a CA validate this name now, and if
// not, exactly why and what fixes it? It looks the way Let's Encrypt's
// validation authority looks, and says what that would say.
//
// # How a question becomes an answer
//
//	arguments → Target → Question ─ walk.Walker ─→ Trace ─ judge.Judge ─→ Outcome ─ render ─→ text, JSON
//	                              │   ▲
//	                          Ask │   │ Step
//	                              ▼   │
//	                         policy.Policy.Decide
//
// A Policy decides, step by step, what the CA does next. What it wants to know
// it asks through a Look: the walker's Look goes out to the network and writes
// every Step down; the judge's (Trace.Replay) reads the Trace. The same code
// decides in both cases, so what was looked at and what is said about it
// cannot drift apart, and a stored trace can be judged again, by another
// policy or on another day.
//
// A Fact is a question and its answer in one: a policy asks with the answer
// half empty. The CA's clock runs by what steps took, so it is right even when
// we looked at two things at once that the CA looks at one after the other.
//
// One challenge is several questions: domain control from the first network
// perspective, from the others, and the same for CAA. run.Validate asks them in
// the CA's order and no more; a run.Examination asks all there is to ask about a
// target at once. Who looks is a run.Vantage: this machine, a perspective of a
// world, later a machine elsewhere. What several of them amount to is again a
// pure function, policy.Corroborate.
//
// # Beyond the CA
//
// What the CA sees decides; why it is so often takes a look that no CA makes:
// another address, another User-Agent, an old TLS version. Package beyond plans
// such errands from what was seen so far, the walker runs them beside the CA's
// own steps, and their steps are marked. A check may use them to name a cause.
// An error comes from the CA's own steps alone.
//
// # The floors
//
// Imports point down only; the linter holds the rule.
//
//	6  cmd/acmecheck    flags, exit codes; the only place with os.Exit, Getenv, Args
//	5  pebble-env       the lab: a world on real sockets, and a CA
//	   tui              the screens: a reducer over Events, and views of a report
//	4  report/judge     an Outcome, as a pure function of a Trace and a Policy
//	   report/render    a report in every format, redaction, pages of explanation
//	3  report           Finding, Outcome, Report, gates, the JSON schema
//	   report/checks    the catalogue: one file a code, prose and a pure detector
//	   report/explain   what a CA or a client said, in plain words
//	   probes/run       who looks at what: a plan, the vantages, the CA's order of things
//	2  probes/walk      one walker for every method and every CA
//	   probes/beyond    plans the looks past the CA's, as a pure function of the Trace
//	   probes/solve     puts the answers to challenges in place, and takes them away
//	   probes/issue     real ACME orders, recorded as steps
//	1  probes/wire      the only package that dials; the classes of faults
//	   probes/respond   answers a CA: http-01 and tls-alpn-01, and what arrived
//	   probes/simnet    an Internet in a text file: world (the file), serve (its
//	                    servers on any connection), simnet (in memory)
//	0  probes           this vocabulary
//	   probes/policy    what CAs accept, as data and pure functions, with sources
//	   probes/delegation  where the challenges of many names live in one zone
//	   probes/meant     guesses what a misspelt word was to be
//
// # From a word to a report
//
// The arguments become Targets, run.Plan makes Questions of a Target, and a
// run.Examination has a Vantage look for the answer to each: its walker asks the
// Policy what the CA does next, and writes Steps into a Trace. While it goes on it
// tells Events (progress, tui). The judge makes Outcomes and Findings of the
// Traces, a Gate makes an exit code of them, and a Format writes the Report. An
// order goes the same way: issue.Flow writes Steps, checks.Order joins them with
// what was seen from here.
//
// # To add something
//
//	a check    report/checks/CODE.go and testdata/checks/CODE.txtar: a world in
//	           which it fires, and one in which it stays quiet
//	a probe    a name in beyond.go, and where package beyond plans it
//	a format   a file in report/render, and its line in render.Formats
//	a solver   a file in probes/solve, and its settings in open_settings.go
//	a vantage  a type with the two methods of run.Vantage
//	a method   a file in probes/policy, and what beyond looks at when it fails
//
// Then make docs, which writes anew what is generated.
//
// # One seam to the outside
//
// wire.Dial is all there is between us and the network. A world in memory
// (simnet), the lab on loopback (pebble-env) and the real Internet are three
// values of it; nothing is mocked.
package probes
