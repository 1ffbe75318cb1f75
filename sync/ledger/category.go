package ledger

import (
	"slices"
	"strings"
)

// Category is a kind of products. A product names its category by its code, which may
// be of none that is listed.
type Category struct {
	Code       string
	Name       string `json:",omitempty"`
	Parent     string `json:",omitempty"` // the category that it is part of
	Condition  bool   `json:",omitempty"` // its goods are told apart by their condition
	Attributes string `json:",omitempty"` // that its products should have, by commas
}

// ConditionAttribute is the attribute that says in which condition goods are;
// Conditions are its values, where a category wants it.
const ConditionAttribute = "condition"

// Conditions lists what condition may be.
func Conditions() []string { return []string{"new", "used", "defective"} }

// maxCategoryDepth bounds how deep categories lie in each other: deeper trees are a
// mistake, and every product asks for its chain.
const maxCategoryDepth = 16

// Category returns a category by its code.
func (s *State) Category(code string) (*Category, bool) {
	c, ok := s.categories[code]
	return c, ok
}

// InCategory says whether a category is another one or part of it.
func (s *State) InCategory(code, of string) bool {
	for range maxCategoryDepth + 1 {
		if code == of {
			return true
		}
		c := s.categories[code]
		if c == nil || c.Parent == "" {
			return false
		}
		code = c.Parent
	}
	return false
}

// WantsCondition says whether goods of a category, or of one that it is part of, are
// told apart by their condition.
func (s *State) WantsCondition(category string) bool {
	wants := false
	s.upwards(category, func(c *Category) { wants = wants || c.Condition })
	return wants
}

// AttributesOf lists the attributes that products of a category should have, those of
// the categories that it is part of too, sorted.
func (s *State) AttributesOf(category string) (names []string) {
	s.upwards(category, func(c *Category) { names = append(names, splitList(c.Attributes)...) })
	slices.Sort(names)
	return slices.Compact(names)
}

func (s *State) upwards(category string, fn func(*Category)) {
	for range maxCategoryDepth + 1 {
		c := s.categories[category]
		if c == nil {
			return
		}
		fn(c)
		category = c.Parent
	}
}

func splitList(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// setList sets names by commas, each once and without spaces around.
func setList(to *string, field, value string) string {
	var names []string
	for _, name := range splitList(value) {
		name = strings.TrimSpace(name)
		if name == "" || slices.Contains(names, name) {
			return field + " are names by commas, each once."
		}
		names = append(names, name)
	}
	*to = strings.Join(names, ",")
	return ""
}

func (s *State) editCategory(e *Edit, p *Patch) *Fault {
	c, known := s.categories[p.Code]
	if !known {
		c = &Category{Code: p.Code}
	}
	f := e.fields(p, c.get, func(name, value string) string { return s.setCategory(c, name, value) })
	if f == nil && !known {
		e.create("code", p.Code)
		s.categories[p.Code] = c
	}
	return f
}

func (c *Category) get(name string) (string, bool) {
	switch name {
	case "name":
		return c.Name, true
	case "parent":
		return c.Parent, true
	case "condition":
		return flagText(c.Condition), true
	case "attributes":
		return c.Attributes, true
	}
	return "", false
}

func (s *State) setCategory(c *Category, name, value string) string {
	switch name {
	case "name":
		c.Name = value
	case "parent":
		return s.setCategoryParent(c, value)
	case "attributes":
		return setList(&c.Attributes, name, value)
	case "condition":
		if value != "" && value != "true" && value != "false" {
			return "condition is true or false."
		}
		c.Condition = value == "true"
	}
	return ""
}

func (s *State) setCategoryParent(c *Category, value string) string {
	if value == "" {
		c.Parent = ""
		return ""
	}
	if s.categories[value] == nil {
		return "there is no category " + quote(value) + "."
	}
	if value == c.Code || s.InCategory(value, c.Code) {
		return "the category " + quote(value) + " is part of it."
	}
	depth := 0
	s.upwards(value, func(*Category) { depth++ })
	if depth+s.depthBelow(c.Code) >= maxCategoryDepth {
		return "categories would lie in each other more than 16 deep."
	}
	c.Parent = value
	return ""
}

// depthBelow is how deep categories lie below one.
func (s *State) depthBelow(code string) (most int) {
	for _, key := range sortedKeys(s.categories) {
		depth := 0
		for at := key; at != "" && at != code && depth <= maxCategoryDepth; depth++ {
			if at = s.categories[at].Parent; at == code {
				most = max(most, depth+1)
			}
			if s.categories[at] == nil {
				break
			}
		}
	}
	return most
}
