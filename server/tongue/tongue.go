// Package tongue chooses the language of what the server itself shows in a browser:
// the pages by which people sign in, and the one by which handhelds come to trust it.
// The screens choose theirs in the browser.
//
// # Promised
//
// What somebody chose on the supervisor's page counts (the cookie Kept); else what the
// browser asks for, by the rules of CLDR, so that who wants Swiss German is given
// German; else English. It is always one of Codes.
//
// # Owed by callers
//
// A page says its language (lang), and that it depends on the request (Vary).
package tongue

import (
	"net/http"
	"slices"

	"golang.org/x/text/language"
)

// Kept is the cookie in which the supervisor's page keeps what was chosen there.
const Kept = "bayledger_language"

// Vary are the heads of a request by which the language is chosen.
const Vary = "Accept-Language, Cookie"

// most is how long a wish may be: those of browsers have some forty characters.
const most = 1000

var (
	codes   = []string{"en", "de", "fr", "es"} // the first is spoken where none is wanted that there is
	matcher = language.NewMatcher([]language.Tag{language.English, language.German, language.French, language.Spanish})
)

// Codes lists the languages.
func Codes() []string { return slices.Clone(codes) }

// Of is the language of an answer.
func Of(r *http.Request) string {
	if c, err := r.Cookie(Kept); err == nil && slices.Contains(codes, c.Value) {
		return c.Value
	}
	wish := r.Header.Get("Accept-Language")
	if len(wish) > most {
		return codes[0]
	}
	wanted, _, err := language.ParseAcceptLanguage(wish)
	if err != nil {
		return codes[0]
	}
	_, i, _ := matcher.Match(wanted...)
	return codes[i]
}
