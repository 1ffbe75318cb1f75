package tables

import "io"

// spaces reads JSON and counts the spaces between its values: a server sends one for
// each hundredth of what it has looked at.
type spaces struct {
	from io.Reader
	seen func(hundredths int64)

	count            int64
	quoted, escaping bool
}

func (s *spaces) Read(b []byte) (int, error) {
	n, err := s.from.Read(b)
	before := s.count
	for _, c := range b[:n] {
		switch {
		case s.escaping:
			s.escaping = false
		case s.quoted:
			s.escaping, s.quoted = c == '\\', c != '"'
		case c == '"':
			s.quoted = true
		case c == ' ':
			s.count++
		}
	}
	if s.count != before {
		s.seen(s.count)
	}
	return n, err
}
