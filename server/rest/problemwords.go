package rest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// place is where in a request a fault is.
type place struct {
	field string
	list  string // that the line is of; "" for lines
	line  int    // from 1; 0: none
}

// faultAt reads a location such as body.lines[2].quantity. The line of a list within a
// line is no line of the request: it stays part of the field.
func faultAt(location string) (p place) {
	_, path, _ := strings.Cut(location, ".")
	if rest, top := strings.CutPrefix(location, "body["); top {
		path = "[" + rest
	}
	p.field = path
	list, rest, ok := strings.Cut(path, "[")
	index, field, closed := strings.Cut(rest, "]")
	n, err := strconv.Atoi(index)
	if !ok || !closed || err != nil || strings.Contains(list, ".") {
		return p
	}
	if p.line, p.field = n+1, strings.TrimPrefix(field, "."); list != "lines" {
		p.list = list
	}
	if p.field == "" {
		p.field = list
	}
	return p
}

// maxShown is how much of a value is said again.
const maxShown = 40

// shown is a value as it was sent, "" where it says nothing.
func shown(value any) string {
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case float64, bool, int, int64, uint64:
		text = fmt.Sprint(v)
	}
	if text == "" || len(text) > maxShown {
		return ""
	}
	return " " + quoted(text)
}

// rules are what is said of a value, by how the judge of schemas begins; %s is what
// follows there.
var rules = [...]struct{ begins, says string }{
	{"expected string to match pattern", "is no number such as 12 or 2.5"}, // decimals alone have a pattern
	{"expected number >= ", "is below %s"},
	{"expected number <= ", "is above %s"},
	{"expected number", "is no number"},
	{"expected integer", "is no whole number"},
	{"invalid integer", "is no whole number"},
	{"invalid float", "is no number"},
	{"invalid boolean", "is neither true nor false"},
	{"expected boolean", "is neither true nor false"},
	{"expected string", "is no text"},
	{"expected array length <= ", "has more than %s lines"},
	{"expected array length >= ", "has fewer than %s lines"},
	{"expected array", "is no list"},
	{"expected length <= ", "is longer than %s characters"},
	{"expected length >= ", "is shorter than %s characters"},
	{"expected value to be one of ", "is none of %s"},
	{"unexpected property", "is not known"},
}

// inWords says a fault of a request as a stockkeeper would: which line, which field, what
// is wrong with it. What has no words of ours is said as the judge of schemas says it.
func inWords(e *huma.ErrorDetail) (message string, at place) {
	at = faultAt(e.Location)
	said := "The request cannot be taken: " + e.Message
	if e.Location != "" {
		said += " (" + e.Location + ")"
	}
	if name, ok := strings.CutPrefix(e.Message, "expected required property "); ok {
		name, _, _ = strings.Cut(name, " ")
		if at.line == 0 && at.field != "" {
			name = at.field + "." + name
		}
		at.field = name
		said = "The " + name + " is missing"
	} else if at.field != "" {
		for _, rule := range rules {
			if rest, ok := strings.CutPrefix(e.Message, rule.begins); ok {
				says := rule.says
				if strings.Contains(says, "%s") {
					says = fmt.Sprintf(says, strings.Trim(rest, `"`))
				}
				value := shown(e.Value)
				if rule.begins == "unexpected property" {
					value = "" // it is the whole of what holds the field
				}
				said = "The " + at.field + value + " " + says
				break
			}
		}
	}
	switch {
	case at.line > 0 && at.list != "":
		said = fmt.Sprintf("Line %d of %s: %s", at.line, at.list, said)
		at.line = 0 // lines of other lists follow, or are another list's
	case at.line > 0:
		said = fmt.Sprintf("Line %d: %s", at.line, said)
	}
	return said, at
}
