package main

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"waymark/server/directory"
)

func testKey(id string, fill byte) directory.Key {
	return directory.Key{ID: id, Private: ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune(fill)), 32)))}
}

func TestTokens(t *testing.T) {
	now := time.Now()
	mine := testKey("k2", 'a')
	tokens, err := newTokens([]directory.Key{mine, testKey("k1", 'b')}, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	caller := Caller{Person: "person-1", SignIn: "s"}
	good, end, err := tokens.Sign(caller, audienceAPI)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := tokens.Check(good, audienceAPI); err != nil || got != caller {
		t.Fatalf("a good token: %+v, %v", got, err)
	}
	if took := end.Sub(now); took != 10*time.Minute {
		t.Fatalf("lasts %v", took)
	}

	base := func() jwt.MapClaims {
		return jwt.MapClaims{"iss": "waymark", "aud": "api", "sub": "person-1", "sid": "s", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix()}
	}
	sign := func(method jwt.SigningMethod, kid any, key any, edit func(jwt.MapClaims)) string {
		claims := base()
		edit(claims)
		token := jwt.NewWithClaims(method, claims)
		if kid != nil {
			token.Header["kid"] = kid
		}
		text, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	ed := jwt.SigningMethodEdDSA
	keep := func(jwt.MapClaims) {}
	public, _ := mine.Private.Public().(ed25519.PublicKey)
	if _, err := tokens.Check(sign(ed, "k1", testKey("k1", 'b').Private, keep), audienceAPI); err != nil {
		t.Errorf("the older key's token: %v", err)
	}
	for name, text := range map[string]string{
		"empty":            "",
		"huge":             good + strings.Repeat("x", maxToken),
		"cut":              good[:len(good)-3],
		"none":             sign(jwt.SigningMethodNone, "k2", jwt.UnsafeAllowNoneSignatureType, keep),
		"hmac of the key":  sign(jwt.SigningMethodHS256, "k2", []byte(public), keep),
		"foreign key":      sign(ed, "k2", testKey("k2", 'c').Private, keep),
		"unknown kid":      sign(ed, "k9", mine.Private, keep),
		"kid of no string": sign(ed, 2, mine.Private, keep),
		"no kid":           sign(ed, nil, mine.Private, keep),
		"expired":          sign(ed, "k2", mine.Private, func(c jwt.MapClaims) { c["exp"] = now.Add(-time.Minute).Unix() }),
		"no expiry":        sign(ed, "k2", mine.Private, func(c jwt.MapClaims) { delete(c, "exp") }),
		"from the future":  sign(ed, "k2", mine.Private, func(c jwt.MapClaims) { c["iat"] = now.Add(time.Hour).Unix() }),
		"other issuer":     sign(ed, "k2", mine.Private, func(c jwt.MapClaims) { c["iss"] = "else" }),
		"other audience":   sign(ed, "k2", mine.Private, func(c jwt.MapClaims) { c["aud"] = "socket" }),
		"nobody":           sign(ed, "k2", mine.Private, func(c jwt.MapClaims) { delete(c, "sub") }),
		"no sign-in":       sign(ed, "k2", mine.Private, func(c jwt.MapClaims) { delete(c, "sid") }),
	} {
		if _, err := tokens.Check(text, audienceAPI); !errors.Is(err, errToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := tokens.Check(good, audienceSocket); !errors.Is(err, errToken) {
		t.Errorf("an API token opens a socket: %v", err)
	}
	if _, err := newTokens([]directory.Key{mine, mine}, time.Now); err == nil {
		t.Error("two keys of one name were taken")
	}
}

func TestParseKeys(t *testing.T) {
	seed := strings.Repeat("A", 43)
	keys, err := parseKeys("new:" + seed + ", old:" + seed)
	if err != nil || len(keys) != 2 || keys[0].ID != "new" || keys[1].ID != "old" {
		t.Fatalf("keys %v, error %v", keys, err)
	}
	for _, bad := range []string{"", "new", ":" + seed, "new:short", "new:" + seed + ","} {
		if _, err := parseKeys(bad); err == nil || strings.Contains(err.Error(), seed) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
