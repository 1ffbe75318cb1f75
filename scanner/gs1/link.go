package gs1

import "strings"

// A GS1 Digital Link URI: any scheme://domain/and/stem, then a primary key and its qualifiers as
// /AI/value pairs, then further AIs as ?AI=value. Uncompressed ones only. Nothing is ever asked
// of the address.

const uriCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%"

var rankURI, rankBadDomain = rank(uriCharacters), rank("_~?#@!$&'()*+,;=%")

// afterScheme is where the domain begins, or 0 where data are no web address. The scheme is all
// in capitals (QR codes are smaller so) or all in small letters.
func afterScheme(data string) int {
	for _, scheme := range [...]string{"https://", "HTTPS://", "http://", "HTTP://"} {
		if strings.HasPrefix(data, scheme) {
			return len(scheme)
		}
	}
	return 0
}

// pathPairs bounds the pairs of a path: a key has at most three qualifiers.
const pathPairs = 4

// link reads a URI that begins with a scheme.
func (r *reading) link(data string, at int) *Error {
	if c := within(&rankURI, data, LinkCharacters); c.code != "" {
		return c.failure("", at)
	}
	r.room = len(data)
	p := afterScheme(data)
	path := p
	for ; path < len(data) && data[path] != '/'; path++ {
		if rankBadDomain[data[path]] != 0 {
			return &Error{Code: LinkDomain, At: at + path}
		}
	}
	if path == len(data) || path == p {
		return &Error{Code: LinkPath, At: at + path}
	}
	uri, _, _ := strings.Cut(data[path:], "#")
	pairs, query, _ := strings.Cut(uri, "?")
	start := keyIn(pairs)
	if start < 0 {
		return &Error{Code: LinkNoKey, At: at + path}
	}
	if err := r.linkPath(pairs[start:], at+path+start); err != nil {
		return err
	}
	inPath := r.n
	if err := r.linkQuery(query, at+path+len(pairs)+1); err != nil {
		return err
	}
	if err := r.linkOrder(inPath); err != nil {
		return err
	}
	return r.values(0)
}

// keyIn finds, from the end of a path backwards, the pair whose AI is a primary key.
func keyIn(path string) int {
	for end := len(path); end > 0; {
		value := strings.LastIndexByte(path[:end], '/')
		if value <= 0 {
			return -1
		}
		ai := strings.LastIndexByte(path[:value], '/')
		if ai < 0 {
			return -1
		}
		row, _ := exact(path[ai+1 : value])
		if row == nil {
			return -1
		}
		if row.paths != nil {
			return ai
		}
		end = ai
	}
	return -1
}

// linkPath reads /AI/value pairs, whose AIs keyIn has seen.
func (r *reading) linkPath(pairs string, at int) *Error {
	for p := 0; p < len(pairs); {
		p++
		slash := p + strings.IndexByte(pairs[p:], '/')
		ai := pairs[p:slash]
		row, key := exact(ai)
		p = slash + 1
		end := strings.IndexByte(pairs[p:], '/')
		if end < 0 {
			end = len(pairs) - p
		}
		err := r.linkValue(found{Element: Element{ai, pairs[p : p+end]}, row: row, key: key, at: at + p})
		if err != nil {
			return err
		}
		p += end
	}
	return nil
}

// linkQuery reads AI=value parameters. Others are let be, unless their names are all digits.
func (r *reading) linkQuery(query string, at int) *Error {
	for p := 0; p < len(query); {
		for p < len(query) && query[p] == '&' {
			p++
		}
		end := strings.IndexByte(query[p:], '&')
		if end < 0 {
			end = len(query) - p
		}
		ai, value, named := strings.Cut(query[p:p+end], "=")
		if !named || !allDigits(ai) {
			if err := r.ignore(at + p); err != nil {
				return err
			}
			p += end
			continue
		}
		row, key := exact(ai)
		if row == nil {
			return unknown(ai, at+p)
		}
		err := r.linkValue(found{Element: Element{ai, value}, row: row, key: key, at: at + p + len(ai) + 1, inQuery: true})
		if err != nil {
			return err
		}
		p += end
	}
	return nil
}

