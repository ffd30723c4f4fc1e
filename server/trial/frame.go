package trial

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// A Frame is one WebSocket frame of a server, which does not mask (RFC 6455, section 5.2).
type Frame struct {
	Final   bool
	Opcode  byte
	Payload []byte
	Raw     []byte // all of it, as it came
}

// Opcodes of frames.
const (
	OpText   = 1
	OpBinary = 2
	OpClose  = 8
)

// maxFrame bounds what the proxy holds; the server's largest frame is a snapshot.
const maxFrame = 64 << 20

// ReadFrame reads the next one.
func ReadFrame(r *bufio.Reader) (Frame, error) {
	var head [10]byte
	if _, err := io.ReadFull(r, head[:2]); err != nil {
		return Frame{}, err
	}
	size, end := uint64(head[1]&0x7f), 2
	switch size {
	case 126:
		end = 4
	case 127:
		end = 10
	}
	if _, err := io.ReadFull(r, head[2:end]); err != nil {
		return Frame{}, err
	}
	switch end {
	case 4:
		size = uint64(binary.BigEndian.Uint16(head[2:4]))
	case 10:
		size = binary.BigEndian.Uint64(head[2:10])
	}
	if head[1]&0x80 != 0 || size > maxFrame {
		return Frame{}, fmt.Errorf("a server's frame of %d bytes, masked %v", size, head[1]&0x80 != 0)
	}
	raw := make([]byte, end+int(size))
	copy(raw, head[:end])
	if _, err := io.ReadFull(r, raw[end:]); err != nil {
		return Frame{}, err
	}
	return Frame{Final: head[0]&0x80 != 0, Opcode: head[0] & 0x0f, Payload: raw[end:], Raw: raw}, nil
}
