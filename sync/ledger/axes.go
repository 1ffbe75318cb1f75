package ledger

import (
	"slices"
	"strings"
)

// Axis is one way in which variants of a product differ, with the values there are.
type Axis struct {
	Name   string
	Values []string
}

// maxAxes bounds in how many ways variants differ: their number is the product.
const maxAxes = 6

// ParseAxes reads axes as a product has them: size:S,M;colour:red,blue. The sentence
// says what is wrong with them, "" for nothing.
func ParseAxes(text string) (axes []Axis, why string) {
	if text == "" {
		return nil, ""
	}
	for _, part := range strings.Split(text, ";") {
		name, list, ok := strings.Cut(part, ":")
		axis := Axis{Name: strings.TrimSpace(name)}
		if !ok || axis.Name == "" || slices.ContainsFunc(axes, func(a Axis) bool { return a.Name == axis.Name }) {
			return nil, "axes are names with values, such as size:S,M;colour:red, each name once."
		}
		for _, value := range strings.Split(list, ",") {
			value = strings.TrimSpace(value)
			if value == "" || strings.Contains(value, ":") || slices.Contains(axis.Values, value) {
				return nil, "the axis " + quote(axis.Name) + " has an empty value, one twice, or one with a colon."
			}
			axis.Values = append(axis.Values, value)
		}
		axes = append(axes, axis)
	}
	if len(axes) > maxAxes {
		return nil, "variants differ in 6 ways at most."
	}
	return axes, ""
}

// FormatAxes writes axes as ParseAxes reads them.
func FormatAxes(axes []Axis) string {
	parts := make([]string, len(axes))
	for i, a := range axes {
		parts[i] = a.Name + ":" + strings.Join(a.Values, ",")
	}
	return strings.Join(parts, ";")
}

func setAxes(to *string, value string) string {
	axes, why := ParseAxes(value)
	if why == "" {
		*to = FormatAxes(axes)
	}
	return why
}

// setPattern sets how codes of variants are made: a text with {code} for the parent's
// and {size} for the value of an axis.
func setPattern(to *string, value string) string {
	if value != "" && (!strings.Contains(value, "{") || strings.Count(value, "{") != strings.Count(value, "}")) {
		return "its pattern names axes in braces, such as {code}-{size}."
	}
	*to = value
	return ""
}

// HasVariants says whether the product stands for its variants, which are scanned and
// stocked in its place.
func (p *Product) HasVariants() bool { return p.Axes != "" }

// VariantsOf returns the products that name a product as their parent, in the order of
// their numbers.
func (s *State) VariantsOf(p *Product) (out []*Product) {
	for _, q := range s.products {
		if q.Parent == p.Code {
			out = append(out, q)
		}
	}
	return out
}
