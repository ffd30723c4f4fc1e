//go:build unix && !linux

package redistest

import "syscall"

// attributes keep an interrupt at the terminal from the server.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
