package redisbus

import (
	"errors"
	"strings"
	"testing"
)

const properAnswers = "+OK\r\n-ERR no\r\n:12\r\n$5\r\nhello\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n" +
	"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$4\r\n\r\n\r\n\r\n" +
	"*2\r\n*2\r\n:1\r\n*1\r\n$1\r\na\r\n*0\r\n+END\r\n"

func TestGuard_lets_through_what_redis_says_in_pieces_of_any_size(t *testing.T) {
	for size := 1; size <= len(properAnswers); size++ {
		var g guard
		for rest := properAnswers; rest != ""; {
			n := min(size, len(rest))
			if err := g.look([]byte(rest[:n])); err != nil {
				t.Fatalf("pieces of %d: %v, with %q to come", size, err, rest)
			}
			rest = rest[n:]
		}
		if g.skip+len(g.open)+len(g.line) != 0 {
			t.Fatalf("pieces of %d: something is still to come: %+v", size, g)
		}
	}
}

func TestGuard_ends_what_redis_does_not_say(t *testing.T) {
	for name, answer := range map[string]string{
		"a_web_server":             "HTTP/1.1 400 Bad Request\r\n",
		"no_line":                  "\r\n",
		"a_line_of_another_ending": "+OK\n",
		"a_long_line":              "+" + strings.Repeat("x", mostLine),
		"a_long_text":              "$33554433\r\n",
		"a_text_beyond_memory":     "$9223372036854775807\r\n",
		"a_text_beyond_numbers":    "$9223372036854775808\r\n",
		"a_text_below_nothing":     "$-2\r\n",
		"a_text_of_no_length":      "$\r\n",
		"a_long_list":              "*4097\r\n",
		"lists_in_lists":           strings.Repeat("*1\r\n", mostDepth+1),
		"a_list_behind_a_list":     "*1\r\n*1\r\n:1\r\n" + strings.Repeat("*1\r\n", mostDepth+1),
		"a_map":                    "%1\r\n",
		"a_push":                   ">3\r\n",
	} {
		for _, before := range []string{"", properAnswers} {
			var g guard
			if err := g.look([]byte(before + answer)); !errors.Is(err, errProtocol) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func FuzzGuard(f *testing.F) {
	f.Add([]byte(properAnswers), 7)
	f.Add([]byte("*2\r\n$33554432\r\nx"), 1)
	f.Fuzz(func(t *testing.T, b []byte, at int) {
		// Cut in two or whole, the same is let through.
		var whole, halves guard
		want := whole.look(b)
		at = min(max(at, 0), len(b))
		got := halves.look(b[:at])
		if got == nil {
			got = halves.look(b[at:])
		}
		if (got == nil) != (want == nil) {
			t.Fatalf("whole: %v, cut at %d: %v", want, at, got)
		}
		if len(whole.open) > mostDepth || len(whole.line) > mostLine || whole.skip > mostText+2 {
			t.Fatalf("it holds %d lists, %d bytes, and %d to come", len(whole.open), len(whole.line), whole.skip)
		}
	})
}
