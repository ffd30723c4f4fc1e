package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// A desk is a server that plays a script: it answers each frame it reads with the next of its frames.
func desk(t *testing.T, script ...func(ctx context.Context, socket *websocket.Conn, frame string) error) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{Subprotocol}})
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = socket.CloseNow() }()
		for _, answer := range script {
			_, frame, err := socket.Read(context.Background())
			if err != nil {
				return
			}
			if err := answer(context.Background(), socket, string(frame)); err != nil {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	return "ws" + strings.TrimPrefix(server.URL, "http")
}

type answer = func(ctx context.Context, socket *websocket.Conn, frame string) error

func say(frames ...string) answer {
	return func(ctx context.Context, socket *websocket.Conn, _ string) error {
		for _, frame := range frames {
			if err := socket.Write(ctx, websocket.MessageText, []byte(frame)); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestConn_says_hello_and_numbers_its_ops(t *testing.T) {
	var heard []string
	record := func(ctx context.Context, socket *websocket.Conn, frame string) error {
		heard = append(heard, frame)
		return socket.Write(ctx, websocket.MessageText, []byte(`[{"type":"beat","now":1}]`))
	}
	last := func(ctx context.Context, socket *websocket.Conn, frame string) error {
		heard = append(heard, frame)
		return socket.Close(4503, "draining")
	}
	url := desk(t, record, record, last)
	var conn *Conn
	beats := 0
	conn, err := Dial(context.Background(), Options{
		URL: url, Token: "secret", Board: "board-a", Client: "client-a",
		Hear: func(m Message) error {
			beats++
			first, err := conn.Send([]byte(`{"type":"one"}`), []byte(`{"type":"two"}`))
			if want := int64(2*beats - 1); first != want {
				t.Errorf("send gave %d, want %d", first, want)
			}
			return err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var closed *Closed
	if err := conn.Run(); !errors.As(err, &closed) || closed.Code != 4503 {
		t.Errorf("run ended with %v", err)
	}
	var hello []map[string]any
	if err := json.Unmarshal([]byte(heard[0]), &hello); err != nil {
		t.Fatal(err)
	}
	if len(hello) != 2 || hello[1]["type"] != "claim" || hello[1]["client"] != "client-a" {
		t.Errorf("behind the hello %v, want the claim", hello[1:])
	}
	if hello[0]["type"] != "hello" || hello[0]["token"] != "secret" || hello[0]["seq"] != float64(-1) {
		t.Errorf("hello %v", hello)
	}
	if want := `[{"type":"ops","client":"client-a","items":[{"n":3,"op":{"type":"one"}},{"n":4,"op":{"type":"two"}}]}]`; heard[2] != want {
		t.Errorf("second ops %s", heard[2])
	}
}

func TestConn_follows_the_seqs(t *testing.T) {
	url := desk(t, say(
		`[{"type":"welcome","epoch":3,"seq":7}]`,
		`[{"type":"entries","from":6,"to":6,"batch":"batch-b","items":[]},{"type":"hole","from":7,"to":8,"batch":"batch-c"}]`,
		`[{"type":"entries","from":10,"to":10,"batch":"batch-e","items":[]}]`,
	))
	var types []string
	conn, err := Dial(context.Background(), Options{
		URL: url, Board: "board-a", From: Point{Epoch: 3, Seq: 5, Batch: "batch-a"},
		Hear: func(m Message) error { types = append(types, m.Type); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Run(); !errors.Is(err, ErrSkipped) {
		t.Errorf("run ended with %v, want ErrSkipped: seq 9 never came", err)
	}
	if want := []string{"welcome", "entries", "hole"}; !slices.Equal(types, want) {
		t.Errorf("heard %q, want %q", types, want)
	}
	if p := conn.Point(); p.Epoch != 3 || p.Seq != 8 || p.Batch != "batch-c" {
		t.Errorf("point %+v", p)
	}
}
