package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// house says which rooms a room may import, besides those below it. ARCHITECTURE.md
// tells why.
var house = map[string][]string{
	"sync/ledger":                        {},
	"sync/wire":                          {"sync/ledger"},
	"sync/wire/schema":                   {"sync/wire", "sync/ledger"},
	"sync/wire/schema/internal/generate": {"sync/wire", "sync/wire/schema", "sync/ledger"},
	"sync/journal":                       {"migrations/intact", "sync/ledger"},
	"sync/settle":                        {"sync/ledger"},
	"sync/catalogue":                     {"sync/ledger"},
	"server/sheet":                       {},
	"server/within":                      {},
	"sync/simulation/oracle":             {},
	"sync/simulation/season":             {"sync/simulation/oracle"},
	"sync/book":                          {"sync/ledger", "sync/journal", "sync/settle"},
	"sync/book/history":                  {"sync/ledger", "sync/journal", "sync/book"},
	"sync/simulation":                    {"sync/ledger", "sync/settle", "sync/wire", "sync/journal", "sync/book", "sync/simulation/oracle"},
	"sync/simulation/powercut":           {},
	"sync/simulation/powercut/probe":     {"sync/simulation/powercut"},
	"scanner/outbox":                     {"migrations/intact"},
	"scanner/client":                     {"sync/wire", "sync/ledger", "scanner/outbox"},
	"scanner/fleet":                      {"sync/wire", "sync/ledger", "scanner/outbox", "scanner/client"},
	"scanner/load":                       {"sync/wire", "sync/ledger"},
	"scanner/gs1":                        {},
	"scanner/gs1/internal/generate":      {},
	"scanner/gs1/internal/agree":         {"scanner/gs1", "scanner/wedge"},
	"scanner/wedge":                      {"scanner/gs1"},
	"scanner/meaning":                    {"scanner/gs1", "scanner/wedge", "sync/ledger"},
	"scanner/flow":                       {"scanner/gs1", "scanner/meaning", "scanner/wedge", "sync/ledger"},
	"scanner/handheld":                   {"scanner/client", "scanner/flow", "scanner/gs1", "scanner/meaning", "scanner/outbox", "scanner/wedge", "sync/ledger", "sync/wire"},
	"scanner/sheet":                      {"scanner/gs1", "scanner/wedge"},
	"labels/symbol":                      {"scanner/gs1"},
	"labels/design":                      {"labels/symbol", "scanner/gs1"},
	"labels/draw":                        {"labels/design", "labels/symbol", "scanner/gs1"},
	"labels/encode":                      {"labels/draw"},
	"labels/printer":                     {"labels/draw", "scanner/gs1"},
	"labels/queue":                       {"labels/design", "labels/draw", "labels/encode", "labels/printer", "scanner/gs1"},
	"labels/queue/disktest":              {"labels/queue"},
	"labels/printer/fakeprinter":         {},
	"labels/internal/sample":             {"labels/design", "labels/draw", "labels/sheets", "scanner/sheet"},
	"labels/sheets":                      {"labels/design", "labels/symbol", "scanner/sheet"},
	"labels/internal/pictures":           {"labels/design", "labels/draw", "labels/encode", "labels/internal/sample"},
	"migrations":                         {},
	"migrations/intact":                  {},
	"server/access":                      {"sync/ledger"},
	"server/store":                       {"server/access", "server/documents/rows", "sync/ledger", "labels/queue"},
	"server/adjust":                      {"sync/ledger"},
	"server/receiving":                   {"server/adjust", "sync/ledger"},
	"server/documents/rows":              {},
	"server/documents":                   {"server/adjust", "server/documents/rows", "server/receiving", "sync/book", "sync/journal", "sync/ledger", "sync/settle", "sync/wire"},
	"server/lens":                        {"server/access", "sync/ledger"},
	"server/availability":                {"sync/ledger"},
	"server/reports":                     {"server/access", "sync/ledger", "sync/settle"},
	"server/socket":                      {"server/access", "server/lens", "server/trace", "sync/book", "sync/book/history", "sync/journal", "sync/ledger", "sync/wire"},
	"server/labels":                      {"server/access", "server/store", "sync/book", "sync/ledger", "sync/wire", "scanner/gs1", "scanner/sheet", "labels/design", "labels/draw", "labels/encode", "labels/sheets", "labels/printer", "labels/queue"},
	"server/web":                         {},
	"server/backup":                      {"migrations", "server/store", "sync/book", "sync/journal", "sync/ledger"},
	"server/tables":                      {"sync/ledger"},
	"server/rest":                        {"server/access", "server/tables", "server/within", "server/outbound", "server/sheet", "sync/catalogue", "server/adjust", "server/documents", "server/receiving", "server/availability", "server/lens", "server/reports", "server/signin", "server/metrics/patient", "server/openid", "labels/symbol", "server/trace", "server/store", "server/labels", "labels/design", "labels/printer", "labels/queue", "sync/book", "sync/book/history", "sync/journal", "sync/ledger", "sync/settle", "sync/wire", "sync/wire/schema"},
	"server/certificate":                 {"labels/symbol", "server/tongue"},
	"server/outbound":                    {"server/access", "server/availability", "server/lens", "sync/book", "sync/book/history", "sync/journal", "sync/ledger"},
	"server/hours":                       {"sync/book", "sync/ledger"},
	"server/signin":                      {"server/tongue"},
	"server/tongue":                      {},
	"server/openid":                      {"server/access", "sync/ledger"},
	"server/openid/providertest":         {},
	"server/trace":                       {"sync/wire"},
	"server/deploy/image":                {},
	"server/metrics/patient":             {},
	"server/metrics":                     {"labels/queue", "server/metrics/patient", "server/socket", "sync/book", "sync/journal", "sync/ledger", "sync/settle"},
	"server":                             {"server/trace", "server/outbound", "server/openid", "server/signin", "server/socket", "server/access", "server/store", "server/labels", "server/documents", "server/rest", "server/web", "sync/book"},
	"sync/journal/journaltest":           {"sync/ledger", "sync/journal"},
	"scanner/outbox/outboxtest":          {"scanner/outbox"},
	"cmd/bayledger":                      {"*"},
}

