package ledger

import "strconv"

// lowestPage is the name of a setting of the book.
const lowestPage = "lowest_page"

// maxPage bounds the number of a version of the handheld's page: they are counted by
// hand, a few a year.
const maxPage = 1_000_000

// LowestPage is the number of the oldest version of the handheld's page that may wait
// for a quiet moment before it takes a newer one; 0: any may. What an older one has
// collected is taken all the same.
func (s *State) LowestPage() int { return s.settings.LowestPage }

func (s *State) lowestPageText() string {
	if s.settings.LowestPage == 0 {
		return ""
	}
	return strconv.Itoa(s.settings.LowestPage)
}

func (s *State) setLowestPage(value string) string {
	number, ok := daysOf(value, maxPage)
	if !ok {
		return "lowest_page is the number of a version of the handheld's page, such as 3, or empty."
	}
	s.settings.LowestPage = number
	return ""
}
