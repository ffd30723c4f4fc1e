package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"waymark/board"
)

// A house is a running Waymark server, entered by the front door: the set-up link it prints, its HTTP API, invites.
type house struct {
	process  *process
	settings []string // variables that say where its data are
	flags    []string // of the server, beyond its address
	address  string   // http://127.0.0.1:port
	access   string   // the administrator's token; lasts ten minutes
}

const (
	requestLimit = 30 * time.Second
	readyLimit   = 20 * time.Second
)

// openHouse starts a server and waits until it is ready. access is the administrator's token where the data have one
// already; otherwise it is set up.
func openHouse(ctx context.Context, settings []string, access string, flags []string) (*house, error) {
	h := &house{settings: settings, access: access, flags: flags}
	if err := h.start(ctx); err != nil {
		return nil, err
	}
	return h, nil
}

func (h *house) start(ctx context.Context) (err error) {
	args := append([]string{"serve", "-listen", "127.0.0.1:0", "-log-level", "warn"}, h.flags...)
	if h.process, err = start("server", measuredCore, h.settings, args...); err != nil {
		return err
	}
	setup, err := h.greeting()
	if err == nil {
		err = h.ready(ctx)
	}
	if err == nil && setup != "" {
		err = h.setUp(ctx, setup)
	}
	if err != nil {
		stopped := h.close()
		return errors.Join(err, stopped)
	}
	return nil
}

// greeting reads what the server prints at its start, to the last line, and gives the secret of the set-up link if
// there is one.
func (h *house) greeting() (setup string, err error) {
	for {
		line, err := h.process.line()
		if err != nil {
			return "", err
		}
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch value = strings.TrimSpace(value); name {
		case "Set it up":
			_, setup, _ = strings.Cut(value, "#")
		case "Open":
			h.address = strings.TrimSuffix(value, "/")
		case "Stop":
			if h.address == "" {
				return "", errors.New("the server did not say where it is")
			}
			return setup, nil
		}
	}
}

// ready waits until the server answers for its parts.
func (h *house) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := h.call(ctx, "", http.MethodGet, "/readyz", nil, nil)
		if err == nil {
			return h.checkSync(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server does not get ready: %w", err)
		case <-ticker.C:
		}
	}
}

// checkSync refuses a server whose commits may not survive a power cut: its figures would be of another kind.
func (h *house) checkSync(ctx context.Context) error {
	var ready struct{ Synchronous string }
	if err := h.call(ctx, "", http.MethodGet, "/readyz", nil, &ready); err != nil {
		return err
	}
	switch ready.Synchronous {
	case "full", "extra", "on", "remote_apply":
		return nil
	case "":
		return errors.New("the server does not say how it syncs its log: it is not measured")
	}
	return fmt.Errorf("the server syncs its log as %q, weaker than the default: it is not measured", ready.Synchronous)
}

func (h *house) setUp(ctx context.Context, secret string) error {
	var signed struct{ Access string }
	err := h.call(ctx, "", http.MethodPost, "/api/setup", map[string]any{"secret": secret, "name": "Bench", "lang": "en"}, &signed)
	h.access = signed.Access
	return err
}

// socket is the address for the protocol.
func (h *house) socket() string { return "ws" + strings.TrimPrefix(h.address, "http") + "/socket" }

// close ends the server; the second time it does nothing.
func (h *house) close() error { return h.process.terminate() }

var busUp = regexp.MustCompile(`(?m)^waymark_bus_up(\{.*\})? 1$`)

// checkBus refuses a server that Redis does not reach: its edits would cross to others by the log alone.
func (h *house) checkBus(ctx context.Context) error {
	var figures string
	if err := h.call(ctx, "", http.MethodGet, "/metrics", nil, &figures); err != nil {
		return err
	}
	if !busUp.MatchString(figures) {
		return errors.New("the server does not reach Redis")
	}
	return nil
}

// call sends one request of the HTTP API, as the token's owner, and reads its answer, JSON unless out is a string.
func (h *house) call(ctx context.Context, token, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, h.address+path, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Waymark", "1")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, tail(string(raw)))
	}
	if text, ok := out.(*string); ok {
		*text = string(raw)
		return nil
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// A guest is a person who came by an invite.
type guest struct {
	Person board.ID
	Token  string // for the socket
}

// invite makes a link to the board for editors.
func (h *house) invite(ctx context.Context, id board.ID) (secret string, err error) {
	var made struct{ URL string }
	if err := h.call(ctx, h.access, http.MethodPost, "/api/boards/"+string(id)+"/invites", map[string]any{"role": "editor"}, &made); err != nil {
		return "", err
	}
	_, secret, ok := strings.Cut(made.URL, "#")
	if !ok {
		return "", fmt.Errorf("invite to %s: no secret in the link", id)
	}
	return secret, nil
}

// admit lets a new guest in by the link.
func (h *house) admit(ctx context.Context, secret, name string) (guest, error) {
	var signed struct {
		Person struct{ ID board.ID }
		Socket string
	}
	err := h.call(ctx, "", http.MethodPost, "/api/invites/join", map[string]any{
		"secret": secret, "name": name, "department": "Bench", "lang": "en",
	}, &signed)
	return guest{signed.Person.ID, signed.Socket}, err
}
