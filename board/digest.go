package board

import (
	"encoding/binary"
	"math/bits"
	"strconv"
)

// Digests are sums over the records of a board. Two boards with equal records have equal digests; boards
// that differ have different ones but for one chance in about 2^63.
type Digests struct {
	All    uint64 // over every record; for servers only, for it would tell about sealed values
	Public uint64 // over the records that everyone may see
}

// Hex spells a digest for the wire: 16 lower-case hex digits.
func Hex(sum uint64) string {
	s := strconv.FormatUint(sum, 16)
	return "0000000000000000"[len(s):] + s
}

// Sum is what one text adds to a digest.
func Sum(text string) uint64 { return digest(text) }

// digest is MurmurHash3 (x86, 32 bits) twice over the same bytes: with seed 1 in the upper half and with
// seed 2 in the lower. The algorithm is Austin Appleby's, in the public domain; 32 bits because browsers
// multiply no more than that exactly.
func digest(s string) uint64 {
	const c1, c2 = 0xcc9e2d51, 0x1b873593
	h1, h2 := uint32(1), uint32(2)
	rest := s
	for len(rest) >= 4 {
		k := uint32(rest[0]) | uint32(rest[1])<<8 | uint32(rest[2])<<16 | uint32(rest[3])<<24
		rest = rest[4:]
		k = bits.RotateLeft32(k*c1, 15) * c2
		h1 = bits.RotateLeft32(h1^k, 13)*5 + 0xe6546b64
		h2 = bits.RotateLeft32(h2^k, 13)*5 + 0xe6546b64
	}
	if len(rest) > 0 {
		var tail [4]byte
		copy(tail[:], rest)
		k := bits.RotateLeft32(binary.LittleEndian.Uint32(tail[:])*c1, 15) * c2
		h1 ^= k
		h2 ^= k
	}
	n := uint32(len(s))
	return uint64(finish(h1^n))<<32 | uint64(finish(h2^n))
}

func finish(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}
