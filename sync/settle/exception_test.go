package settle

import (
	"fmt"
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// open says what somebody has to look at, and on which evidence.
func open(b *Books) string {
	var words []string
	for _, r := range b.Exceptions(func(r *ledger.ExceptionView) bool { return !r.Closed() && r.Kind != "still_parked" }) {
		words = append(words, fmt.Sprint("exception ", r.ID, " ", r.State, " ", r.Evidence, " ", r.Message))
	}
	slices.Sort(words)
	return strings.Join(words, "\n")
}
