package linetest

import (
	"fmt"
	"math/rand/v2"
	"net"
)

// FreePort is a port of the loopback that nobody listens on. It is none that the system gives to whoever asks for any:
// such a one may be somebody's while the server that is to have it is down.
func FreePort() (int, error) {
	const lowest, highest = 15_000, 32_000
	var last error
	for range 100 {
		port := lowest + rand.IntN(highest-lowest)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return port, l.Close()
		}
		last = err
	}
	return 0, fmt.Errorf("find a free port: %w", last)
}
