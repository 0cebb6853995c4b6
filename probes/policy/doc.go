// Package policy says what a CA accepts: its numbers, lists and texts as data,
// each with its source and the date it was read, and one pure function a
// method that takes the CA's decisions in the CA's order.
//
// A decision needs facts. The function asks for them through a probes.Look:
// the walker's goes to the network, the judge's replays a trace. So what was
// looked at and what is said about it cannot drift apart, and neither can two
// readers of one trace. The CA's clock is part of the facts (how long each
// step took), and so is "now"; nothing here reads a clock, a file or a
// socket.
//
// # Where our rules differ from Boulder's
//
//   - Boulder asks its resolver over DoH; we use UDP, and TCP for what does
//     not fit. A broken resolver is "server failure at resolver" there and a
//     time-out here.
//   - Boulder's reserve of 200 ms counts from the first request; ours from the
//     first lookup, which can differ only where that lookup takes over 15 s,
//     and it never takes over 3 s.
//   - The Public Suffix List is the one golang.org/x/net carries, not the one
//     Boulder's build carries.
package policy
