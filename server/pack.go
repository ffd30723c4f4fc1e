package main

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/klauspost/compress/gzip"
)

// unpackLimit bounds how much room is made at once for a snapshot that says how large it is.
const unpackLimit = 1 << 26

// pack compresses a snapshot for the disk and the wire. Every server and every browser unpacks it; this library only
// does so in half the time of the standard one.
func pack(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(len(raw)/8 + 64)
	w := gzip.NewWriter(&b)
	if _, err := w.Write(raw); err != nil {
		return nil, fmt.Errorf("pack %d bytes: %w", len(raw), err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack %d bytes: %w", len(raw), err)
	}
	return b.Bytes(), nil
}

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack %d bytes: %w", len(packed), err)
	}
	// The last four bytes say how much it is, if they are sound.
	var b bytes.Buffer
	if size := binary.LittleEndian.Uint32(packed[len(packed)-4:]); size < unpackLimit {
		b.Grow(int(size) + bytes.MinRead)
	}
	if _, err = b.ReadFrom(r); err != nil {
		return nil, fmt.Errorf("unpack %d bytes: %w", len(packed), err)
	}
	return b.Bytes(), nil
}
