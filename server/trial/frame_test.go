package trial

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"testing"
)

func TestReadFrame_takes_each_length(t *testing.T) {
	for _, size := range []int{0, 1, 125, 126, 127, 65535, 65536, 100_000} {
		payload := bytes.Repeat([]byte("x"), size)
		head := []byte{0x80 | OpText}
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
		f, err := ReadFrame(r)
		if err != nil || !f.Final || f.Opcode != OpText || !bytes.Equal(f.Payload, payload) || len(f.Raw) != len(head)+size {
			t.Errorf("%d bytes: %d of opcode %d, %v", size, len(f.Payload), f.Opcode, err)
		}
		if f, err := ReadFrame(r); err != nil || f.Opcode != OpClose || len(f.Payload) != 0 {
			t.Errorf("behind %d bytes: opcode %d, %v", size, f.Opcode, err)
		}
	}
	if _, err := ReadFrame(bufio.NewReader(bytes.NewReader([]byte{0x81, 0x85, 0, 0, 0, 0}))); err == nil {
		t.Error("a masked frame was taken")
	}
}
