package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"waymark/board"
	"waymark/server/directory"
	"waymark/server/doctor"
)

// audienceDoctor is the audience of the tokens by which the doctor asks what a server saw. Nothing else opens to them.
const audienceDoctor = "doctor"

// doctorCaller is who such a token names, beside the nonce of the question.
const doctorCaller board.ID = "person-doctor"

// reached tells the doctor what this server saw of the request, whatever its Origin, and proves that it has the keys of the installation.
func (s *Server) reached(c echo.Context) error {
	r := c.Request()
	text, ok := strings.CutPrefix(r.Header.Get(echo.HeaderAuthorization), "Bearer ")
	if !ok {
		return fail("header")
	}
	asked, err := s.tokens.Check(text, audienceDoctor)
	if err != nil {
		return err
	}
	sender, _ := netip.ParseAddrPort(r.RemoteAddr)
	from := sender.Addr().Unmap()
	saw, err := json.Marshal(doctor.Reached{
		Name: s.config.Name, URL: s.site.url.String(),
		Target: r.RequestURI, Host: r.Host, Origin: r.Header.Get(echo.HeaderOrigin), Origins: s.site.origins,
		Sender: from.String(), Trusted: isProxy(from, s.config.Proxies),
		Forwarded: r.Header.Values(echo.HeaderXForwardedFor), Address: s.address(c).String(),
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, doctor.SealedReached{Saw: saw, Seal: s.tokens.seal(asked.SignIn, saw)})
}

// Ask is [doctor.Seal].
func (t *Tokens) Ask(nonce string) (string, error) {
	text, _, err := t.Sign(Caller{Person: doctorCaller, SignIn: nonce}, audienceDoctor)
	return text, err
}

// sealed is what a seal is over. No token begins like it.
func sealed(nonce string, answer []byte) []byte {
	return append([]byte("waymark reached\n"+nonce+"\n"), answer...)
}

func (t *Tokens) seal(nonce string, answer []byte) string {
	return base64.RawURLEncoding.EncodeToString(ed25519.Sign(t.signing.Private, sealed(nonce, answer)))
}

// Proves is [doctor.Seal].
func (t *Tokens) Proves(nonce string, answer []byte, seal string) bool {
	signature, err := base64.RawURLEncoding.DecodeString(seal)
	if err != nil {
		return false
	}
	for _, key := range t.public {
		if ed25519.Verify(key, sealed(nonce, answer), signature) {
			return true
		}
	}
	return false
}

var _ doctor.Seal = (*Tokens)(nil)

// newSeal makes a seal of the keys that a server would use.
func (c *Config) newSeal(kept []directory.Key, now func() time.Time) (doctor.Seal, error) {
	return c.newTokens(func() ([]directory.Key, error) { return kept, nil }, now)
}
