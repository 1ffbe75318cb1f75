package access

import (
	"fmt"
	"slices"
	"strings"
)

// ScopeRead is the word of a scope for all that only reads.
const ScopeRead = "read"

// maxScope bounds the words of a scope: there are not so many actions.
const maxScope = 64

// Scope is what a token may at most: some actions.
type Scope struct{ words []string }

// ParseScope reads a scope: names of actions, and "read" for all that only read;
// money is among them only where see.money is named. No words are no scope: nil.
// Errors name the word.
func ParseScope(words []string) (*Scope, error) {
	if len(words) == 0 {
		return nil, nil
	}
	if len(words) > maxScope {
		return nil, fmt.Errorf("a scope has at most %d words", maxScope)
	}
	for _, w := range words {
		if _, known := rules[Action(w)]; !known && w != ScopeRead {
			return nil, fmt.Errorf("there is no action %q: use %s, or %s", w, ScopeRead, strings.Join(actionNames(), ", "))
		}
	}
	s := &Scope{words: slices.Clone(words)}
	slices.Sort(s.words)
	s.words = slices.Compact(s.words)
	return s, nil
}

func actionNames() []string {
	var out []string
	for a := range rules {
		out = append(out, string(a))
	}
	slices.Sort(out)
	return out
}

// Words are what it was made of, sorted; none for a nil scope.
func (s *Scope) Words() []string {
	if s == nil {
		return nil
	}
	return slices.Clone(s.words)
}

// Names says whether the scope has an action by its own name.
func (s *Scope) Names(a Action) bool { return slices.Contains(s.words, string(a)) }

// Allows says whether an action is within the scope. Whose key it is may be asked
// with any.
func (s *Scope) Allows(a Action) bool {
	return a == OwnKey || s.Names(a) || a.Reading() && slices.Contains(s.words, ScopeRead)
}
