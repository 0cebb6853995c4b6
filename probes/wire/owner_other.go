//go:build !linux

package wire

// Owner names the program that listens on a TCP port of this machine: it
// cannot be told here.
func Owner(uint16) string { return "" }
