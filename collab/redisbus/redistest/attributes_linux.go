package redistest

import "syscall"

// attributes keep an interrupt at the terminal from the server, and end it with this program, however that ends.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
