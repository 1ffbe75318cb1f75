package migrations_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bayledger/migrations"
)

func TestParse(t *testing.T) {
	kinds, digest, err := migrations.Parse("f", []byte(`{"format":1,"about":"why","steps":[
		{"put":{"key":"jx","value":null}}, {"delete":{"key":{"hex":"62ff"}}}, {"delete_prefix":{"prefix":"s"}},
		{"rename_prefix":{"from":"kd","to":"kk"}}, {"rewrite":{"prefix":"c","with":"grow"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"put", "delete", "delete_prefix", "rename_prefix", "rewrite"}; !slices.Equal(kinds, want) {
		t.Errorf("kinds %v", kinds)
	}
	// Neither about nor white space strands a folder that stopped inside the file.
	_, again, err := migrations.Parse("f", []byte(`{"steps":[{"put" : {"key":"jx","value":null}},{"delete":{"key":{"hex":"62ff"}}},`+
		`{"delete_prefix":{"prefix":"s"}},{"rename_prefix":{"from":"kd","to":"kk"}},{"rewrite":{"prefix":"c","with":"grow"}}],"format":1}`))
	if err != nil || again != digest {
		t.Errorf("digest %s, then %s, %v", digest, again, err)
	}
}

func TestMalformedFiles(t *testing.T) {
	many := strings.Repeat(`{"delete":{"key":"jx"}},`, migrations.MaxSteps) + `{"delete":{"key":"jx"}}`
	good := `{"delete":{"key":"jx"}}`
	for _, c := range []struct {
		name, body string
		step       int // 0: the file as a whole
		says       string
	}{
		{"empty", ``, 0, "not a migration document"},
		{"cut", `{"format":1,"steps":[` + good + `,{"put":`, 2, "not a migration document"},
		{"not an object", `[]`, 0, "not a migration document"},
		{"trailing", steps(good) + `x`, 0, "not a migration document"},
		{"unknown member", `{"format":1,"step":[]}`, 0, "unknown"},
		{"doubled member", `{"format":1,"steps":[` + good + `],"steps":[]}`, 0, "duplicate"},
		{"no format", `{"steps":[` + good + `]}`, 0, "format 0"},
		{"later format", `{"format":2,"steps":[` + good + `]}`, 0, "format 2"},
		{"no steps", `{"format":1,"steps":[]}`, 0, "no steps"},
		{"too many steps", `{"format":1,"steps":[` + many + `]}`, 0, "more than 1000"},
		{"too long", `{"format":1,"about":"` + strings.Repeat("a", migrations.MaxFileBytes) + `","steps":[` + good + `]}`, 0, "longer than"},
		{"long about", `{"format":1,"about":"` + strings.Repeat("a", 2001) + `","steps":[` + good + `]}`, 0, "about"},
		{"step no object", steps(good, `3`), 2, "not one of"},
		{"unknown step", steps(good, `{"drop":{"key":"jx"}}`), 2, "not one of"},
		{"doubled step", steps(good, `{"put":{"key":"jx","value":1},"put":{"key":"jx","value":1}}`), 2, "duplicate"},
		{"empty step", steps(`{}`), 1, "exactly one"},
		{"two in one", steps(`{"delete":{"key":"jx"},"delete_prefix":{"prefix":"jx"}}`), 1, "exactly one"},
		{"put without value", steps(`{"put":{"key":"jx"}}`), 1, "value is missing"},
		{"put without key", steps(`{"put":{"value":1}}`), 1, "key is empty"},
		{"key no text", steps(`{"delete":{"key":7}}`), 1, "not one of"},
		{"bad hex", steps(`{"delete":{"key":{"hex":"6"}}}`), 1, "not one of"},
		{"unknown key form", steps(`{"delete":{"key":{"base64":"aa"}}}`), 1, "unknown"},
		{"all keys", steps(`{"delete_prefix":{"prefix":""}}`), 1, "key is empty"},
		{"our own room", steps(`{"delete_prefix":{"prefix":"mlock"}}`), 1, "room 'm'"},
		{"no room", steps(`{"delete_prefix":{"prefix":"z"}}`), 1, "no room"},
		{"Badger's keys", steps(`{"delete_prefix":{"prefix":"!badger!"}}`), 1, "no room"},
		{"long key", steps(`{"delete":{"key":"j` + strings.Repeat("x", 5000) + `"}}`), 1, "4096"},
		{"rename into itself", steps(`{"rename_prefix":{"from":"k","to":"kk"}}`), 1, "starts with the other"},
		{"rename out of itself", steps(`{"rename_prefix":{"from":"kk","to":"k"}}`), 1, "starts with the other"},
		{"rename nowhere", steps(`{"rename_prefix":{"from":"kk"}}`), 1, "to: the key is empty"},
		{"rewrite with nothing", steps(`{"rewrite":{"prefix":"c"}}`), 1, "with is missing"},
		{"no such transform", steps(good, `{"rewrite":{"prefix":"c","with":"gone"}}`), 2, `no transform named "gone"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := memory(t)
			cfg := migrations.Config{Files: files(t, map[string]string{"0002_bad.up.json": c.body, "0002_bad.down.json": nothing})}
			_, _, err := migrations.Up(t.Context(), db, cfg)
			where := "0002_bad.up.json: "
			if c.step > 0 {
				where = fmt.Sprintf("0002_bad.up.json, step %d: ", c.step)
			}
			wantError(t, err, migrations.CodeBadMigration, where, c.says, "nothing was changed")
			if got := dumpAll(t, db); got != "" {
				t.Errorf("something was changed: %s", got)
			}
		})
	}
}

func TestMalformedSets(t *testing.T) {
	for _, c := range []struct {
		name string
		set  map[string]string
		says string
	}{
		{"gap", map[string]string{"0003_c.up.json": nothing, "0003_c.down.json": nothing}, "no migration 0002"},
		{"no down", map[string]string{"0002_b.up.json": nothing}, "0002_b.up.json: its down file is missing"},
		{"no up", map[string]string{"0002_b.down.json": nothing}, "0002_b.down.json: its up file is missing"},
		{"two names", map[string]string{"0002_b.up.json": nothing, "0002_c.down.json": nothing}, "another migration 0002"},
		{"number 0", map[string]string{"0000_b.up.json": nothing}, "numbered from 0001"},
		{"short number", map[string]string{"2_b.up.json": nothing}, "2_b.up.json: the name"},
		{"misspelt direction", map[string]string{"0002_b.pu.json": nothing}, "0002_b.pu.json: the name"},
		{"another extension", map[string]string{"0002_b.up.sql": nothing}, "0002_b.up.sql: the name"},
		{"folder", map[string]string{"more/0002_b.up.json": nothing}, "more: the name"},
		{"malformed down", map[string]string{"0002_b.up.json": nothing, "0002_b.down.json": "{"}, "0002_b.down.json: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := migrations.Up(t.Context(), memory(t), migrations.Config{Files: files(t, c.set)})
			wantError(t, err, migrations.CodeBadMigration, c.says, "nothing was changed")
		})
	}
	_, _, err := migrations.Up(t.Context(), memory(t), migrations.Config{Files: unlistable{}})
	wantError(t, err, migrations.CodeBadMigration, "cannot be listed")
}

// unlistable is a file system that fails.
type unlistable struct{}

func (unlistable) Open(string) (fs.File, error) { return nil, fs.ErrPermission }

// The embedded files are sound, and each explains itself.
func TestEmbeddedFiles(t *testing.T) {
	ours, err := migrations.Files()
	if err != nil {
		t.Fatal(err)
	}
	pending, err := migrations.Pending(memory(t))
	if err != nil || len(pending) == 0 {
		t.Fatal(pending, err)
	}
	for _, m := range pending {
		if m.About == "" {
			t.Errorf("%s has no about", m.File)
		}
		if _, err := fs.Stat(ours, m.File); err != nil {
			t.Error(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		nothing, steps(`{"put":{"key":"jx","value":{"a":[1,2]}}}`), steps(`{"rename_prefix":{"from":{"hex":"6b00"},"to":"o"}}`),
		steps(`{"rewrite":{"prefix":"c","with":"n"}}`), `{"format":1,"steps":[{}]}`, `{"format":1e0,"steps":[null]}`, "\xff", `{"format":1,"steps":[{"put":{"key":"j","value":1`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		kinds, digest, err := migrations.Parse("fuzzed.up.json", body)
		if err != nil {
			wantError(t, err, migrations.CodeBadMigration, "fuzzed.up.json")
			return
		}
		if len(kinds) == 0 || len(kinds) > migrations.MaxSteps || len(digest) != 64 {
			t.Fatalf("%d steps, digest %q", len(kinds), digest)
		}
		// What parses can be run, whatever it says.
		db := memory(t)
		put(t, db, map[string]string{"c1": "1", "kd": "x", "jx": "y"})
		set := fstest.MapFS{"0001_a.up.json": {Data: body}, "0001_a.down.json": {Data: []byte(nothing)}}
		if err := driver(t, db, migrations.Config{}).SetVersion(-1, false); err != nil {
			t.Fatal(err)
		}
		if _, to, err := migrations.Up(t.Context(), db, migrations.Config{Files: set}); err == nil && to != 1 {
			t.Fatalf("no error, and version %d", to)
		} else if err != nil && code(err) == "?" {
			t.Fatalf("an error without a code: %v", err)
		}
	})
}

func FuzzRecords(f *testing.F) {
	for _, seed := range []string{
		`{"version":1,"dirty":true,"from":0}`, `{"turn":3,"holder":"h","since":"2026-03-02T09:15:00Z"}`,
		`{"digest":"ab","step":1,"begun":true,"since":7,"last":"Yg==","done":4}`, `{"version":-9}`, `{"step":-1}`, `{}`, ``, `[]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		for i, err := range migrations.DecodeRecords(value) {
			if err == nil && len(value) == 0 {
				t.Errorf("record %d is read from nothing", i)
			}
		}
	})
}
