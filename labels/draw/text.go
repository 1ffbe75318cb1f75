package draw

import (
	"fmt"
	"strings"
	"unicode"

	"bayledger/labels/design"

	"golang.org/x/text/unicode/norm"
)

// Measures of text, of the height of a capital letter.
const (
	leading   = 1.50 // from one base line to the next
	descent   = 0.32 // below the base line
	ellipsis  = "…"
	noLetter  = '□'  // stands for a letter that the font lacks
	titleSize = 0.55 // of a data title, of its value's letters
	titleMost = 2.20 // mm: a title over very large letters stays a title
	titleGap  = 0.60 // between them, of the title's letters
)

func (j *job) face(bold bool) *typeface {
	if bold {
		return j.d.bold
	}
	return j.d.regular
}

// readable puts a text into the letters of the font.
func (j *job) readable(e *design.Element, t *typeface, text string) (string, error) {
	plain := true
	for i := 0; i < len(text); i++ {
		plain = plain && text[i] >= ' ' && text[i] < 0x7f
	}
	if plain {
		return text, nil
	}
	lacks, lacking := 0, rune(0)
	out := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.In(r, unicode.Cf, unicode.Variation_Selector): // joiners, marks of direction
			return -1
		case r != unicode.ReplacementChar && t.has(r):
			return r
		case unicode.Is(unicode.Mn, r): // a mark that did not join its letter
			return -1
		}
		if lacks++; lacks == 1 {
			lacking = r
		}
		return noLetter
	}, norm.NFC.String(strings.ToValidUTF8(text, string(unicode.ReplacementChar))))
	if lacks == 0 {
		return out, nil
	}
	if e.Exact {
		return "", &Fault{Code: CodeText, Reason: fmt.Sprintf("the font has no letter %q, and the text identifies something", lacking)}
	}
	j.note(e, "%d letters that the font does not have are shown as □", lacks)
	return out, nil
}

// set is a text broken into lines at a size.
type set struct {
	lines []string
	caps  int // dots
	face  *typeface
}

func (s *set) height() int {
	return s.caps + int(float64(len(s.lines)-1)*leading*float64(s.caps)) + int(descent*float64(s.caps)+0.5)
}

// fitText breaks a text into at most some lines that fit a box, as large as may
// be. The words of an exact text are broken nowhere but at spaces.
func (j *job) fitText(e *design.Element, text string, box rect, letter, least float64, lines int) (*set, error) {
	s := &set{face: j.face(e.Bold)}
	text, err := j.readable(e, s.face, text)
	if err != nil {
		return nil, err
	}
	text = strings.Join(strings.Fields(text), " ")
	low := max(1, j.dots(least))
	whole := s.face.measure(text)
	for s.caps = max(low, j.dots(letter)); ; s.caps-- {
		if whole*float64(s.caps) <= float64(box.w*lines) { // else no breaking helps
			if s.lines = s.wrap(text, float64(box.w)/float64(s.caps), lines); s.lines != nil && s.height() <= box.h {
				return s, nil
			}
		}
		if s.caps <= low {
			break
		}
	}
	return j.overflow(e, s, text, box, lines)
}

// overflow cuts a text that fits at no size, or says by how much it does not.
func (j *job) overflow(e *design.Element, s *set, text string, box rect, lines int) (*set, error) {
	s.lines = []string{text}
	if high := s.height(); high > box.h {
		return nil, tooMuch(j.mm(high-box.h), "letters of %.1f mm need %.1f mm more height", j.mm(s.caps), j.mm(high-box.h))
	}
	room := float64(box.w) / float64(s.caps)
	if !e.Cut {
		over := s.face.measure(text) - room*float64(lines)
		if over <= 0 { // only its breaks make it too long
			over = s.longest(text) - room
		}
		mm := max(over*float64(s.caps)/j.dpmm, 1/j.dpmm)
		return nil, tooMuch(mm, "the text is %.1f mm too long for its box, also with letters of %.1f mm (%d characters)", mm, j.mm(s.caps), len([]rune(text)))
	}
	for lines > 1 {
		if s.lines = s.fill(text, room, lines); s.height() <= box.h {
			break
		}
		lines--
	}
	s.lines = s.fill(text, room, lines)
	j.note(e, "cut to %d of %d characters", len([]rune(strings.Join(s.lines, " ")))-1, len([]rune(text)))
	return s, nil
}

func (s *set) longest(text string) (w float64) {
	for _, word := range strings.Fields(text) {
		w = max(w, s.face.measure(word))
	}
	return w
}

