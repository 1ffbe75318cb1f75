package design

import (
	"fmt"
	"strings"
	"time"
)

// Template is a text with fields in it: "{name}", "{name|code}" for the first that
// is not empty, "{expiry:yymmdd}" through a filter. "{{" is a brace.
type Template struct{ parts []part }

type part struct {
	literal string
	fields  []string // instead of it
	filter  string
}

// filters turn a field's value into what a barcode or a person wants. An error is
// a reason to follow the value.
var filters = map[string]func(string) (string, error){
	"":        func(v string) (string, error) { return v, nil },
	"upper":   func(v string) (string, error) { return strings.ToUpper(v), nil },
	"yymmdd":  yymmdd,
	"gtin14":  gtin14,
	"check":   func(v string) (string, error) { return CheckCharacters(v), nil },
	"groups":  func(v string) (string, error) { return groups(v), nil },
	"measure": measure3,
}

// yymmdd writes a date as GS1 elements have it; one that is written so stays.
func yymmdd(v string) (string, error) {
	if len(v) == 6 && digits(v) {
		return v, nil
	}
	t, err := time.Parse(time.DateOnly, v)
	if err != nil {
		return "", fmt.Errorf("is no date such as 2027-01-31")
	}
	return t.Format("060102"), nil
}

func gtin14(v string) (string, error) {
	if !digits(v) || len(v) < 8 || len(v) > 14 {
		return "", fmt.Errorf("is no GTIN of 8 to 14 digits")
	}
	return strings.Repeat("0", 14-len(v)) + v, nil
}

// measure3 writes a decimal as the six digits of a measure with three decimals.
func measure3(v string) (string, error) {
	whole, frac, _ := strings.Cut(v, ".")
	if len(frac) > 3 || !digits(whole) || frac != "" && !digits(frac) {
		return "", fmt.Errorf("is no measure with at most three decimals")
	}
	all := whole + frac + strings.Repeat("0", 3-len(frac))
	if all = strings.TrimLeft(all, "0"); len(all) > 6 {
		return "", fmt.Errorf("is more than a measure's six digits hold")
	}
	return strings.Repeat("0", 6-len(all)) + all, nil
}

// groups parts a long number for reading: an SSCC as people compare it.
func groups(v string) string {
	if len(v) != 18 || !digits(v) {
		return v
	}
	return v[:1] + " " + v[1:8] + " " + v[8:17] + " " + v[17:]
}

func digits(v string) bool {
	for i := 0; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return v != ""
}

// CheckCharacters are the two digits that a picker reads back at a shelf: one
// that stands before the wrong shelf reads others. ISO/IEC 7064 MOD 97-10 over the
// code, letters as the numbers 10 to 35, so that any one changed character, and
// any two neighbours exchanged, change them.
func CheckCharacters(code string) string {
	rest := 0
	for _, r := range strings.ToUpper(code) {
		switch {
		case r >= '0' && r <= '9':
			rest = (rest*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			rest = (rest*100 + int(r-'A') + 10) % 97
		case r > 127:
			rest = (rest*1000 + int(r)) % 97
		}
	}
	return fmt.Sprintf("%02d", 98-rest*100%97)
}

// parseTemplate reads a template; an error is a reason.
func parseTemplate(text string) (Template, error) {
	var t Template
	for text != "" {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			t.literal(text)
			break
		}
		t.literal(text[:open])
		text = text[open+1:]
		if strings.HasPrefix(text, "{") {
			t.literal("{")
			text = text[1:]
			continue
		}
		inside, rest, closed := strings.Cut(text, "}")
		if !closed {
			return t, fmt.Errorf("%q has a brace that is not closed", "{"+text)
		}
		names, filter, _ := strings.Cut(inside, ":")
		if filters[filter] == nil {
			return t, fmt.Errorf("there is no filter %q", filter)
		}
		p := part{fields: strings.Split(names, "|"), filter: filter}
		for _, n := range p.fields {
			if !fieldName(n) {
				return t, fmt.Errorf("%q is no name of a field: use small letters, digits and _", n)
			}
		}
		t.parts = append(t.parts, p)
		text = rest
	}
	return t, nil
}

func (t *Template) literal(text string) {
	if text != "" {
		t.parts = append(t.parts, part{literal: text})
	}
}

func fieldName(n string) bool {
	for i := 0; i < len(n); i++ {
		if c := n[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return n != "" && len(n) <= 64
}

// Empty says whether there is no template at all.
func (t Template) Empty() bool { return len(t.parts) == 0 }

// Fields lists the names in a template.
func (t Template) Fields() (out []string) {
	for _, p := range t.parts {
		out = append(out, p.fields...)
	}
	return out
}

// Fill puts values in. Where fields are named and all of them are empty, the whole
// is empty, so that "Lot {lot}" of goods without lot is nothing. Errors: a value
// that a filter cannot take.
func (t Template) Fill(values map[string]string) (string, error) {
	if len(t.parts) == 1 { // the common cases cost nothing
		if p := &t.parts[0]; p.fields == nil {
			return p.literal, nil
		}
	}
	var out strings.Builder
	named, given := false, false
	for i := range t.parts {
		p := &t.parts[i]
		if p.fields == nil {
			out.WriteString(p.literal)
			continue
		}
		named = true
		value := p.first(values)
		if value == "" {
			continue
		}
		given = true
		shown, err := filters[p.filter](value)
		if err != nil {
			return "", fmt.Errorf("the field %s %w", strings.Join(p.fields, " or "), err)
		}
		out.WriteString(shown)
	}
	if named && !given {
		return "", nil
	}
	return out.String(), nil
}

func (p *part) first(values map[string]string) string {
	for _, n := range p.fields {
		if v := values[n]; v != "" {
			return v
		}
	}
	return ""
}
