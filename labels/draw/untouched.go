package draw

// untouched looks whether something was drawn over a symbol, or into the white
// around it: a layout of one's own may put anything anywhere, and a reader would
// read nothing, or something else.
func (j *job) untouched() error {
	for i := range j.page.Symbols {
		s := &j.page.Symbols[i]
		left, wide := s.X-s.Quiet[0], s.Quiet[0]+s.W+s.Quiet[1]
		first, last := left/8, (left+wide-1)/8
		mask := make([]byte, last-first+1)
		span(mask, left-first*8, wide)
		line := make([]byte, len(mask))
		across := s.W / s.Module
		for y := -s.Quiet[2]; y < s.H+s.Quiet[3]; y++ {
			switch {
			case y == s.H:
				clear(line)
			case y >= 0 && y < s.H && (y == 0 || !s.Kind.Linear() && y%s.Module == 0):
				row := 0
				if !s.Kind.Linear() {
					row = y / s.Module
				}
				clear(line)
				dotsOf(line, j.drawn[i][row*across:(row+1)*across], s.X-first*8, s.Module)
			}
			got := j.page.Row(s.Y + y)[first : last+1]
			for n, want := range line {
				if got[n]&mask[n] != want {
					return &Fault{Layout: j.l.Name, Element: s.Element, Code: CodeRoom, Reason: "something else is drawn over the symbol, or into the white that it needs around it"}
				}
			}
		}
	}
	return nil
}
