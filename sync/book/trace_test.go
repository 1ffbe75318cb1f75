package book_test

import (
	"fmt"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// What lies below zero is told with the scan that took it there for the last time, in
// the order of the moments and not of arrival, however often facts were written.
func TestShortfallsAreFoundInTheJournal(t *testing.T) {
	for _, row := range []struct{ name, story, want string }{
		{"nothing is", "9 add 5 to=A; 10 move 5 from=A to=B", ""},
		{"taken before it came", "9 move 2 from=A to=B", "A at 9: took 2 of 0"},
		{"twice below, told is the last time", "8 move 2 from=A to=B; 9 add 5 to=A; 10 move 6 from=A to=B", "A at 10: took 6 of 3"},
		{"the scan that did it comes late", "12 move 1 from=A to=B; 10 move 3 from=A to=B; 9 add 2 to=A", "A at 10: took 3 of 2"},
		{"a late addition clears it", "10 move 3 from=A to=B; 9 add 3 to=A", ""},
		{"a late addition moves it on", "9 move 2 from=A to=B; 11 move 2 from=A to=B; 8 add 3 to=A", "A at 11: took 2 of 1"},
		{"undone", "9 move 2 from=A to=B; 10 move 3 from=A to=B; 12 undo 1", "A at 10: took 3 of 0"},
		{"two places", "9 move 2 from=A to=B; 10 move 4 from=B to=stock", "A at 9: took 2 of 0, B at 10: took 4 of 2"},
		{"a count of a lot takes nothing", "9 move 2 from=A to=B; 10 count 1 from=A lot=L", "A at 9: took 2 of 0"},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := tellBook(t, row.story)
			below, err := b.Shortfalls(t.Context(), func(*ledger.Product, *ledger.Place) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range below {
				got = append(got, fmt.Sprintf("%s at %d: took %d of %d", s.Place.Code, s.Since, s.Took, s.Before))
			}
			if strings.Join(got, ", ") != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}
