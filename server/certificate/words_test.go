package certificate

import (
	"reflect"
	"strings"
	"testing"

	"bayledger/server/tongue"
)

// Every language has every sentence and every kind of device, and none that was left in
// English; what is a file or a link in one is so in the others.
func TestWordsAreWhole(t *testing.T) {
	texts := func(w words) (out []string) {
		for _, way := range w.Ways {
			out = append(out, way.Where, string(way.How))
		}
		w.Ways = nil
		for v, i := reflect.ValueOf(w), 0; i < v.NumField(); i++ {
			if v.Field(i).Kind() == reflect.String {
				out = append(out, v.Field(i).String())
			}
		}
		return out
	}
	english := texts(spoken["en"])
	for _, code := range tongue.Codes() {
		got := texts(spoken[code])
		if len(got) != len(english) {
			t.Fatalf("%s has %d sentences of %d", code, len(got), len(english))
		}
		for i, want := range english {
			if strings.TrimSpace(got[i]) == "" || strings.Count(got[i], "<code>") != strings.Count(want, "<code>") || strings.Count(got[i], "href=") != strings.Count(want, "href=") || code != "en" && got[i] == want {
				t.Errorf("in %s %q is %q", code, want, got[i])
			}
		}
	}
	if len(spoken) != len(tongue.Codes()) {
		t.Errorf("there are words in %d languages", len(spoken))
	}
}
