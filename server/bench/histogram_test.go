package bench

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestHistogram_quantiles_are_at_most_a_bucket_above_the_true_ones(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var h, half histogram
	values := make([]time.Duration, 20_000)
	for i := range values {
		values[i] = time.Duration(random.ExpFloat64() * float64(3*time.Millisecond))
		if i%2 == 0 {
			h.record(values[i])
		} else {
			half.record(values[i])
		}
	}
	h.add(&half)
	slices.Sort(values)
	for _, q := range []float64{0.5, 0.95, 0.99, 0.999, 1} {
		exact := values[int(q*float64(len(values)))-1]
		got := h.quantile(q)
		if got < exact || float64(got) > float64(exact)*1.033+1 {
			t.Errorf("quantile %v = %v, sorted values say %v", q, got, exact)
		}
	}
}

func TestHistogram_every_value_lies_in_its_bucket(t *testing.T) {
	for _, v := range []uint64{0, 1, 31, 32, 33, 63, 64, 65, 1000, 1 << 20, 1<<40 + 12345, 1<<63 - 1} {
		i := bucketOf(v)
		if edgeOf(i) < v || (i > 0 && edgeOf(i-1) >= v) {
			t.Errorf("value %d in bucket %d, which ends at %d after %d", v, i, edgeOf(i), edgeOf(max(i-1, 0)))
		}
	}
}
