package signin

import (
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bayledger/server/tongue"
)

// Every language has every sentence, with the blanks of the English one, and none that
// was left in English.
func TestWordsAreWhole(t *testing.T) {
	blank := regexp.MustCompile(`\{\w+\}`)
	blanks := func(s string) []string {
		found := blank.FindAllString(s, -1)
		slices.Sort(found)
		return found
	}
	english := reflect.ValueOf(spoken["en"])
	for _, code := range tongue.Codes() {
		w, ok := spoken[code]
		if !ok {
			t.Fatalf("there are no words in %s", code)
		}
		for i := range english.NumField() {
			name, want, got := english.Type().Field(i).Name, english.Field(i).String(), reflect.ValueOf(w).Field(i).String()
			if strings.TrimSpace(got) == "" || !slices.Equal(blanks(got), blanks(want)) || code != "en" && got == want {
				t.Errorf("%s in %s is %q, of %q", name, code, got, want)
			}
		}
	}
	if len(spoken) != len(tongue.Codes()) {
		t.Errorf("there are words in %d languages", len(spoken))
	}
}

// Each page is in the language that is wanted, says so, and shows each of its sentences.
func TestPagesSpeak(t *testing.T) {
	for path, p := range parts {
		if !p.speaks() {
			continue
		}
		for _, code := range tongue.Codes() {
			r := httptest.NewRequest("GET", path, nil)
			r.Header.Set("Accept-Language", code)
			rec := httptest.NewRecorder()
			Handler().ServeHTTP(rec, r)
			body := rec.Body.String()
			if !strings.Contains(body, `<html lang="`+code+`">`) || rec.Header().Get("Vary") != tongue.Vary {
				t.Errorf("%s in %s: %v %s", path, code, rec.Header(), body)
			}
			if w := spoken[code]; !strings.Contains(body, w.SignIn) && !strings.Contains(body, w.SetUp) && !strings.Contains(body, w.Account) {
				t.Errorf("%s in %s: %s", path, code, body)
			}
		}
	}
}
