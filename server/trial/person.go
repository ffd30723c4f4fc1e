package trial

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

// A Place is where people go: a program, or what stands before several.
type Place interface {
	URL() string
	Socket() string
}

// A Person is signed in with a browser of its own. Many goroutines may use it.
type Person struct {
	ID board.ID // once it has entered
	// TokenLife is how long a token is used before a new one is asked for; it is good for ten minutes.
	TokenLife time.Duration

	at   Place
	http *http.Client

	refreshing sync.Mutex
	mu         sync.Mutex
	access     string
	socket     string
	since      time.Time
}

const (
	tokenLife    = 7 * time.Minute
	requestLimit = 30 * time.Second
)

type signed struct {
	Person struct{ ID board.ID }
	Access string
	Socket string
}

// NewPerson makes somebody who is not signed in yet.
func NewPerson(t testing.TB, at Place) *Person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Person{at: at, http: &http.Client{Jar: jar}, TokenLife: tokenLife}
}

// SetUp makes the administrator of a fresh database by the secret of its set-up link.
func SetUp(t testing.TB, at Place, secret string) *Person {
	t.Helper()
	admin := NewPerson(t, at)
	admin.Enter(t, "/api/setup", map[string]any{"secret": secret, "name": "Host", "lang": "en"})
	return admin
}

// Admit lets a new guest in by the secret of a board's link.
func Admit(t testing.TB, at Place, secret, name string) *Person {
	t.Helper()
	guest := NewPerson(t, at)
	guest.Enter(t, "/api/invites/join", map[string]any{"secret": secret, "name": name, "department": "Test", "lang": "en"})
	return guest
}

// Enter makes a call that signs the person in.
func (v *Person) Enter(t testing.TB, path string, in any) {
	t.Helper()
	var out signed
	v.OK(t, http.MethodPost, path, in, &out)
	v.ID = out.Person.ID
	v.take(out)
}

func (v *Person) take(s signed) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.access, v.socket, v.since = s.Access, s.Socket, time.Now()
}

// A Refusal is how a call was answered that did not succeed.
type Refusal struct {
	Status        int
	RetryAfter    string
	Code, Message string
	asked         string
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("%s: %d %s: %s", r.asked, r.Status, r.Code, r.Message)
}

// OK makes a call that has to succeed.
func (v *Person) OK(t testing.TB, method, path string, in, out any) {
	t.Helper()
	if err := v.Call(t.Context(), method, path, in, out); err != nil {
		t.Fatal(err)
	}
}

// Call makes a call. An answer that is none of success is a *[Refusal].
func (v *Person) Call(ctx context.Context, method, path string, in, out any) error {
	return v.CallAt(ctx, v.at, method, path, in, out)
}

// CallAt makes a call at another place than the person's own.
func (v *Person) CallAt(ctx context.Context, at Place, method, path string, in, out any) error {
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
	req, err := http.NewRequestWithContext(ctx, method, at.URL()+path, body)
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
		refusal := &Refusal{Status: res.StatusCode, RetryAfter: res.Header.Get("Retry-After"), asked: method + " " + path}
		if err := json.Unmarshal(raw, refusal); err != nil {
			return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, raw)
		}
		return refusal
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, out)
}

// Token is one for the socket that is still good.
func (v *Person) Token(ctx context.Context) (string, error) {
	v.refreshing.Lock() // a browser has one tab refresh for all
	defer v.refreshing.Unlock()
	v.mu.Lock()
	token, fresh := v.socket, time.Since(v.since) < v.TokenLife
	v.mu.Unlock()
	if fresh {
		return token, nil
	}
	var out signed
	if err := v.Call(ctx, http.MethodPost, "/api/refresh", nil, &out); err != nil {
		return "", err
	}
	if out.Socket == "" { // an empty answer: nobody ever signed in with this browser
		return "", &Refusal{Status: http.StatusUnauthorized, Message: "the cookie was not found", asked: "refresh"}
	}
	v.take(out)
	return out.Socket, nil
}

// Expire has the next Token be a new one.
func (v *Person) Expire() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.since = time.Time{}
}

// NewBoard makes a board from the telecom template.
func (v *Person) NewBoard(t testing.TB) board.ID {
	t.Helper()
	id := client.NewID("board")
	v.OK(t, http.MethodPost, "/api/boards", map[string]any{"id": id, "template": "telecom", "lang": "de"}, nil)
	return id
}

// Invite makes a link to a board, for people with this role, and gives its secret.
func (v *Person) Invite(t testing.TB, id board.ID, role board.Role) string {
	t.Helper()
	var made struct{ URL string }
	v.OK(t, http.MethodPost, "/api/boards/"+string(id)+"/invites", map[string]any{"role": role}, &made)
	_, secret, ok := strings.Cut(made.URL, "#")
	if !ok {
		t.Fatalf("no secret in the link %q", made.URL)
	}
	return secret
}

// Records are those of a board as its export shows them to the person.
func (v *Person) Records(t testing.TB, id board.ID) map[board.ID]Record {
	t.Helper()
	var exported struct{ Records []Record }
	v.OK(t, http.MethodGet, "/api/boards/"+string(id)+"/export", nil, &exported)
	return byID(exported.Records)
}
