package gs1

import "slices"

// CanonicalStem is the resolver of GS1, before the path of a canonical Digital Link.
const CanonicalStem = "https://id.gs1.org"

// Check holds elements against all rules, as one message. An error's At counts elements.
func Check(elements []Element) *Error {
	_, err := checked(elements)
	return err
}

func checked(elements []Element) (*reading, *Error) {
	r := &reading{}
	for i, e := range elements {
		row, key := exact(e.AI)
		if row == nil {
			return nil, &Error{Code: UnknownAI, AI: e.AI, At: i}
		}
		if err := row.fits(e.AI, e.Value, 0); err != nil {
			err.At = i
			return nil, err
		}
		if err := r.add(found{Element: e, row: row, key: key, at: i}); err != nil {
			return nil, err
		}
	}
	if r.n == 0 {
		return nil, &Error{Code: NoData}
	}
	for i := range r.n {
		f := &r.elements[i]
		taken, c := f.row.value(f.Value)
		if c.code == "" && taken < len(f.Value) {
			c.code = TooLong
		}
		if c.code != "" {
			return nil, &Error{Code: c.code, AI: f.AI, At: i, Detail: c.detail}
		}
	}
	return r, r.whole()
}

// Join makes one message of the barcodes of one label and holds it against the rules over a whole
// message: the dictionary wants them judged over all carriers of an item. An element that several
// barcodes have is there once. An error's At counts elements.
func Join(parts ...Message) (Message, *Error) {
	m := Message{Kind: GS1}
	for _, p := range parts {
		for _, e := range p.Elements {
			if !slices.Contains(m.Elements, e) {
				m.Elements = append(m.Elements, e)
			}
		}
	}
	return m, Check(m.Elements)
}

// BuildElementString gives elements as a symbol holds them, behind the leading FNC1: those of
// predefined length first, GS only where it is needed, each element once.
func BuildElementString(elements []Element) (string, *Error) {
	r, err := checked(elements)
	if err != nil {
		return "", err
	}
	var out []byte
	open := false // the element before has no predefined length
	for _, fixed := range []bool{true, false} {
		for i := range r.n {
			f := &r.elements[i]
			if f.row.fixed != fixed || r.seen(i) {
				continue
			}
			if open {
				out = append(out, separator)
			}
			out = append(append(out, f.AI...), f.Value...)
			open = !fixed
		}
	}
	return string(out), nil
}

// seen says whether an element is a repeat of an earlier one.
func (r *reading) seen(i int) bool {
	for j := range i {
		if r.elements[j].key == r.elements[i].key {
			return true
		}
	}
	return false
}

// BuildBrackets gives elements as people read and type them: (01)09506000134352(10)A.
func BuildBrackets(elements []Element) (string, *Error) {
	if err := Check(elements); err != nil {
		return "", err
	}
	var out []byte
	for _, e := range elements {
		out = append(append(append(out, '('), e.AI...), ')')
		for i := 0; i < len(e.Value); i++ {
			if e.Value[i] == '(' {
				out = append(out, '\\')
			}
			out = append(out, e.Value[i])
		}
	}
	return string(out), nil
}

// BuildLink gives elements as a canonical Digital Link: the first primary key, the longest of its
// sequences of qualifiers, then the others as attributes, those of predefined length first.
func BuildLink(elements []Element) (string, *Error) {
	r, err := checked(elements)
	if err != nil {
		return "", err
	}
	path := r.path()
	if path == nil {
		return "", &Error{Code: LinkNoKey}
	}
	out := []byte(CanonicalStem)
	for _, i := range path {
		f := &r.elements[i]
		out = append(append(append(out, '/'), f.AI...), '/')
		out = append(out, escape(f.Value, false)...)
	}
	mark := byte('?')
	for _, fixed := range []bool{true, false} {
		for i := range r.n {
			f := &r.elements[i]
			if f.row.fixed != fixed || r.seen(i) || slices.ContainsFunc(path, func(p int) bool { return r.elements[p].key == f.key }) {
				continue
			}
			if !f.row.inQuery {
				return "", &Error{Code: LinkAttribute, AI: f.AI, At: f.at}
			}
			out = append(append(append(out, mark), f.AI...), '=')
			out = append(out, escape(f.Value, true)...)
			mark = '&'
		}
	}
	return string(out), nil
}

// path picks a key and its qualifiers: places of elements.
func (r *reading) path() (best []int) {
	for i := range r.n {
		for _, list := range r.elements[i].row.paths {
			path := []int{i}
			for _, key := range list {
				if q := r.place(key); q >= 0 {
					path = append(path, q)
				}
			}
			if len(path) > len(best) {
				best = path
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

func (r *reading) place(key uint16) int {
	for i := range r.n {
		if r.elements[i].key == key {
			return i
		}
	}
	return -1
}

const (
	unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	hexDigits  = "0123456789ABCDEF"
)

var rankUnreserved = rank(unreserved)

// escape percent-encodes what may not stand in a path or a query as it is.
func escape(v string, query bool) string {
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case rankUnreserved[c] != 0:
			out = append(out, c)
		case c == ' ' && query:
			out = append(out, '+')
		default:
			out = append(out, '%', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return string(out)
}
