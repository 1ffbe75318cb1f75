package receiving_test

import (
	"fmt"
	"strings"
	"testing"

	"bayledger/server/receiving"
)

// Whose are the goods that still lie where they came in? Each step is an entry: the
// delivery that it names (- none), what it is, and how many pieces.
func TestAllot(t *testing.T) {
	for _, c := range []struct{ name, steps, want string }{
		{"nothing was moved", "A in 20, B in 7", "A 20, B 7"},
		{"under its own number", "A in 20, B in 7, B on 5", "A 20, B 2"},
		{"without a number: the oldest first", "A in 20, B in 7, - on 12", "A 8, B 7"},
		{"more than the oldest brought", "A in 20, B in 7, - on 25", "A 0, B 2"},
		{"all", "A in 20, B in 7, - on 27", "A 0, B 0"},
		{"receipts count, not deliveries", "A in 5, B in 5, A in 5, - on 7", "A 5, B 3"},
		{"the younger number came first", "B in 5, A in 5, - on 6", "A 4, B 0"},
		{"its own number takes its own oldest receipt", "A in 5, B in 5, A in 5, A on 5, - on 6", "A 4, B 0"},
		{"goods without a number go first", "- in 4, A in 5, - on 6", "A 3, B 0"},
		{"and came later", "A in 5, - on 2, - in 2", "A 5, B 0"}, // nothing of it is missing
		{"back again under its number", "A in 5, A on 5, A back 2", "A 2, B 0"},
		{"set aside where it lies", "A in 5, A stay 3", "A 5, B 0"},
		{"more was taken under a number than it brought", "A in 5, B in 5, A on 7", "A 0, B 3"},
	} {
		lies, of := map[receiving.Lying]int64{}, []receiving.Party{{Number: "A"}, {Number: "B"}}
		here := receiving.Lying{At: "main/incoming", Product: "BOLT", Lot: "L7"}
		for n, step := range strings.Split(c.steps, ", ") {
			var who, what string
			var quantity int64
			if _, err := fmt.Sscan(step, &who, &what, &quantity); err != nil {
				t.Fatal(err)
			}
			f := receiving.Fact{Product: "BOLT", Lot: "L7", Quantity: quantity, N: uint64(n + 1)}
			ways := map[string][2]string{"in": {"supplier", here.At}, "on": {here.At, "main/A-01"}, "back": {"main/A-01", here.At}, "stay": {here.At, here.At}}
			f.From, f.To = ways[what][0], ways[what][1]
			switch {
			case what == "on":
				lies[here] -= quantity
			case what != "stay":
				lies[here] += quantity
			}
			for i := range of {
				if of[i].Number == who {
					of[i].Facts = append(of[i].Facts, f)
				}
			}
		}
		got := receiving.Allot(lies, of)
		if s := fmt.Sprintf("A %d, B %d", got[0][here], got[1][here]); s != c.want {
			t.Errorf("%s (%s): %s, want %s", c.name, c.steps, s, c.want)
		}
	}
}
