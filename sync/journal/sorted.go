package journal

import (
	"cmp"
	"slices"
)

// sorted is a map of keys in order, as chunks of pairs.
type sorted struct{ chunks [][]pair }

type pair struct {
	key   string
	value []byte // never changed once here
}

const maxChunk = 256 // pairs: moving half of them costs less than finding their place

// find returns the place of the first pair whose key is not below key.
func (s *sorted) find(key string) (chunk, at int, exact bool) {
	chunk, _ = slices.BinarySearchFunc(s.chunks, key, func(c []pair, key string) int {
		return cmp.Compare(c[len(c)-1].key, key)
	})
	if chunk == len(s.chunks) {
		return chunk, 0, false
	}
	at, exact = slices.BinarySearchFunc(s.chunks[chunk], key, func(p pair, key string) int { return cmp.Compare(p.key, key) })
	return chunk, at, exact
}

func (s *sorted) get(key string) ([]byte, bool) {
	chunk, at, exact := s.find(key)
	if !exact {
		return nil, false
	}
	return s.chunks[chunk][at].value, true
}

func (s *sorted) put(key string, value []byte) {
	chunk, at, exact := s.find(key)
	if exact {
		s.chunks[chunk][at].value = value
		return
	}
	if chunk == len(s.chunks) {
		if chunk == 0 {
			s.chunks = [][]pair{{{key, value}}}
			return
		}
		chunk--
		at = len(s.chunks[chunk])
	}
	c := slices.Insert(s.chunks[chunk], at, pair{key, value})
	s.chunks[chunk] = c
	if len(c) > maxChunk {
		s.chunks[chunk] = slices.Clone(c[:maxChunk/2])
		s.chunks = slices.Insert(s.chunks, chunk+1, slices.Clone(c[maxChunk/2:]))
	}
}

func (s *sorted) remove(key string) {
	chunk, at, exact := s.find(key)
	if !exact {
		return
	}
	s.chunks[chunk] = slices.Delete(s.chunks[chunk], at, at+1)
	if len(s.chunks[chunk]) == 0 {
		s.chunks = slices.Delete(s.chunks, chunk, chunk+1)
	}
}

// seek returns the pair at key or, without inclusive, after it; down: before it.
func (s *sorted) seek(key string, down, inclusive bool) (string, []byte, bool) {
	chunk, at, exact := s.find(key)
	switch {
	case exact && !inclusive && !down:
		at++
	case down && (!exact || !inclusive):
		at--
	}
	if at < 0 {
		if chunk--; chunk < 0 {
			return "", nil, false
		}
		at = len(s.chunks[chunk]) - 1
	} else if chunk < len(s.chunks) && at == len(s.chunks[chunk]) {
		chunk, at = chunk+1, 0
	}
	if chunk >= len(s.chunks) {
		return "", nil, false
	}
	p := s.chunks[chunk][at]
	return p.key, p.value, true
}
