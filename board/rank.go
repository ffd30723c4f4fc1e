package board

import "strings"

// A Rank orders siblings: bytewise, and by id where two are equal. It is a fraction between 0 and 1 in base
// 62, without a zero at its end, so that there is always room between two. Appending counts up in the first
// four digits, so that a list which only grows keeps short ranks.
type Rank string

const (
	rankDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	rankBase   = len(rankDigits)
	counting   = 4 // digits that Between counts in at the ends
	countEnd   = rankBase * rankBase * rankBase * rankBase
)

// Valid reports whether r is a rank.
func (r Rank) Valid() bool {
	if r == "" || len(r) > Limits.RankLength || r[len(r)-1] == '0' {
		return false
	}
	for i := range len(r) {
		if strings.IndexByte(rankDigits, r[i]) < 0 {
			return false
		}
	}
	return true
}

// Between returns a rank above a and below b; "" stands for the start and for the end. ok is false when
// there is none within the limit of length, or when a is not below b: then the siblings need fresh ranks.
func Between(a, b Rank) (_ Rank, ok bool) {
	if a != "" && !a.Valid() || b != "" && !b.Valid() || b != "" && a >= b {
		return "", false
	}
	switch {
	case a == "" && b == "":
		return "V", true
	case b == "":
		if n := count(a) + 1; n < countEnd {
			return counted(n), true
		}
	case a == "":
		if n := count(b) - 1; n > 0 {
			return counted(n), true
		}
	}
	mid := Rank(middle(string(a), string(b)))
	return mid, len(mid) <= Limits.RankLength
}

// Spread returns n ranks with equal room between them.
func Spread(n int) []Rank {
	ranks := make([]Rank, n)
	for i := range ranks {
		ranks[i] = counted((i + 1) * (countEnd / (n + 1)))
	}
	return ranks
}

// count reads the first digits as a number.
func count(r Rank) int {
	n := 0
	for i := range counting {
		n *= rankBase
		if i < len(r) {
			n += strings.IndexByte(rankDigits, r[i])
		}
	}
	return n
}

// counted is the rank whose first digits are this number, which is above 0.
func counted(n int) Rank {
	var digits [counting]byte
	for i := counting - 1; i >= 0; i-- {
		digits[i] = rankDigits[n%rankBase]
		n /= rankBase
	}
	return Rank(strings.TrimRight(string(digits[:]), "0"))
}

// middle is a fraction about half-way between a and b, as short as it can be; a < b, and "" for b is 1.
func middle(a, b string) string {
	var out []byte
	bound := b != "" // whether b still bounds the digits to come
	for i := 0; ; i++ {
		low, high := 0, rankBase
		if i < len(a) {
			low = strings.IndexByte(rankDigits, a[i])
		}
		if bound {
			high = 0
			if i < len(b) {
				high = strings.IndexByte(rankDigits, b[i])
			}
		}
		if bound && low == high {
			out = append(out, rankDigits[low])
			continue
		}
		if mid := (low + high) / 2; mid > low {
			return string(append(out, rankDigits[mid]))
		}
		// high is low+1: stay on a's digit and go above the rest of a.
		out = append(out, rankDigits[low])
		bound = false
	}
}
