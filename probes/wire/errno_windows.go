package wire

import (
	"strconv"
	"syscall"
)

// errnoName is the number of a Windows sockets error, such as WSA10061.
func errnoName(e syscall.Errno) string { return "WSA" + strconv.Itoa(int(e)) }
