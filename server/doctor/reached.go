package doctor

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A Seal tells servers of this installation from any others: only they have its keys.
type Seal interface {
	// Ask makes a token for a moment, by which one may ask a server what it saw. nonce comes once.
	Ask(nonce string) (token string, err error)
	// Proves reports whether such a server has sealed its answer to the nonce.
	Proves(nonce string, answer []byte, seal string) bool
}

// Reached is what a server saw of a request.
type Reached struct {
	Name   string `json:"name"`
	URL    string `json:"url"`    // that the server goes by, without a slash at the end
	Target string `json:"target"` // of the request, with its path as it came
	Host   string `json:"host"`
	Origin string `json:"origin"`
	// Origins are those whose pages the server takes requests of.
	Origins []string `json:"origins"`
	// Sender is who opened the connection, Trusted whether that is a trusted proxy, Forwarded what it says in
	// X-Forwarded-For, Address who the request counts for.
	Sender    string   `json:"sender"`
	Trusted   bool     `json:"trusted"`
	Forwarded []string `json:"forwarded"`
	Address   string   `json:"address"`
}

// takes reports whether the server takes requests of pages with that origin. Programs that are no browsers send none.
func (r *Reached) takes(origin string) bool {
	return origin == "" || slices.Contains(r.Origins, strings.ToLower(origin))
}

// A SealedReached is how it is answered.
type SealedReached struct {
	Saw  json.RawMessage `json:"saw"`
	Seal string          `json:"seal"`
}

// ReachedPath is where a server answers that, below its path.
const ReachedPath = "/api/reached"

// An answered error is an answer that does not come from a server of this installation, or not for what was asked.
type answered struct {
	status   int
	code     string // of a failure of Waymark's; "" where something else answers
	message  string // in it
	next     string
	location string // of a redirect
	server   string // what it calls itself
	kind     string // media type
}

func (a *answered) Error() string { return "it answers " + a.statusLine() }

// statusLine is the status with its words.
func (a *answered) statusLine() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)))
}

// errStranger is an answer of a server of another installation.
var errStranger = errors.New("it is a Waymark of another installation")

// ask asks who answers at a base URL what they saw, as the page would that people have open.
func (e *examiner) ask(ctx context.Context, client *http.Client, seal Seal, base *url.URL, origin string) (Reached, error) {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	nonce := base64.RawURLEncoding.EncodeToString(random[:])
	token, err := seal.Ask(nonce)
	if err != nil {
		return Reached{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base.String()+ReachedPath, nil)
	if err != nil {
		return Reached{}, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("X-Waymark", "1")
	request.Header.Set("Origin", origin)
	request.Header.Set("Accept", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return Reached{}, err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return Reached{}, err
	}
	return proven(answer, body, nonce, seal)
}

func proven(answer *http.Response, body []byte, nonce string, seal Seal) (saw Reached, err error) {
	var sealed SealedReached
	if answer.StatusCode != http.StatusOK || json.Unmarshal(body, &sealed) != nil || sealed.Seal == "" {
		return saw, readAnswer(answer, body)
	}
	if !seal.Proves(nonce, sealed.Saw, sealed.Seal) {
		return saw, errStranger
	}
	return saw, json.Unmarshal(sealed.Saw, &saw)
}

// readAnswer takes apart what is not the answer that was asked for.
func readAnswer(answer *http.Response, body []byte) *answered {
	a := &answered{status: answer.StatusCode, server: answer.Header.Get("Server"), location: answer.Header.Get("Location")}
	a.kind, _, _ = strings.Cut(answer.Header.Get("Content-Type"), ";")
	var failure struct{ Code, Message, Kept, Next string }
	if json.Unmarshal(body, &failure) == nil && failure.Kept != "" {
		a.code, a.message, a.next = failure.Code, failure.Message, failure.Next
	}
	return a
}
