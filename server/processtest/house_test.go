//go:build linux

package processtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"testing"
	"time"

	"waymark/board"
	"waymark/server/client"
)

// A person is signed in with a browser of its own.
type person struct {
	program *program
	id      board.ID
	http    *http.Client

	mu     sync.Mutex
	access string
	socket string
	since  time.Time
}

// tokenLife is how long a token is used before a new one is asked for; it is good for ten minutes.
const tokenLife = 7 * time.Minute

type signed struct {
	Person struct{ ID board.ID }
	Access string
	Socket string
}

func (p *program) newPerson() *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return &person{program: p, http: &http.Client{Jar: jar}}
}

// setUp makes the administrator of a fresh folder.
func (p *program) setUp() *person {
	p.t.Helper()
	admin := p.newPerson()
	admin.enter(p.t, "/api/setup", map[string]any{"secret": p.setup, "name": "Host", "lang": "en"})
	return admin
}

// enter makes a call that signs the person in.
func (v *person) enter(t *testing.T, path string, in any) {
	t.Helper()
	var out signed
	v.ok(t, http.MethodPost, path, in, &out)
	v.take(out)
}

func (v *person) take(s signed) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.id, v.access, v.socket, v.since = s.Person.ID, s.Access, s.Socket, time.Now()
}

// ok makes a call that has to succeed.
func (v *person) ok(t *testing.T, method, path string, in, out any) {
	t.Helper()
	if err := v.call(t.Context(), method, path, in, out); err != nil {
		t.Fatal(err)
	}
}

func (v *person) call(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, v.program.url()+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Waymark", "1")
	v.mu.Lock()
	if v.access != "" {
		req.Header.Set("Authorization", "Bearer "+v.access)
	}
	v.mu.Unlock()
	res, err := v.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, raw)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(raw, out)
}

// token is one for the socket that is still good.
func (v *person) token(ctx context.Context) (string, error) {
	v.mu.Lock()
	token, fresh := v.socket, time.Since(v.since) < tokenLife
	v.mu.Unlock()
	if fresh {
		return token, nil
	}
	var out signed
	if err := v.call(ctx, http.MethodPost, "/api/refresh", nil, &out); err != nil {
		return "", err
	}
	v.take(out)
	return out.Socket, nil
}

// newBoard makes a board from the telecom template.
func (v *person) newBoard(t *testing.T) board.ID {
	t.Helper()
	id := client.NewID("board")
	v.ok(t, http.MethodPost, "/api/boards", map[string]any{"id": id, "template": "telecom", "lang": "de"}, nil)
	return id
}

// invite makes a link for editors of a board and gives its secret.
func (v *person) invite(t *testing.T, id board.ID) string {
	t.Helper()
	var made struct{ URL string }
	v.ok(t, http.MethodPost, "/api/boards/"+string(id)+"/invites", map[string]any{"role": "editor"}, &made)
	_, secret, ok := strings.Cut(made.URL, "#")
	if !ok {
		t.Fatalf("no secret in the link %q", made.URL)
	}
	return secret
}

// admit lets a new guest in by a link.
func (p *program) admit(t *testing.T, secret, name string) *person {
	t.Helper()
	guest := p.newPerson()
	guest.enter(t, "/api/invites/join", map[string]any{"secret": secret, "name": name, "department": "Test", "lang": "en"})
	return guest
}

// records are those of a board as its export shows them to the person.
func (v *person) records(t *testing.T, id board.ID) map[board.ID]record {
	t.Helper()
	var exported struct{ Records []record }
	v.ok(t, http.MethodGet, "/api/boards/"+string(id)+"/export", nil, &exported)
	return byID(exported.Records)
}
