package history

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
)

// Words are a filter as people type it on the supervisor's page: words that must all
// hold. A word is a name with a value (device:blue, place:A-03, state:needs, lag:60) or a
// text that stands anywhere; values are parts, letters large or small are the same, and
// what has spaces stands in double quotes. A name that there is none of is a text.
type Words struct{ terms []term }

type term struct{ name, value string }

// maxWords is how much of a filter is read: it is what an address holds that people pass
// on.
const maxWords = 500

var wordPattern = regexp.MustCompile(`(?:([A-Za-z]+):)?(?:"([^"]*)"?|(\S+))`)

// ParseWords reads a filter; nil where it asks for everything.
func ParseWords(text string) *Words {
	if runes := []rune(text); len(runes) > maxWords {
		text = string(runes[:maxWords])
	}
	var w Words
	for _, m := range wordPattern.FindAllStringSubmatch(text, -1) {
		name, value := strings.ToLower(m[1]), strings.ToLower(m[2]+m[3])
		switch _, known := holds[name]; {
		case value == "":
		case known:
			w.terms = append(w.terms, term{name, value})
		default:
			w.terms = append(w.terms, term{"", name + ":" + value})
		}
	}
	if len(w.terms) == 0 {
		return nil
	}
	return &w
}

// Wants says whether all words hold of an entry, as whoever asks is shown it: what is
// hidden from them cannot be looked for. An entry that cannot be read is wanted.
func (w *Words) Wants(entry []byte) bool {
	var e shown
	if json.Unmarshal(entry, &e) != nil {
		return true
	}
	for _, t := range w.terms {
		if !holds[t.name](&e, t.value) {
			return false
		}
	}
	return true
}

// shown is what words look at.
type shown struct {
	Kind     string      `json:"kind"`
	BookedAt ledger.Time `json:"booked_at"`
	TEff     ledger.Time `json:"t_eff"`
	Outcome  string      `json:"outcome"`
	Message  string      `json:"message"`
	Actor    string      `json:"actor"`
	Site     string      `json:"site"`
	Intent   struct {
		Device    string `json:"device"`
		Operator  string `json:"operator"`
		Action    string `json:"action"`
		Reference string `json:"reference"`
		Site      string `json:"site"`
		Raw       string `json:"raw"`
		wordLine
		Lines []wordLine `json:"lines"`
	} `json:"intent"`
	Edit struct {
		Entity string `json:"entity"`
		Code   string `json:"code"`
		Site   string `json:"site"`
	} `json:"edit"`
	Moves      []saidMove  `json:"moves"`
	Alerts     []saidAlert `json:"alerts"`
	Exceptions []struct {
		Message string `json:"message"`
	} `json:"exceptions"`
}

type wordLine struct {
	Product string `json:"product"`
	Scan    string `json:"scan"`
	Serial  string `json:"serial"`
	Package string `json:"package"`
	From    string `json:"from"`
	To      string `json:"to"`
}

// holds says, by name, whether a word holds of an entry.
var holds = map[string]func(e *shown, value string) bool{
	"": func(e *shown, v string) bool {
		texts := append(e.items(), e.places()...)
		texts = append(texts, e.Intent.Device, e.Intent.Operator, e.Actor, e.Message, e.Outcome, e.Intent.Action, e.Intent.Reference, e.Edit.Entity)
		for i := range e.Exceptions {
			texts = append(texts, e.Exceptions[i].Message)
		}
		return anyHas(texts, v)
	},
	"device": func(e *shown, v string) bool { return has(e.Intent.Device, v) },
	"who":    func(e *shown, v string) bool { return has(e.Intent.Operator, v) || has(e.Actor, v) },
	"place":  func(e *shown, v string) bool { return anyHas(e.places(), v) },
	"item":   func(e *shown, v string) bool { return anyHas(e.items(), v) },
	"do":     func(e *shown, v string) bool { return has(e.Intent.Action, v) || has(e.Kind, v) },
	"site":   func(e *shown, v string) bool { return e.at(v) },
	"state":  func(e *shown, v string) bool { return v == "needs" && e.needs() || v != "needs" && has(e.Outcome, v) },
	"lag": func(e *shown, v string) bool {
		seconds, err := strconv.ParseFloat(v, 64)
		return err == nil && float64(e.BookedAt-e.TEff) > seconds*1e6
	},
}

func has(text, part string) bool { return strings.Contains(strings.ToLower(text), part) }

func anyHas(texts []string, part string) bool {
	for _, text := range texts {
		if has(text, part) {
			return true
		}
	}
	return false
}

func (e *shown) items() []string {
	out := []string{e.Edit.Code, e.Intent.Raw}
	for _, l := range append([]wordLine{e.Intent.wordLine}, e.Intent.Lines...) {
		out = append(out, l.Product, l.Scan, l.Serial, l.Package)
	}
	for i := range e.Moves {
		out = append(out, e.Moves[i].Product, e.Moves[i].Lot, e.Moves[i].Serial)
	}
	return out
}

func (e *shown) places() (out []string) {
	for _, l := range append([]wordLine{e.Intent.wordLine}, e.Intent.Lines...) {
		out = append(out, l.From, l.To)
	}
	for i := range e.Moves {
		out = append(out, e.Moves[i].From, e.Moves[i].To)
	}
	return out
}

// at says whether an entry is of a site: by what moved, else by what it is about.
func (e *shown) at(site string) bool {
	moved := false
	for i := range e.Moves {
		for _, ref := range [...]string{e.Moves[i].From, e.Moves[i].To} {
			if s, _, physical := strings.Cut(ref, "/"); physical {
				moved = true
				if strings.ToLower(s) == site {
					return true
				}
			}
		}
	}
	if moved {
		return false
	}
	if e.Kind == string(ledger.KindAlert) {
		return slices.ContainsFunc(e.Alerts, func(a saidAlert) bool { return strings.ToLower(a.Site) == site })
	}
	return strings.ToLower(cmp.Or(e.Edit.Site, ledger.SiteOfEntry(e.Site, e.Intent.Site))) == site
}

// needs says whether somebody should look at it.
func (e *shown) needs() bool {
	if e.Outcome != "" && e.Outcome != string(ledger.Applied) && e.Outcome != string(ledger.Absorbed) || len(e.Exceptions) > 0 {
		return true
	}
	for i := range e.Alerts {
		if e.Alerts[i].State == "raised" {
			return true
		}
	}
	return false
}
