package tables

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Get asks a server for a path. Where it answers with an error, that is what it returns.
type Get func(ctx context.Context, path string) (io.ReadCloser, error)

func (get Get) into(ctx context.Context, path string, out any) error {
	answer, err := get(ctx, path)
	if err != nil {
		return err
	}
	defer answer.Close()
	if err := json.NewDecoder(answer).Decode(out); err != nil {
		return fmt.Errorf("the answer of the server could not be read: %w", err)
	}
	return nil
}

// Each asks for all pages of a report and hands its rows on; hundredths is told how many
// of them have been looked at where the server says so.
func Each(ctx context.Context, get Get, k *Kind, query url.Values, hundredths func(int64), row func(map[string]any) error) error {
	keep := func(r map[string]any) error {
		if k.exact {
			for name := range r {
				if !slices.Contains(k.Columns, name) {
					delete(r, name)
				}
			}
		}
		if k.keep != nil && !k.keep(r) {
			return nil
		}
		return row(r)
	}
	if k.stream {
		answer, err := get(ctx, k.Path+"?"+query.Encode())
		if err != nil {
			return err
		}
		defer answer.Close()
		return eachStreamed(&spaces{from: answer, seen: hundredths}, keep)
	}
	if k.Name == "activity" {
		return eachEntry(ctx, get, k.Path, query, keep)
	}
	if k.page != "" && !query.Has("limit") {
		query.Set("limit", k.page)
	}
	for {
		var page struct {
			Rows []map[string]any
			Next string
		}
		if err := get.into(ctx, k.Path+"?"+query.Encode(), &page); err != nil {
			return err
		}
		for _, r := range page.Rows {
			if err := keep(r); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		query.Set("after", page.Next)
	}
}

func eachStreamed(answer io.Reader, row func(map[string]any) error) error {
	d := json.NewDecoder(answer)
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("the answer of the server could not be read: %w", err)
	}
	for d.More() {
		var r map[string]any
		if err := d.Decode(&r); err != nil {
			return fmt.Errorf("the answer of the server broke off: %w", err)
		}
		if err := row(r); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// activityPage is how many entries are asked for at once.
const activityPage = 5_000

// eachEntry walks the journal page by page up to what was its end at the start.
func eachEntry(ctx context.Context, get Get, path string, query url.Values, row func(map[string]any) error) error {
	left := -1
	if limit := query.Get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 {
			return fmt.Errorf("%w: limit is a number above 0", ErrFilters)
		}
		left = n
	}
	var end uint64
	for {
		size := activityPage
		if left >= 0 {
			size = min(size, left)
		}
		query.Set("limit", strconv.Itoa(size))
		var page struct {
			Entries    []map[string]any
			Head, Next uint64
		}
		if err := get.into(ctx, path+"?"+query.Encode(), &page); err != nil {
			return err
		}
		if end == 0 {
			end = page.Head
		}
		for _, e := range page.Entries {
			if err := row(flatEntry(e)); err != nil {
				return err
			}
		}
		if left >= 0 {
			left -= len(page.Entries)
		}
		if page.Next >= end || left == 0 {
			return nil
		}
		query.Set("since", strconv.FormatUint(page.Next, 10))
	}
}

// flatEntry brings the intent's fields up beside the entry's own, which stay.
func flatEntry(e map[string]any) map[string]any {
	intent, _ := e["intent"].(map[string]any)
	for name, v := range intent {
		if _, taken := e[name]; !taken {
			e[name] = v
		}
	}
	if moves, ok := e["moves"].([]any); ok && len(moves) > 0 { // a scan says by its barcode what was moved
		if move, ok := moves[0].(map[string]any); ok {
			for _, name := range []string{"product", "quantity", "from", "to"} {
				if e[name] == nil {
					e[name] = move[name]
				}
			}
		}
	}
	if edit, ok := e["edit"].(map[string]any); ok {
		e["action"], e["product"] = "edit "+fmt.Sprint(edit["entity"]), edit["code"]
		e["operator"] = e["actor"]
	}
	return e
}

func isNegative(row map[string]any) bool {
	quantity, ok := row["quantity"].(string)
	return ok && strings.HasPrefix(quantity, "-")
}
