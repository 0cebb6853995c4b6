// Package issue orders certificates from a CA by ACME (RFC 8555), and writes
// down every exchange with it.
//
// Connect reads a CA's directory, Store.Account has an account there, and a
// Flow goes from an order to a certificate. Its steps can be taken one by one:
// CA.Order, Order.Authorizations, Order.Challenge, Order.Wait, Order.Finalize,
// Order.Download. Each fails with an *Error, which holds what the CA said or
// how it could not be reached; RefusalOf says what that means.
//
// Requests are made by github.com/mholt/acmez/v3/acme through a Recorder. What
// the library drops (validation records), remembers for too long (directories),
// sends again (requests that may have arrived) or waits for without a limit is
// taken care of here, and said where it is.
//
// A rehearsal is a Flow that stops before it finalizes: the CA validates for
// real, from everywhere it looks from, and nothing is issued.
//
// What a CA sends may be hostile: it is limited in octets and time, and whoever
// shows it escapes it. Keys and request bodies are never recorded.
package issue
