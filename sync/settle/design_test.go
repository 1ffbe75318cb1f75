package settle

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/sync/ledger"
)

// The examples in DESIGN.md are true, in the order in which they arrive and in the
// order in which they happened.
func TestDesignExamples(t *testing.T) {
	page, err := os.ReadFile("../DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := strings.Split(string(page), "```fold")[1:]
	if len(examples) < 22 {
		t.Fatalf("%d examples", len(examples))
	}
	for i, example := range examples {
		head, body, _ := strings.Cut(example, "\n")
		body, _, _ = strings.Cut(body, "```")
		var scans []string
		var books, value, found string
		for _, line := range strings.Split(strings.TrimSpace(body), "\n") {
			switch {
			case strings.HasPrefix(line, "="):
				books = strings.TrimSpace(line[1:])
			case strings.HasPrefix(line, "value "):
				value = line[len("value "):]
			case strings.HasPrefix(line, "! "):
				found = line[len("! "):]
			default:
				scans = append(scans, line)
			}
		}
		t.Run(fmt.Sprint("example ", i+1), func(t *testing.T) {
			playExample(t, head, scans, scans, books, value, found)
			inOrder := slices.Clone(scans)
			slices.SortStableFunc(inOrder, func(a, b string) int { return strings.Compare(a[:5], b[:5]) })
			playExample(t, head, inOrder, scans, books, value, found)
		})
	}
}

// playExample books scans in an order. Their seqs are their places on the page.
func playExample(t *testing.T, head string, scans, page []string, books, value, found string) {
	t.Helper()
	s := world(t, ledger.Patch{Entity: ledger.EntitySite, Code: "main", Fields: map[string]string{"negative": strings.TrimPrefix(strings.TrimSpace(head), "negative=")}})
	for i, line := range scans {
		clock, rest, _ := strings.Cut(line, " ")
		device, text, _ := strings.Cut(rest, " ")
		moment, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		s.device, s.at = device, ledger.Time(moment.Hour()*60+moment.Minute())*60e6
		if device == "edit" {
			(&codeStory{}).edit(t, s.state, text, uint64(10_000+i), s.at)
			continue
		}
		s.seq = uint64(1 + slices.Index(page, line))
		if d := s.say(uint64(10_000+i), text); d.Outcome == ledger.Parked && d.Waits == (ledger.Unknown{}) || d.Outcome == ledger.Refused {
			t.Fatalf("%s: %s", line, d.Message)
		}
	}
	if got := stock(s.state); got != books {
		t.Errorf("the books say\n  %s\nthe page\n  %s", got, books)
	}
	for _, x := range s.Exceptions(func(r *ledger.ExceptionView) bool { return found != "" && !r.Closed() }) {
		if x.Message != found {
			t.Errorf("%s is open: %s", x.ID, x.Message)
		}
		found = ""
	}
	if found != "" {
		t.Errorf("nothing is open, on the page: %s", found)
	}
	if value == "" {
		return
	}
	worths, err := s.Worths()
	if err != nil || len(worths) != 1 || len(worths[0].Pools) != 1 {
		t.Fatalf("%v, %v", worths, err)
	}
	money := func(v int64) string { return ledger.FormatScaled(v, ledger.MoneyDecimals) }
	got := "pool=" + money(worths[0].Pools[0].Value)
	for _, place := range []string{"customer", "supplier"} {
		got += " " + place + "=" + money(worths[0].Accounts[place])
	}
	if got != value {
		t.Errorf("the values are %s, on the page %s", got, value)
	}
}
