package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"math"
	"net"
	"net/http"
	"sync"
)

// A Line is the network connection below a socket. Small frames are written straight to it, header and data in one
// call: through the library each costs a tenth more, and above 4 KiB two or three calls of the system. What the library
// writes by itself (pongs, closes) is one call too, and the connection lets calls finish one after the other, so frames
// never mix.
type Line struct {
	http.ResponseWriter
	conn net.Conn
}

// Hijack is how the library takes the connection over; the line remembers it.
func (l *Line) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	h, ok := l.ResponseWriter.(http.Hijacker)
	if !ok {
		return nil, nil, errors.New("connection cannot be taken over")
	}
	conn, rw, err := h.Hijack()
	l.conn = conn
	return conn, rw, err
}

// straight is the size up to which a frame is written straight to the line. A larger one is worth no copy.
const straight = 16 << 10

var lineBuffers = sync.Pool{New: func() any { b := make([]byte, 0, straight+16); return &b }}

// text writes a text frame of at most straight bytes.
func (l *Line) text(data []byte) error {
	const finalText, long = 0x81, 126 // RFC 6455, 5.2
	b := lineBuffers.Get().(*[]byte)
	defer lineBuffers.Put(b)
	out := append((*b)[:0], finalText)
	if len(data) < long {
		out = append(out, byte(len(data)))
	} else {
		out = binary.BigEndian.AppendUint16(append(out, long), uint16(min(len(data), math.MaxUint16)))
	}
	out = append(out, data...)
	_, err := l.conn.Write(out)
	*b = out
	return err
}
