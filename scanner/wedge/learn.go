package wedge

import (
	"errors"
	"strings"
)

// The calibration code is a GS1 Data Matrix, or a GS1-128, of two internal elements. Its letters
// tell layouts apart, and what stands between its parts is what the reader sends for GS.
const (
	CalibrationHead = "90AQWYZMaqwyzm0123456789"
	CalibrationTail = "91BAYLEDGER"
	// Calibration is its data, behind the FNC1 in front.
	Calibration = CalibrationHead + GS + CalibrationTail
)

// ErrNotCalibration says that what came is not the calibration code, in no layout known here.
var ErrNotCalibration = errors.New("this is not the calibration code, or the reader changes more than its layout: print the sheet again, scan the calibration code alone")

// maxLearned bounds prefix, suffix and separator: real ones have at most a few characters.
const maxLearned = 16

// Learn finds a reader's profile from its scan of the calibration code, and says in words what had
// better be set on the reader.
func Learn(raw string) (Profile, []string, error) {
	for _, l := range []Layout{"", AZERTY, QWERTZ} {
		text := l.Repair(raw)
		before, rest, head := strings.Cut(text, CalibrationHead)
		between, after, tail := strings.Cut(rest, CalibrationTail)
		if !head || !tail || max(len(before), len(between), len(after)) > maxLearned {
			continue
		}
		p := Profile{Layout: l, Suffix: nameOf(after)}
		before, identified := cutIdentifier(before)
		p.Prefix = nameOf(before)
		if between != GS {
			p.Separator = between
		}
		return p, advice(p, identified, between), nil
	}
	return Profile{}, nil, ErrNotCalibration
}

// cutIdentifier takes the identifier of the calibration code's symbols off.
func cutIdentifier(before string) (rest string, identified bool) {
	for _, id := range []string{"]d2", "]C1"} {
		if rest, ok := strings.CutSuffix(before, id); ok {
			return rest, true
		}
	}
	return before, false
}

// nameOf is the name of control characters, or the text itself.
func nameOf(text string) string {
	for _, name := range []string{"STX", "ETX", "TAB", "LF", "CR", "CRLF"} {
		if names[name] == text {
			return name
		}
	}
	return text
}

func advice(p Profile, identified bool, between string) (words []string) {
	if between == "" {
		words = append(words, Advice)
	}
	if !identified {
		words = append(words, "The reader sends no symbology identifier. Switch AIM identifiers on: without them a number can be taken for another kind of code.")
	}
	if p.Suffix == "" {
		words = append(words, "The reader sends nothing behind a scan. Set CR (Enter) as its suffix: without it the end of a scan is only a pause.")
	}
	if p.Layout != "" {
		words = append(words, "The reader types for a US keyboard and the host has "+strings.ToUpper(string(p.Layout))+". The profile repairs that; better set the reader to the host's layout.")
	}
	if len(between) == 1 && between != GS && strings.Contains("!\"%&'()*+,-./:;<=>?_", between) {
		words = append(words, "The separator "+between+" may be part of a lot or serial. Choose one that may not: ~ or <GS>.")
	}
	return words
}