// libraries says where a library may be imported.
var libraries = map[string][]string{
	"github.com/gin-gonic/gin":               {"server/rest"},
	"github.com/danielgtaylor/huma/v2":       {"server/rest"},
	"github.com/gorilla/websocket":           {"server/socket", "scanner/client"},
	"github.com/dgraph-io/badger/v4":         {"migrations/intact", "sync/journal", "sync/journal/journaltest", "server/store", "migrations", "scanner/outbox", "cmd/bayledger"},
	"github.com/golang-migrate/migrate/v4":   {"migrations"},
	"github.com/boombuler/barcode":           {"labels/symbol"},
	"github.com/makiuchi-d/gozxing":          {"labels/symbol"},
	"github.com/BurntSushi/toml":             {"cmd/bayledger", "labels/design"},
	"golang.org/x/image":                     {"labels/draw"},
	"github.com/hanwen/go-fuse/v2":           {"sync/simulation/powercut"},
	"github.com/spf13/cobra":                 {"cmd/bayledger"},
	"go.opentelemetry.io/otel":               {"server/trace"},
	"github.com/google/go-containerregistry": {"server/deploy/image"},
	"golang.org/x/term":                      {"cmd/bayledger"},
	"golang.org/x/crypto":                    {"server/store", "scanner/handheld"},
	"github.com/wneessen/go-mail":            {"server/outbound"},
	"golang.org/x/oauth2":                    {"server/openid"},
	"github.com/coreos/go-oidc/v3":           {"server/openid"},
	"github.com/go-jose/go-jose/v4":          {"server/openid/providertest"},
	"github.com/xuri/excelize/v2":            {"cmd/bayledger", "server/sheet", "server/tables"},
	"github.com/prometheus/client_golang":    {"server/rest", "server", "server/metrics", "server/metrics/patient", "cmd/bayledger"},
}

type listed struct {
	ImportPath, Doc, Name string
	Imports               []string
	GoFiles               []string
}

func listPackages(t *testing.T) (all []listed) {
	t.Helper()
	c := exec.Command("go", "list", "-json", "bayledger/...")
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("go list: %v\n%s", err, errs.String())
	}
	for d := json.NewDecoder(&out); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// The rooms know only what they may know: direct imports, tests left out.
func TestHouseImports(t *testing.T) {
	for _, p := range listPackages(t) {
		room := strings.TrimPrefix(p.ImportPath, "bayledger/")
		allowed, known := house[room]
		if !known {
			t.Errorf("the room %s is not in the plan of the house; say there what it may know", room)
			continue
		}
		for _, path := range p.Imports {
			if other, ours := strings.CutPrefix(path, "bayledger/"); ours {
				if !slices.Contains(allowed, "*") && !slices.Contains(allowed, other) {
					t.Errorf("%s must not know %s", room, other)
				}
				continue
			}
			for library, rooms := range libraries {
				if (path == library || strings.HasPrefix(path, library+"/")) && !slices.Contains(rooms, room) {
					t.Errorf("%s must not use %s", room, path)
				}
			}
			if (room == "sync/ledger" || room == "sync/settle") && strings.Contains(path, ".") {
				t.Errorf("%s is pure and must not use %s", room, path)
			}
		}
	}
}

// The pure rooms reach for no clock, randomness, file or goroutine of their own.
func TestHousePurity(t *testing.T) {
	impure := []string{"os", "net", "net/http", "math/rand", "math/rand/v2", "crypto/rand", "sync", "context", "io/fs"}
	for _, p := range listPackages(t) {
		if p.ImportPath != "bayledger/sync/ledger" && p.ImportPath != "bayledger/sync/settle" {
			continue
		}
		for _, path := range p.Imports {
			if slices.Contains(impure, path) {
				t.Errorf("%s is pure and must not use %s", p.ImportPath, path)
			}
		}
	}
}

// Every room says at its door what it is for, and sync and scanner themselves
// hold no code, so that no name shadows the standard library.
func TestHouseDoors(t *testing.T) {
	for _, p := range listPackages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
		if p.ImportPath == "bayledger/sync" || p.ImportPath == "bayledger/scanner" {
			t.Errorf("%s holds code of its own", p.ImportPath)
		}
	}
}

// No test skips: what this machine cannot run, or what takes too long for every change,
// is built by a tag of its own, and whoever runs it is told how it ended.
func TestHouseSkipsNothing(t *testing.T) {
	skips := regexp.MustCompile(`\b[tbf]\.(Skip|SkipNow|Skipf)\(`)
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && entry.Name() == "node_modules" {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if at := skips.FindIndex(text); at != nil {
			t.Errorf("%s skips: %s", path, text[at[0]:at[1]])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
