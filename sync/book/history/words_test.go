package history_test

import (
	"os"
	"slices"
	"testing"

	"bayledger/sync/book/history"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// What a filter lets through is what the supervisor's page shows for it: the same vectors
// are held against filter.ts.
func TestWords(t *testing.T) {
	var vectors struct {
		Entries []jsontext.Value `json:"entries"`
		Filters map[string][]int `json:"filters"`
	}
	text, err := os.ReadFile("testdata/words.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	for filter, want := range vectors.Filters {
		w := history.ParseWords(filter)
		got := []int{}
		for i, entry := range vectors.Entries {
			if w == nil || w.Wants(entry) {
				got = append(got, i+1)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q lets %v through, want %v", filter, got, want)
		}
	}
	if len(vectors.Filters) < 20 {
		t.Errorf("only %d filters", len(vectors.Filters))
	}
}

func FuzzWords(f *testing.F) {
	f.Add("device:blue \"a b", `{"n":1,"outcome":"applied"}`)
	f.Add("lag:1e999 site:", "[")
	f.Fuzz(func(t *testing.T, filter, entry string) {
		if w := history.ParseWords(filter); w != nil {
			w.Wants([]byte(entry))
		}
	})
}
