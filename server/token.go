package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"waymark/board"
	"waymark/server/directory"
)

// What a token is for. One for the API opens no socket, and the other way round.
const (
	audienceAPI    = "api"
	audienceSocket = "socket"
)

const (
	tokenIssuer = "waymark"
	tokenLife   = 10 * time.Minute
	tokenLeeway = 30 * time.Second
	maxToken    = 4 << 10
)

var errToken = errors.New("token is not good")

// Tokens makes and checks the access tokens. Which key checks one is looked up in a fixed table; the token itself
// chooses neither key nor method, and it never carries a role.
type Tokens struct {
	signing directory.Key
	public  map[string]ed25519.PublicKey
	// fingerprints are those of all keys, the signing one first.
	fingerprints []string
	parser       map[string]*jwt.Parser
	now          func() time.Time
}

func newTokens(keys []directory.Key, now func() time.Time) (*Tokens, error) {
	if len(keys) == 0 {
		return nil, errors.New("there is no token key")
	}
	t := &Tokens{signing: keys[0], public: map[string]ed25519.PublicKey{}, parser: map[string]*jwt.Parser{}, now: now}
	for _, k := range keys {
		public, ok := k.Private.Public().(ed25519.PublicKey)
		if !ok || t.public[k.ID] != nil {
			return nil, fmt.Errorf("token key %q is there twice", k.ID)
		}
		t.public[k.ID] = public
		t.fingerprints = append(t.fingerprints, k.Fingerprint())
	}
	for _, audience := range []string{audienceAPI, audienceSocket, audienceDoctor} {
		t.parser[audience] = jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
			jwt.WithExpirationRequired(),
			jwt.WithIssuedAt(),
			jwt.WithIssuer(tokenIssuer),
			jwt.WithAudience(audience),
			jwt.WithLeeway(tokenLeeway),
			jwt.WithTimeFunc(now),
			jwt.WithStrictDecoding(),
		)
	}
	return t, nil
}

// parseKeys reads WAYMARK_KEYS: name:base64url, separated by commas.
func parseKeys(text string) ([]directory.Key, error) {
	var keys []directory.Key
	for i, part := range strings.Split(text, ",") {
		id, seed, _ := strings.Cut(strings.TrimSpace(part), ":")
		key, err := directory.ParseKey(id, seed)
		if err != nil || id == "" {
			return nil, fmt.Errorf("WAYMARK_KEYS, key %d: want name:base64url of %d bytes", i+1, ed25519.SeedSize)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// A Caller is who a good token speaks for.
type Caller struct {
	Person board.ID
	SignIn string
}

type claims struct {
	SignIn string `json:"sid"`
	jwt.RegisteredClaims
}

// Sign makes a token and says when it ends.
func (t *Tokens) Sign(c Caller, audience string) (string, time.Time, error) {
	now := t.now()
	end := now.Add(tokenLife)
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims{
		SignIn: c.SignIn,
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    tokenIssuer,
			Subject:   string(c.Person),
			Audience:  jwt.ClaimStrings{audience},
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(end),
		},
	})
	token.Header["kid"] = t.signing.ID
	text, err := token.SignedString(t.signing.Private)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("sign a token: %w", err)
	}
	return text, end, nil
}

// Check returns who the token speaks for, or errToken.
func (t *Tokens) Check(text, audience string) (Caller, error) {
	if text == "" || len(text) > maxToken {
		return Caller{}, fmt.Errorf("%w: %d bytes", errToken, len(text))
	}
	var c claims
	_, err := t.parser[audience].ParseWithClaims(text, &c, func(token *jwt.Token) (any, error) {
		kid, _ := token.Header["kid"].(string)
		key, ok := t.public[kid]
		if !ok {
			return nil, errors.New("unknown key")
		}
		return key, nil
	})
	if err != nil {
		return Caller{}, fmt.Errorf("%w: %w", errToken, err)
	}
	if c.Subject == "" || c.SignIn == "" {
		return Caller{}, fmt.Errorf("%w: it names nobody", errToken)
	}
	return Caller{Person: board.ID(c.Subject), SignIn: c.SignIn}, nil
}