// wrap breaks at spaces; nil where that takes too many lines.
func (s *set) wrap(text string, room float64, most int) (lines []string) {
	if s.face.measure(text) <= room {
		return []string{text}
	}
	if most == 1 {
		return nil
	}
	line, used, space := "", 0.0, s.face.width(' ')
	for _, word := range strings.Fields(text) {
		w := s.face.measure(word)
		if w > room {
			return nil
		}
		if line != "" && used+space+w > room {
			if lines = append(lines, line); len(lines) == most {
				return nil
			}
			line = ""
		}
		if line == "" {
			line, used = word, w
			continue
		}
		line, used = line+" "+word, used+space+w
	}
	return append(lines, line)
}

// fill fills lines letter by letter where words are too long, and ends in "…".
func (s *set) fill(text string, room float64, most int) (lines []string) {
	rest := []rune(text)
	for len(lines) < most-1 && len(rest) > 0 {
		n, at := s.letters(rest, room), -1
		for i := min(n, len(rest)-1); i > 0; i-- {
			if rest[i] == ' ' {
				at = i
				break
			}
		}
		if n < len(rest) && at > 0 {
			n = at
		}
		lines = append(lines, strings.TrimSpace(string(rest[:n])))
		rest = []rune(strings.TrimSpace(string(rest[n:])))
	}
	n := s.letters(rest, room-s.face.measure(ellipsis))
	return append(lines, strings.TrimRight(string(rest[:n]), " ")+ellipsis)
}

// letters is how many letters have room, one at least so that filling ends.
func (s *set) letters(text []rune, room float64) int {
	used := 0.0
	for i, r := range text {
		if used += s.face.width(r); used > room {
			return max(1, i)
		}
	}
	return len(text)
}

// put draws lines, the first capital's top at y.
func (j *job) put(s *set, align string, box rect, y int) {
	for i, line := range s.lines {
		base := y + s.caps + int(float64(i)*leading*float64(s.caps))
		j.line(s.face, s.caps, line, align, box, base)
	}
}

func (j *job) line(t *typeface, caps int, line, align string, box rect, base int) {
	pen := float64(box.x)
	switch free := float64(box.w) - t.measure(line)*float64(caps); align {
	case "center":
		pen += free / 2
	case "right":
		pen += free
	}
	for _, r := range line {
		j.page.blit(t.glyph(r, caps), int(pen+0.5), base)
		pen += t.width(r) * float64(caps)
	}
}

func (j *job) text(e *design.Element, box rect) error {
	text, err := j.fill(e.Compiled.Text)
	if err != nil {
		return err
	}
	if strings.TrimSpace(text) == "" {
		if e.Optional {
			return nil
		}
		return missing(e.Compiled.Text)
	}
	inner := box
	if e.Invert {
		pad := max(1, j.dots(e.Letter*0.35))
		inner = rect{box.x + pad, box.y + pad, box.w - 2*pad, box.h - 2*pad}
	}
	s, err := j.fitText(e, text, inner, e.Letter, e.Least, e.Lines)
	if err != nil {
		return err
	}
	y := inner.y
	if e.Invert { // in the middle of its plate
		y += (inner.h - s.height() + int(descent*float64(s.caps))) / 2
	}
	j.put(s, e.Align, inner, y)
	if e.Invert {
		j.page.invert(box.x, box.y, box.w, box.h)
	}
	return nil
}

// field draws a data title over a value.
func (j *job) field(e *design.Element, box rect) error {
	value, err := j.fill(e.Compiled.Text)
	if err != nil {
		return err
	}
	if value == "" {
		if e.Optional {
			return nil
		}
		return missing(e.Compiled.Text)
	}
	title, err := j.fill(e.Compiled.Title)
	if err != nil {
		return err
	}
	return j.titled(e, title, value, box)
}

// titleCaps is the height of a data title's letters, in mm.
func titleCaps(e *design.Element) float64 {
	return max(design.MinLetter, min(titleMost, e.Letter*titleSize))
}

func (j *job) titled(e *design.Element, title, value string, box rect) error {
	caps := j.dots(titleCaps(e))
	used := int(float64(caps) * (1 + titleGap))
	small := *e
	small.Bold, small.Cut = false, true
	s, err := j.fitText(&small, title, rect{box.x, box.y, box.w, max(box.h, used)}, j.mm(caps), j.mm(caps), 1)
	if err != nil {
		return err
	}
	j.put(s, e.Align, box, box.y)
	rest := rect{box.x, box.y + used, box.w, box.h - used}
	if s, err = j.fitText(e, value, rest, e.Letter, e.Least, max(1, e.Lines)); err != nil {
		return err
	}
	j.put(s, e.Align, rest, rest.y)
	return nil
}