func (r *reading) linkValue(f found) *Error {
	if f.Value == "" {
		return &Error{Code: EmptyValue, AI: f.AI, At: f.at}
	}
	f.Value = r.unescape(f.Value, f.inQuery)
	if i := strings.IndexByte(f.Value, 0); i >= 0 {
		return &Error{Code: LinkNull, AI: f.AI, At: f.at}
	}
	if n := len(f.Value); f.inQuery && f.AI == "01" && (n == 8 || n == 12 || n == 13) {
		f.Value = gtin14(f.Value) // the reference takes shorter GTINs here, and not in the path
	}
	if err := f.row.fits(f.AI, f.Value, f.at); err != nil {
		return err
	}
	return r.add(f)
}

// unescape takes percent encoding out, and "+" for a space where it is one. A "%" that no two hex
// digits follow stays. All values share one buffer as long as the scan.
func (r *reading) unescape(v string, query bool) string {
	if strings.IndexByte(v, '%') < 0 && (!query || strings.IndexByte(v, '+') < 0) {
		return v
	}
	if r.text.Cap() == 0 {
		r.text.Grow(r.room)
	}
	from := r.text.Len()
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '%' && i+2 < len(v) && nibble(v[i+1]) >= 0 && nibble(v[i+2]) >= 0:
			r.text.WriteByte(byte(nibble(v[i+1])<<4 | nibble(v[i+2])))
			i += 2
		case c == '+' && query:
			r.text.WriteByte(' ')
		default:
			r.text.WriteByte(c)
		}
	}
	return r.text.String()[from:]
}

// linkOrder checks that each AI is where it may be: the path's in the key's order, none twice, and
// in the query only attributes, and no qualifier that the path could have held.
func (r *reading) linkOrder(inPath int) *Error {
	var room [pathPairs + 1]uint16
	path := room[:0]
	for i := range inPath {
		if i >= pathPairs {
			return &Error{Code: LinkSequence, AI: r.elements[i].AI, At: r.elements[i].at}
		}
		path = append(path, r.elements[i].key)
	}
	key := r.elements[0].row
	if !key.allows(path[1:]) {
		return &Error{Code: LinkSequence, AI: r.elements[0].AI, At: r.elements[0].at}
	}
	order := r.sorted()
	for n := 1; n < r.n; n++ {
		if a, b := &r.elements[order[n-1]], &r.elements[order[n]]; a.key == b.key {
			return &Error{Code: LinkDuplicate, AI: b.AI, At: b.at}
		}
	}
	for _, i := range order[:r.n] {
		f := &r.elements[i]
		if !f.inQuery {
			continue
		}
		if !f.row.inQuery {
			return &Error{Code: LinkAttribute, AI: f.AI, At: f.at}
		}
		for place := 1; place <= len(path); place++ {
			if key.allows(with(path, place, f.key)[1:]) {
				return &Error{Code: LinkInPath, AI: f.AI, At: f.at}
			}
		}
	}
	return nil
}

// with is a path with one more key in a place.
func with(path []uint16, place int, key uint16) []uint16 {
	longer := make([]uint16, 0, pathPairs+1) // of a bound size, so it needs no heap
	longer = append(append(longer, path[:place]...), key)
	return append(longer, path[place:]...)
}

// allows says whether qualifiers are some of one of the key's lists, in its order.
func (r *row) allows(qualifiers []uint16) bool {
	for _, list := range r.paths {
		left := qualifiers
		for _, q := range list {
			if len(left) > 0 && left[0] == q {
				left = left[1:]
			}
		}
		if len(left) == 0 {
			return true
		}
	}
	return false
}
