package gs1

import "strings"

// brackets reads "(01)09506000134352(10)A\(1": AIs in brackets, an opening bracket of a value
// escaped. "|" stands between the parts of a composite symbol.
func (r *reading) brackets(data string, at int) *Error {
	linear, composite, two := strings.Cut(data, "|")
	if err := r.bracketed(linear, at); err != nil {
		return err
	}
	if !two {
		return nil
	}
	if err := r.ignore(at + len(linear)); err != nil { // the reference counts the "|"
		return err
	}
	return r.bracketed(composite, at+len(linear)+1)
}

func (r *reading) bracketed(data string, at int) *Error {
	if data == "" {
		return &Error{Code: NoData, At: at}
	}
	from := r.n
	for p := 0; p < len(data); {
		end := strings.IndexByte(data[p:], ')')
		if data[p] != '(' || end < 0 {
			return &Error{Code: Malformed, At: at + p}
		}
		ai := data[p+1 : p+end]
		row, key := exact(ai)
		if row == nil {
			return unknown(ai, at+p+1)
		}
		p += end + 1
		if p == len(data) {
			return &Error{Code: Malformed, AI: ai, At: at + p}
		}
		value, next := bracketValue(data, p)
		if err := row.fits(ai, value, at+p); err != nil {
			return err
		}
		if err := r.add(found{Element: Element{ai, value}, row: row, key: key, at: at + p}); err != nil {
			return err
		}
		p = next
	}
	return r.values(from)
}

// bracketValue reads a value up to the next AI, and takes escapes out of it.
func bracketValue(data string, p int) (value string, next int) {
	from, escaped := p, false
	for ; p < len(data); p++ {
		if data[p] != '(' {
			continue
		}
		if p == from || data[p-1] != '\\' {
			break
		}
		escaped = true
	}
	value = data[from:p]
	if escaped {
		value = strings.ReplaceAll(value, `\(`, "(")
	}
	return value, p
}

// fits checks a value's length as a whole, and for the sign that stands for FNC1 in GS1's texts.
func (r *row) fits(ai, value string, at int) *Error {
	switch {
	case len(value) < r.shortestValue():
		return &Error{Code: TooShort, AI: ai, At: at + len(value)}
	case len(value) > r.longestValue():
		return &Error{Code: TooLong, AI: ai, At: at + r.longestValue()}
	}
	if i := strings.IndexByte(value, '^'); i >= 0 {
		return &Error{Code: Caret, AI: ai, At: at + i}
	}
	return nil
}

// values runs the checks over the values of the elements from one on.
func (r *reading) values(from int) *Error {
	for i := from; i < r.n; i++ {
		f := &r.elements[i]
		taken, c := f.row.value(f.Value)
		if c.code != "" {
			return c.failure(f.AI, f.at)
		}
		if taken < len(f.Value) {
			return &Error{Code: TooLong, AI: f.AI, At: f.at + taken}
		}
	}
	return nil
}
