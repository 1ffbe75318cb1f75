package design

import (
	"cmp"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed builtin
var builtin embed.FS

// maxFiles bounds a folder of layouts.
const maxFiles = 500

// Builtin gives the layouts that come with the program, sorted by name.
func Builtin() ([]*Layout, error) {
	folder, err := fs.Sub(builtin, "builtin")
	if err != nil {
		return nil, err
	}
	layouts, faults := load(folder)
	if len(faults) > 0 {
		return nil, faults[0]
	}
	return layouts, nil
}

// load reads every layout of a folder; what is wrong is told apart.
func load(folder fs.FS) (layouts []*Layout, faults []error) {
	files, err := fs.Glob(folder, "*.toml")
	if err != nil || len(files) > maxFiles {
		return nil, []error{&Fault{File: ".", Reason: "the folder has more than 500 layouts"}}
	}
	names := map[string]string{}
	for _, file := range files {
		body, err := fs.ReadFile(folder, file)
		if err != nil {
			faults = append(faults, &Fault{File: file, Reason: "it cannot be read"})
			continue
		}
		l, err := Parse(file, body, folder)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if other := names[l.Name]; other != "" {
			faults = append(faults, &Fault{File: file, Reason: "the name " + l.Name + " is taken by " + other})
			continue
		}
		names[l.Name] = file
		layouts = append(layouts, l)
	}
	slices.SortFunc(layouts, func(a, b *Layout) int { return cmp.Compare(a.Name, b.Name) })
	return layouts, faults
}

// Library is the built-in layouts and those of a folder.
type Library struct {
	dir   string
	base  map[string]*Layout
	check func(*Layout) error

	mu     sync.Mutex // guards what follows
	seen   string     // what the folder looked like
	own    map[string]*Layout
	faults []error
}

// NewLibrary reads a folder, which need not be there; "" is none. check, if it is
// not nil, has the last word on a layout of the folder: it may draw its sample.
func NewLibrary(dir string, check func(*Layout) error) (*Library, error) {
	list, err := Builtin()
	if err != nil {
		return nil, err
	}
	lib := &Library{dir: dir, base: map[string]*Layout{}, check: check}
	for _, l := range list {
		lib.base[l.Name] = l
	}
	return lib, nil
}

// refresh reads the folder again where it has changed. The caller holds mu.
func (lib *Library) refresh() {
	if lib.dir == "" {
		return
	}
	entries, err := os.ReadDir(lib.dir)
	if err != nil {
		lib.own, lib.faults, lib.seen = nil, nil, ""
		if !errors.Is(err, fs.ErrNotExist) {
			lib.faults = []error{&Fault{File: ".", Reason: "the folder of layouts cannot be read"}}
		}
		return
	}
	var now strings.Builder
	for _, e := range entries {
		if info, err := e.Info(); err == nil && (path.Ext(e.Name()) == ".toml" || path.Ext(e.Name()) == ".png") {
			now.WriteString(e.Name() + info.ModTime().Format(time.RFC3339Nano) + "\n")
		}
	}
	if now.String() == lib.seen {
		return
	}
	lib.seen = now.String()
	layouts, faults := load(os.DirFS(lib.dir))
	lib.own, lib.faults = map[string]*Layout{}, faults
	for _, l := range layouts {
		if lib.check != nil {
			if err := lib.check(l); err != nil {
				lib.faults = append(lib.faults, &Fault{File: l.File, Reason: "its sample cannot be drawn: " + err.Error()})
				continue
			}
		}
		l.Own = true
		lib.own[l.Name] = l
	}
}

// Get gives a layout by name, a user's before a built-in.
func (lib *Library) Get(name string) (*Layout, bool) {
	lib.mu.Lock()
	defer lib.mu.Unlock()
	lib.refresh()
	if l, ok := lib.own[name]; ok {
		return l, true
	}
	l, ok := lib.base[name]
	return l, ok
}

// List gives every layout, sorted by name, and what is wrong with files of the
// folder.
func (lib *Library) List() ([]*Layout, []error) {
	lib.mu.Lock()
	defer lib.mu.Unlock()
	lib.refresh()
	var out []*Layout
	for name, l := range lib.base {
		if lib.own[name] == nil {
			out = append(out, l)
		}
	}
	for _, l := range lib.own {
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b *Layout) int { return cmp.Compare(a.Name, b.Name) })
	return out, slices.Clone(lib.faults)
}
