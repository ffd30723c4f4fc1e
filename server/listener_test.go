package main

import (
	"encoding/pem"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestListen_what_cannot_be_had_is_named_and_leaves_no_folder(t *testing.T) {
	t.Parallel()
	cert, key, _ := selfSigned(t)
	_, otherKey, _ := selfSigned(t)
	folder := t.TempDir()
	missing, empty, locked := filepath.Join(folder, "missing.pem"), filepath.Join(folder, "empty.pem"), filepath.Join(folder, "locked.pem")
	under := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")})
	if err := errors.Join(os.WriteFile(empty, nil, 0o600), os.WriteFile(locked, under, 0o600)); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args []string
		want []string
	}{
		"an address of another computer": {
			[]string{"-listen", "203.0.113.7:8099", "-insecure-http"},
			[]string{`-listen "203.0.113.7:8099": this computer has no address 203.0.113.7`, ":8099 for all"},
		},
		"no certificate":           {[]string{"-tls-cert", missing, "-tls-key", key}, []string{`-tls-cert "` + missing + `"`, "no such file", "PEM file with the certificate"}},
		"no key":                   {[]string{"-tls-cert", cert, "-tls-key", missing}, []string{`-tls-key "` + missing + `"`, "no such file", "PEM file with the private key"}},
		"an empty certificate":     {[]string{"-tls-cert", empty, "-tls-key", key}, []string{`-tls-cert "` + empty + `" holds no certificate`}},
		"a folder":                 {[]string{"-tls-cert", folder, "-tls-key", key}, []string{`-tls-cert "` + folder + `" is a folder`}},
		"both the wrong way round": {[]string{"-tls-cert", key, "-tls-key", cert}, []string{`-tls-cert "` + key + `" holds no certificate`}},
		"a key under a password":   {[]string{"-tls-cert", cert, "-tls-key", locked}, []string{`-tls-key "` + locked + `" is kept under a password`, "openssl pkey"}},
		"another's key":            {[]string{"-tls-cert", cert, "-tls-key", otherKey}, []string{`-tls-cert "` + cert + `" and -tls-key "` + otherKey + `" are no pair`, "made for"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "new")
			says := refusedStart(t, append([]string{"-listen", "127.0.0.1:0", "-data", data}, tt.args...)...)
			for _, want := range tt.want {
				if !strings.Contains(says, want) {
					t.Errorf("%s does not say %s", says, want)
				}
			}
			if _, err := os.Stat(data); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a folder was made: %v", err)
			}
		})
	}
}

// What a computer gives away by itself, and which names it finds, differs; the words do not.
func TestListen_says_what_to_do_about_a_port_and_a_name(t *testing.T) {
	for want, cause := range map[string]error{
		"a port from 1024 on":              &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EACCES)},
		"there is no host maps.example":    &net.OpError{Op: "listen", Err: &net.DNSError{Err: "no such host", Name: "maps.example", IsNotFound: true}},
		"could not be asked for":           &net.OpError{Op: "listen", Err: &net.DNSError{Err: "server misbehaving", Name: "maps.example"}},
		"want an address of this computer": &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EINVAL)},
	} {
		if says := unbound(cause, "maps.example", "80").Error(); !strings.Contains(says, want) {
			t.Errorf("%s does not say %s", says, want)
		}
	}
}

func TestListen_a_key_of_another_user_is_named(t *testing.T) {
	u := newPlainUser(t)
	from, fromKey, _ := selfSigned(t)
	cert, key := filepath.Join(u.place, "cert.pem"), filepath.Join(u.place, "key.pem")
	if err := errors.Join(copyFile(cert, from), copyFile(key, fromKey), os.Chmod(cert, 0o644), os.Chmod(key, 0)); err != nil { //nolint:gosec // others read it
		t.Fatal(err)
	}
	if says := u.run("-listen", "127.0.0.1:0", "-tls-cert", cert, "-tls-key", key); !barredFrom(says, key) || !strings.Contains(says, `-tls-key "`+key+`"`) {
		t.Error(says)
	}
}
