package tables_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"bayledger/server/sheet"
	"bayledger/server/tables"
)

var row = map[string]any{"product": "00042", "quantity": "-5.5", "reason": "=HYPERLINK(\"http://x\")", "deliveries": []any{"PK-1"}}

func written(t *testing.T, format string) string {
	t.Helper()
	var out bytes.Buffer
	w, err := tables.New(format, &out, []string{"product", "quantity", "reason", "deliveries"})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Row(row), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Numbers below zero stay numbers, codes keep their zeros, and no text of a stranger is
// obeyed, whichever format a row is written in.
func TestFormats(t *testing.T) {
	for format, want := range map[string]string{
		tables.CSV:  "product,quantity,reason,deliveries\n00042,-5.5,\"'=HYPERLINK(\"\"http://x\"\")\",\"[\"\"PK-1\"\"]\"\n",
		tables.Text: "PRODUCT  QUANTITY  REASON                       DELIVERIES\n00042    -5.5      =HYPERLINK(\\\"http://x\\\")  [\"PK-1\"]\n",
		tables.JSON: "[\n{\"deliveries\":[\"PK-1\"],\"product\":\"00042\",\"quantity\":\"-5.5\",\"reason\":\"=HYPERLINK(\\\"http://x\\\")\"}\n]\n",
	} {
		got := written(t, format)
		if format == tables.Text {
			got, want = strings.ReplaceAll(got, `\"`, `"`), strings.ReplaceAll(want, `\"`, `"`)
			got, want = strings.Join(strings.Fields(got), " "), strings.Join(strings.Fields(want), " ")
		}
		if got != want {
			t.Errorf("%s:\n%s\nwant\n%s", format, got, want)
		}
	}
	rows, fault := sheet.Read([]byte(written(t, tables.XLSX)))
	if fault != nil {
		t.Fatal(fault)
	}
	if len(rows) != 1 || rows[0].Fields["product"] != "00042" || rows[0].Fields["quantity"] != "-5.5" || rows[0].Fields["reason"] != row["reason"] {
		t.Errorf("XLSX has %v", rows)
	}
}

func TestWhatASpreadsheetWouldObey(t *testing.T) {
	for text, want := range map[string]string{"=1+1": "'=1+1", "+41": "'+41", "@x": "'@x", "-x": "'-x", "\tx": "'\tx", "-5": "-5", "-0.5": "-0.5", "A-1": "A-1", "": "", "-": "'-"} {
		var out bytes.Buffer
		w, err := tables.New(tables.CSV, &out, []string{"x"})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Row(map[string]any{"x": text}), w.Close()); err != nil {
			t.Fatal(err)
		}
		rows, fault := sheet.Read(out.Bytes())
		if fault != nil {
			t.Fatal(fault)
		}
		got := ""
		if len(rows) == 1 {
			got = rows[0].Fields["x"]
		}
		if got != want {
			t.Errorf("%q is written as %q, want %q", text, got, want)
		}
	}
}

// What answers a question depends on its filters, and a report says what it does not
// take.
func TestAnswering(t *testing.T) {
	for _, c := range []struct{ report, query, path, left, fault string }{
		{"balance", "site=main", "/v1/balances", "site=main", ""},
		{"balance", "by=category&site=main", "/v1/balances/summary", "by=category&site=main", ""},
		{"balance", "by=category&all=true", "", "", "report balance does not take all with these filters"},
		{"valuation", "from=2026-01-01T00:00:00Z&at=2026-02-01T00:00:00Z", "/v1/valuation/span", "from=2026-01-01T00%3A00%3A00Z&to=2026-02-01T00%3A00%3A00Z", ""},
		{"fifo", "taken=true", "/v1/fifo/taken", "", ""},
		{"asset", "asset=PRESS+7%2F1", "/v1/assets/PRESS%207%2F1", "", ""},
		{"asset", "", "", "", "report asset takes asset"},
		{"transactions", "at=2026-01-01T00:00:00Z", "/v1/transactions", "at=2026-01-01T00%3A00%3A00Z", ""},
	} {
		k, known := tables.Named(c.report)
		query, err := url.ParseQuery(c.query)
		if err != nil || !known {
			t.Fatal(c.report, known, err)
		}
		answers, err := k.Answering(query)
		switch {
		case c.fault != "":
			if !errors.Is(err, tables.ErrFilters) || !strings.HasSuffix(err.Error(), c.fault) {
				t.Errorf("%s %s: %v, want %q", c.report, c.query, err, c.fault)
			}
		case err != nil || answers.Path != c.path || query.Encode() != c.left:
			t.Errorf("%s %s is answered by %v with %q, %v", c.report, c.query, answers, query.Encode(), err)
		}
	}
	for _, k := range tables.Kinds() {
		path := k.Path
		if k.Name == "asset" {
			path += "{asset}"
		}
		if found, ok := tables.Answers(path); !ok || found.Name != k.Name {
			t.Errorf("%s is not found by its path %s", k.Name, path)
		}
		for _, filter := range k.Filters {
			if tables.Help(filter) == "" && tables.SwitchHelp(&k, filter) == "" {
				t.Errorf("nobody says what the filter %s of %s takes", filter, k.Name)
			}
		}
	}
}

// The server looks at all codes for each page of them: a report takes few pages.
func TestCodesComeInFewPages(t *testing.T) {
	const codes, atMost = 2_500, 3
	asked := 0
	get := func(_ context.Context, path string) (io.ReadCloser, error) {
		asked++
		u, err := url.Parse(path)
		if err != nil {
			return nil, err
		}
		limit, from := 100, 0
		if text := u.Query().Get("limit"); text != "" {
			limit, err = strconv.Atoi(text)
		}
		if text := u.Query().Get("after"); text != "" && err == nil {
			from, err = strconv.Atoi(text)
		}
		to := min(codes, from+limit)
		next := ""
		if to < codes {
			next = fmt.Sprintf(`,"next":"%d"`, to)
		}
		rows := strings.Repeat(`,{"raw":"x"}`, to-from)
		return io.NopCloser(strings.NewReader(`{"rows":[` + rows[1:] + `],"count":2500` + next + `}`)), err
	}
	kind, _ := tables.Named("unknown")
	rows := 0
	err := tables.Each(t.Context(), get, kind, url.Values{}, func(int64) {}, func(map[string]any) error { rows++; return nil })
	if err != nil || rows != codes || asked > atMost {
		t.Errorf("%d rows in %d pages, %v; want %d in at most %d", rows, asked, err, codes, atMost)
	}
}
