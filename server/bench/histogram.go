package bench

import (
	"math/bits"
	"time"
)

// Each power of two of nanoseconds is cut into 32 parts, so a value read back is at most 3.2 % above the true one.
const (
	partBits = 5
	parts    = 1 << partBits
	buckets  = (64 - partBits + 1) * parts
)

// A histogram counts durations. It is not safe for two goroutines at once: each receiver fills its own, and they are
// added up when all are done.
type histogram struct {
	counts [buckets]uint32
	total  uint64
	max    time.Duration
}

func (h *histogram) record(d time.Duration) {
	d = max(d, 0)
	h.counts[bucketOf(uint64(d))]++
	h.total++
	h.max = max(h.max, d)
}

func (h *histogram) add(other *histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.total += other.total
	h.max = max(h.max, other.max)
}

// quantile gives the upper edge of the bucket that holds the q-th part (0 to 1) of all values; 0 when there are none.
func (h *histogram) quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	rank := max(uint64(q*float64(h.total)+0.999999), 1)
	var seen uint64
	for i, n := range h.counts {
		seen += uint64(n)
		if seen >= rank {
			return min(time.Duration(edgeOf(i)), h.max)
		}
	}
	return h.max
}

func bucketOf(v uint64) int {
	if v < parts {
		return int(v)
	}
	shift := bits.Len64(v) - partBits - 1
	return (shift+1)*parts + int(v>>shift) - parts
}

// edgeOf is the largest value that bucketOf puts into bucket i.
func edgeOf(i int) uint64 {
	if i < parts {
		return uint64(i)
	}
	shift := i/parts - 1
	return uint64(i%parts+parts+1)<<shift - 1
}
