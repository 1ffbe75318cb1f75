package printer

import (
	"slices"
	"strings"
)

// statusOf reads a printer's state and its reasons.
func statusOf(g *group) Status {
	reasons := g.texts("printer-state-reasons")
	state, _ := g.number("printer-state")
	words := reasonOf(reasons)
	if words == "" && state == printerStopped {
		words = "stopped"
	}
	return Status{Ready: words == "", Reason: words, Detail: printable(strings.Join(reasons, ", "))}
}

// reasonWords are keywords of printer-state-reasons that keep labels from coming.
var reasonWords = []struct{ key, words string }{
	{"media-empty", "out of labels"}, {"media-needed", "out of labels"}, {"input-tray-missing", "the label tray is missing"}, {"media-jam", "labels are jammed"},
	{"cover-open", "the cover is open"}, {"door-open", "the cover is open"}, {"interlock-open", "the cover is open"},
	{"marker-supply-empty", "out of ribbon"}, {"toner-empty", "out of toner"}, {"paused", "paused at the printer"}, {"moving-to-paused", "paused at the printer"},
	{"fuser-over-temp", "it is too hot"}, {"spool-area-full", "its memory is full"}, {"shutdown", "it is shutting down"}, {"connecting-to-device", "it does not reach its print head"},
	{"timed-out", "it does not reach its print head"}, {"offline", "it is offline"},
}

// reasonOf is what people are told of keywords; "" where nothing is in the way.
// Keywords that end in -report or -warning tell of something that does not stop it.
func reasonOf(keywords []string) string {
	for _, r := range reasonWords {
		for _, k := range keywords {
			if base, ok := strings.CutSuffix(k, "-error"); (ok && base == r.key) || k == r.key {
				return r.words
			}
		}
	}
	for _, k := range keywords {
		if base, ok := strings.CutSuffix(k, "-error"); ok {
			return "it reports " + printable(base)
		}
	}
	return ""
}

// formats are what is sent, the best first: ZPL and PWG raster hold our dots as
// they are, a PDF may be scaled by the printer.
var formats = []struct{ name, mime string }{{ZPL, "application/vnd.zebra-zpl"}, {PWG, "image/pwg-raster"}, {PDF, "application/pdf"}}

// format picks what the printer takes.
func (p *ipp) format(g *group) (name, mime string) {
	takes := g.texts("document-format-supported")
	for _, f := range formats {
		if p.profile.Format == f.name || p.profile.Format == "" && slices.Contains(takes, f.mime) {
			return f.name, f.mime
		}
	}
	return "", ""
}
