package lab

import (
	"errors"
	"net"
)

func shrinkQueue(*net.TCPListener) error {
	return errors.New("a dropped SYN cannot be had on loopback here")
}
