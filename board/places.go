package board

import (
	"iter"
	"slices"
	"strings"
)

// A place is a record's place in a group: by key, then by id. The key is the rank, or the seq of a deletion.
type place struct {
	key string
	id  ID
}

func comparePlaces(a, b place) int {
	if c := strings.Compare(a.key, b.key); c != 0 {
		return c
	}
	return strings.Compare(string(a.id), string(b.id))
}

// places is a sorted list of places in pages. A page never changes once it is made, so that a draft shares
// with its board what it does not touch, and entering one of thousands copies one page.
type places struct {
	pages [][]place // none is empty
	n     int
}

// pageSize is how many places a page holds at most.
const pageSize = 64

// placesOf pages a sorted list.
func placesOf(sorted []place) places {
	ps := places{n: len(sorted)}
	for page := range slices.Chunk(sorted, pageSize/2) {
		ps.pages = append(ps.pages, slices.Clip(page))
	}
	return ps
}

// find is where a place is or belongs.
func (ps places) find(p place) (page, i int, found bool) {
	page, _ = slices.BinarySearchFunc(ps.pages, p, func(page []place, p place) int {
		return comparePlaces(page[len(page)-1], p)
	})
	if page == len(ps.pages) {
		return page, 0, false
	}
	i, found = slices.BinarySearchFunc(ps.pages[page], p, comparePlaces)
	return page, i, found
}

// with is the list with one more place.
func (ps places) with(p place) places {
	at, i, found := ps.find(p)
	if found {
		return ps
	}
	if at == len(ps.pages) {
		if at == 0 {
			return places{pages: [][]place{{p}}, n: 1}
		}
		at, i = at-1, len(ps.pages[at-1])
	}
	old := ps.pages[at]
	page := make([]place, 0, len(old)+1)
	page = append(append(append(page, old[:i]...), p), old[i:]...)
	if len(page) <= pageSize {
		pages := slices.Clone(ps.pages)
		pages[at] = page
		return places{pages, ps.n + 1}
	}
	half := len(page) / 2
	pages := make([][]place, 0, len(ps.pages)+1)
	pages = append(append(pages, ps.pages[:at]...), page[:half:half], page[half:])
	return places{append(pages, ps.pages[at+1:]...), ps.n + 1}
}

// without is the list without a place.
func (ps places) without(p place) places {
	at, i, found := ps.find(p)
	if !found {
		return ps
	}
	old := ps.pages[at]
	if len(old) == 1 {
		pages := make([][]place, 0, len(ps.pages)-1)
		return places{append(append(pages, ps.pages[:at]...), ps.pages[at+1:]...), ps.n - 1}
	}
	page := make([]place, 0, len(old)-1)
	page = append(append(page, old[:i]...), old[i+1:]...)
	pages := slices.Clone(ps.pages)
	pages[at] = page
	if next := at + 1; next < len(pages) && len(page)+len(pages[next]) <= pageSize/2 {
		pages[at] = slices.Concat(page, pages[next])
		pages = slices.Delete(pages, next, next+1)
	}
	return places{pages, ps.n - 1}
}

// all visits the places in order.
func (ps places) all() iter.Seq[place] {
	return func(yield func(place) bool) {
		for _, page := range ps.pages {
			for _, p := range page {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// A gap lies between two places of a list, or before the first, or behind the last.
type gap struct {
	ps   places
	page int
	i    int // the place behind the gap is ps.pages[page][i]
}

// next moves behind the next place, and prev before the previous one; ok is false at the end.
func (g *gap) next() (p place, ok bool) {
	for g.page < len(g.ps.pages) && g.i == len(g.ps.pages[g.page]) {
		g.page, g.i = g.page+1, 0
	}
	if g.page >= len(g.ps.pages) {
		return place{}, false
	}
	g.i++
	return g.ps.pages[g.page][g.i-1], true
}

func (g *gap) prev() (p place, ok bool) {
	for g.i == 0 {
		if g.page == 0 {
			return place{}, false
		}
		g.page--
		g.i = len(g.ps.pages[g.page])
	}
	g.i--
	return g.ps.pages[g.page][g.i], true
}

// first and last are the gaps before and behind all places, and behind the one behind this one.
func (ps places) first() gap { return gap{ps: ps} }

func (ps places) last() gap { return gap{ps: ps, page: len(ps.pages)} }

func (ps places) behind(p place) gap {
	page, i, found := ps.find(p)
	if found {
		i++
	}
	return gap{ps: ps, page: page, i: i}
}
