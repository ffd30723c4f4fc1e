package redisbus

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// A sealed message is the version, the tag of the bus that sealed it, a random nonce, and what is sealed. Version, tag
// and the channel's name are sealed with it.
const (
	version  = 1
	tagBytes = 8
	headEnd  = 1 + tagBytes
	nonceEnd = headEnd + chacha20poly1305.NonceSizeX
	overhead = nonceEnd + chacha20poly1305.Overhead
)

// maxMessage is the longest message that is looked at: the longest body or presence, with its header.
const maxMessage = overhead + maxHeader + maxBody

var (
	errForeign = errors.New("message of somebody else")
	errVersion = errors.New("message of another release")
)

// A seal closes messages so that only servers with the same key can open them, and tell that nothing was changed.
type seal struct {
	aead cipher.AEAD
	tag  [tagBytes]byte
	// name stands for the key where anybody may read it.
	name string
}

// nameBytes is how much of what the key gives names it.
const nameBytes = 8

func newSeal(key []byte, cluster string) (*seal, error) {
	// A key of its own: whatever else the cluster's secret is used for says nothing about it.
	own, err := hkdf.Key(sha256.New, key, nil, "waymark redisbus 1 "+cluster, chacha20poly1305.KeySize+nameBytes)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	aead, err := chacha20poly1305.NewX(own[:chacha20poly1305.KeySize])
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	s := &seal{aead: aead, name: hex.EncodeToString(own[chacha20poly1305.KeySize:])}
	_, _ = rand.Read(s.tag[:]) // never fails; see its documentation
	return s, nil
}

// close appends the sealed message to dst. scratch is used and given back.
func (s *seal) close(dst, scratch []byte, channel string, plain []byte) (sealed, used []byte) {
	from := len(dst)
	dst = append(dst, version)
	dst = append(dst, s.tag[:]...)
	scratch = append(append(scratch[:0], dst[from:]...), channel...)
	var nonce [chacha20poly1305.NonceSizeX]byte
	_, _ = rand.Read(nonce[:]) // never fails; see its documentation
	dst = append(dst, nonce[:]...)
	return s.aead.Seal(dst, nonce[:], plain, scratch), scratch
}

// own reports whether this bus says that it sealed the message. Anybody can write that, and has gained nothing.
func (s *seal) own(message string) bool {
	return len(message) >= headEnd && message[1:headEnd] == string(s.tag[:])
}

// open gives what was sealed for this channel, in memory of its own. scratch is used and given back.
func (s *seal) open(scratch []byte, channel, message string) (plain, used []byte, err error) {
	switch {
	case len(message) < overhead || len(message) > maxMessage:
		return nil, scratch, errForeign
	case message[0] != version:
		return nil, scratch, errVersion
	}
	scratch = append(append(append(scratch[:0], message[:headEnd]...), channel...), message[headEnd:]...)
	with := headEnd + len(channel)
	nonce, sealed := scratch[with:with+chacha20poly1305.NonceSizeX], scratch[with+chacha20poly1305.NonceSizeX:]
	plain, err = s.aead.Open(nil, nonce, sealed, scratch[:with])
	if err != nil {
		return nil, scratch, errForeign
	}
	return plain, scratch, nil
}
