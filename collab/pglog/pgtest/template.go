package pgtest

import (
	"os"
	"path/filepath"
	"sync"
)

// template is the folder of a server that was never started: it is made once in a process and then copied.
var template = sync.OnceValues(makeTemplate)

// settings are what the tests need beside the defaults. Dynamic shared memory is kept in the folder, so that nothing
// of a killed server is left outside.
const settings = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 16MB
dynamic_shared_memory_type = mmap
max_connections = 100
max_wal_senders = 4
wal_level = replica
min_wal_size = 8MB
jit = off
log_line_prefix = '%m [%p] %a '
`

func makeTemplate() (folder string, err error) {
	p, err := postgres()
	if err != nil {
		return "", err
	}
	home, err := p.makeHome("")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(home) // the other error tells more
		}
	}()
	folder = filepath.Join(home, "data")
	args := []string{
		"-D", folder, "-U", Superuser, "--auth=trust", "--encoding=UTF8", "--locale=C", "--wal-segsize=1",
		"--data-checksums", "--no-sync", "--no-instructions",
	}
	// Databases of the real world sort as people do, not bytewise.
	if p.major >= 15 {
		args = append(args, "--locale-provider=icu", "--icu-locale=de")
	}
	if err := p.run("", "initdb", args...); err != nil {
		return "", err
	}
	f, err := os.OpenFile(filepath.Join(folder, "postgresql.conf"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(settings)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return "", err
	}
	return folder, p.run("CREATE ROLE "+Role+" LOGIN", "postgres", "--single", "-D", folder, "postgres")
}

// copyTemplate makes the folder of a new server.
func copyTemplate(to string) error {
	folder, err := template()
	if err != nil {
		return err
	}
	p, err := postgres()
	if err != nil {
		return err
	}
	return p.run("", "/bin/cp", "-a", folder, to)
}

// removeTemplate is for the end of the process.
func removeTemplate() error {
	folder, err := template()
	if err != nil {
		return nil // there is none
	}
	return os.RemoveAll(filepath.Dir(folder))
}
