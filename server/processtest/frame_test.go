//go:build linux

package processtest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"testing"
)

// A wsFrame is one WebSocket frame of a server, which does not mask (RFC 6455, section 5.2).
type wsFrame struct {
	final   bool
	opcode  byte
	payload []byte
	raw     []byte // all of it, as it came
}

const (
	opText   = 1
	opBinary = 2
	opClose  = 8
)

// maxFrame bounds what the proxy holds; the server's largest frame is a snapshot.
const maxFrame = 64 << 20

func readFrame(r *bufio.Reader) (wsFrame, error) {
	var head [10]byte
	if _, err := io.ReadFull(r, head[:2]); err != nil {
		return wsFrame{}, err
	}
	size, end := uint64(head[1]&0x7f), 2
	switch size {
	case 126:
		end = 4
	case 127:
		end = 10
	}
	if _, err := io.ReadFull(r, head[2:end]); err != nil {
		return wsFrame{}, err
	}
	switch end {
	case 4:
		size = uint64(binary.BigEndian.Uint16(head[2:4]))
	case 10:
		size = binary.BigEndian.Uint64(head[2:10])
	}
	if head[1]&0x80 != 0 || size > maxFrame {
		return wsFrame{}, fmt.Errorf("a server's frame of %d bytes, masked %v", size, head[1]&0x80 != 0)
	}
	raw := make([]byte, end+int(size))
	copy(raw, head[:end])
	if _, err := io.ReadFull(r, raw[end:]); err != nil {
		return wsFrame{}, err
	}
	return wsFrame{final: head[0]&0x80 != 0, opcode: head[0] & 0x0f, payload: raw[end:], raw: raw}, nil
}

func TestReadFrame_takes_each_length(t *testing.T) {
	for _, size := range []int{0, 1, 125, 126, 127, 65535, 65536, 100_000} {
		payload := bytes.Repeat([]byte("x"), size)
		head := []byte{0x80 | opText}
		switch {
		case size < 126:
			head = append(head, byte(size))
		case size < 1<<16:
			head = binary.BigEndian.AppendUint16(append(head, 126), uint16(size))
		default:
			head = binary.BigEndian.AppendUint64(append(head, 127), uint64(size))
		}
		stream := append(append(head, payload...), 0x88, 0)
		r := bufio.NewReader(bytes.NewReader(stream))
		f, err := readFrame(r)
		if err != nil || !f.final || f.opcode != opText || !bytes.Equal(f.payload, payload) || len(f.raw) != len(head)+size {
			t.Errorf("%d bytes: %d of opcode %d, %v", size, len(f.payload), f.opcode, err)
		}
		if f, err := readFrame(r); err != nil || f.opcode != opClose || len(f.payload) != 0 {
			t.Errorf("behind %d bytes: opcode %d, %v", size, f.opcode, err)
		}
	}
	if _, err := readFrame(bufio.NewReader(bytes.NewReader([]byte{0x81, 0x85, 0, 0, 0, 0}))); err == nil {
		t.Error("a masked frame was taken")
	}
}
