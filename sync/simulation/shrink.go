package simulation

import "slices"

// Shrink returns the smallest script it finds, by leaving steps out, that breaks
// the same invariant. tries bounds how many scripts it plays; progress, which may
// be nil, is told how many it has played and how many steps are left.
func Shrink(s *Script, judge string, tries int, progress func(tried, left int)) *Script {
	x := shrinker{judge: judge, left: tries, most: tries, progress: progress}
	best := *s
	best.Steps = slices.Clone(s.Steps)
	for changed := true; changed && x.left > 0; {
		changed = x.steps(&best)
		changed = x.lines(&best) || changed
		changed = x.hands(&best) || changed
	}
	return &best
}

type shrinker struct {
	judge      string
	left, most int
	progress   func(tried, left int)
}

// still says whether a script breaks the invariant too.
func (x *shrinker) still(s *Script) bool {
	if x.left <= 0 {
		return false
	}
	x.left--
	if x.progress != nil {
		x.progress(x.most-x.left, len(s.Steps))
	}
	f := Fails(s, x.judge, 4)
	return f != nil && f.Judge == x.judge
}

// steps leaves out runs of steps: halves first, then ever shorter ones.
func (x *shrinker) steps(s *Script) (changed bool) {
	for size := max(1, len(s.Steps)/2); ; size = max(1, size/2) {
		for from := len(s.Steps) - size; from > -size; from -= size {
			low := max(0, from)
			try := *s
			try.Steps = slices.Concat(s.Steps[:low], s.Steps[min(len(s.Steps), from+size):])
			if len(try.Steps) < len(s.Steps) && x.still(&try) {
				*s, changed = try, true
			}
		}
		if size == 1 {
			return changed
		}
	}
}

// lines leaves lines of scans out.
func (x *shrinker) lines(s *Script) (changed bool) {
	for i := range s.Steps {
		for l := 0; s.Steps[i].Scan != nil && len(s.Steps[i].Scan.Intent.Lines) > 1 && l < len(s.Steps[i].Scan.Intent.Lines); {
			try := *s
			try.Steps = slices.Clone(s.Steps)
			scan := *try.Steps[i].Scan
			scan.Intent.Lines = slices.Delete(slices.Clone(scan.Intent.Lines), l, l+1)
			try.Steps[i].Scan = &scan
			if x.still(&try) {
				*s, changed = try, true
			} else {
				l++
			}
		}
	}
	return changed
}

// hands makes clocks right and handhelds ordinary where that changes nothing.
func (x *shrinker) hands(s *Script) (changed bool) {
	for i := range s.Hands {
		plain := s.Hands[i]
		plain.Offset, plain.Drift, plain.Coarse, plain.Naive, plain.Deaf = 0, 0, 0, false, true
		if plain == s.Hands[i] {
			continue
		}
		try := *s
		try.Hands = slices.Clone(s.Hands)
		try.Hands[i] = plain
		if x.still(&try) {
			*s, changed = try, true
		}
	}
	return changed
}
