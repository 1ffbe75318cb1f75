package lens

import (
	"bytes"
	"encoding/json"
	"strings"

	"bayledger/sync/ledger"
)

// maxDepth bounds what is looked into: an intent nests at most 12 levels.
const maxDepth = 40

// stripper copies an entry's JSON and leaves members out. It reads each byte once
// and makes nothing but the copy: every handheld's entries go through it.
type stripper struct {
	src               []byte
	out               []byte
	at                int
	money, exceptions bool // what is left out
	bad               bool
}

// entry returns the copy, nil where the source is no JSON.
func (s *stripper) entry() []byte {
	s.out = make([]byte, 0, len(s.src))
	s.value(0)
	if s.space(); s.bad || s.at != len(s.src) {
		return nil
	}
	return s.out
}

func (s *stripper) space() {
	for s.at < len(s.src) {
		switch s.src[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

func (s *stripper) peek() byte {
	if s.space(); s.bad || s.at >= len(s.src) {
		s.bad = true
		return 0
	}
	return s.src[s.at]
}

func (s *stripper) value(depth int) {
	if depth > maxDepth {
		s.bad = true
		return
	}
	switch s.peek() {
	case '{':
		s.object(depth)
	case '[':
		s.array(depth)
	case '"':
		s.out = append(s.out, s.text()...)
	default:
		s.scalar()
	}
}

// text returns a string as it stands, quotes and all.
func (s *stripper) text() []byte {
	start := s.at
	for s.at++; s.at < len(s.src); s.at++ {
		switch s.src[s.at] {
		case '\\':
			s.at++
		case '"':
			s.at++
			return s.src[start:s.at]
		}
	}
	s.bad = true
	return nil
}

// scalar copies a number or a word.
func (s *stripper) scalar() {
	start := s.at
	for s.at < len(s.src) {
		switch s.src[s.at] {
		case ',', ']', '}', ' ', '\t', '\n', '\r', '{', '[', '"', ':':
			s.bad = s.bad || s.at == start
			s.out = append(s.out, s.src[start:s.at]...)
			return
		}
		s.at++
	}
	s.out = append(s.out, s.src[start:s.at]...)
}

func (s *stripper) array(depth int) {
	s.at++
	s.out = append(s.out, '[')
	for first := true; !s.bad; first = false {
		if !s.another(first, ']') {
			return
		}
		if !first {
			s.out = append(s.out, ',')
		}
		s.value(depth + 1)
	}
}

// another goes to the next element, past the comma before it; false at the end, which
// is copied, and where neither stands there.
func (s *stripper) another(first bool, end byte) bool {
	switch c := s.peek(); {
	case c == end:
		s.at++
		s.out = append(s.out, end)
		return false
	case first:
		return true
	case c == ',':
		s.at++
		return true
	}
	s.bad = true
	return false
}

func (s *stripper) object(depth int) {
	s.at++
	s.out = append(s.out, '{')
	empty := true
	for first := true; !s.bad; first = false {
		if !s.another(first, '}') {
			return
		}
		if s.peek() != '"' {
			s.bad = true
			return
		}
		mark := len(s.out)
		name := s.text()
		if !empty {
			s.out = append(s.out, ',')
		}
		s.out = append(append(s.out, name...), ':')
		if s.peek() != ':' {
			s.bad = true
			return
		}
		s.at++
		before := len(s.out)
		s.value(depth + 1)
		switch s.fate(depth, name) {
		case dropped:
			s.out = s.out[:mark]
			continue
		case emptied:
			s.out = append(s.out[:before], "[]"...)
		case worded:
			s.out = append(s.out[:before], ledger.WithoutWorth(string(s.out[before:]))...)
		case rawed:
			if ledger.RawWithMoney(strings.Trim(string(s.out[before:]), `"`)) || bytes.HasPrefix(s.out[before:], []byte(`"\u`)) {
				s.out = s.out[:mark]
				continue
			}
		}
		empty = false
	}
}

const (
	kept = iota
	dropped
	emptied
	worded // less what is worth how much
	rawed  // dropped, where it is a push that could not be read
)

// fate says what becomes of a member.
func (s *stripper) fate(depth int, name []byte) int {
	name = name[1:max(1, len(name)-1)]
	if bytes.IndexByte(name, '\\') >= 0 { // whoever reads it reads what it stands for
		var text string
		if json.Unmarshal([]byte(`"`+string(name)+`"`), &text) != nil {
			return dropped
		}
		name = []byte(text)
	}
	switch string(name) {
	case "hash":
		if depth == 0 {
			return dropped
		}
	case "exceptions":
		if depth == 0 && s.exceptions {
			return emptied
		}
	case "message":
		if s.money {
			return worded
		}
	case "raw":
		if s.money {
			return rawed
		}
	case "value", "unit_cost", "total_cost", "average_cost":
		if s.money {
			return dropped
		}
	}
	return kept
}
