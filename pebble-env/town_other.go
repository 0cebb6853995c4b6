//go:build !linux

package lab

import (
	"errors"
	"net/netip"
)

var errAddresses = errors.New("this fault takes a loopback address of its own, 127.0.0.2 and so on, and only Linux has them unasked; the faults in DNS work here")

func reserve(netip.AddrPort) (release func() error, err error) { return nil, errAddresses }

func ownAddresses() error { return errAddresses }
