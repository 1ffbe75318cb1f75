package migrations

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"

	"github.com/golang-migrate/migrate/v4/source"
	"github.com/golang-migrate/migrate/v4/source/iofs"
)

//go:embed files/*.json
var embedded embed.FS

// Files gives the embedded migration files, in the root of the file system.
func Files() (fs.FS, error) { return fs.Sub(embedded, "files") }

// fileName is stricter than golang-migrate's, which passes over a file that it
// does not understand: a misspelt name would be a migration that never ran.
var fileName = regexp.MustCompile(`^([0-9]{4})_([a-z0-9_]{1,60})\.(up|down)\.json$`)

// numbered is one schema version with its two files.
type numbered struct {
	version          uint
	name             string
	upFile, downFile string
	up, down         document
	haveUp, haveDown bool
}

// set is the checked migrations; versions[i] has version i+1.
type set struct {
	files    fs.FS
	versions []numbered
}

// newest is the highest version, 0 where there are no files.
func (s *set) newest() int { return len(s.versions) }

// at gives a version; ok is false outside 1…newest.
func (s *set) at(version int) (numbered, bool) {
	if version < 1 || version > len(s.versions) {
		return numbered{}, false
	}
	return s.versions[version-1], true
}

// source opens the files as golang-migrate reads them.
func (s *set) source() (source.Driver, error) {
	driver, err := iofs.New(s.files, ".")
	if err != nil {
		return nil, fail(CodeBadMigration, err, "the migration files cannot be read; nothing was changed")
	}
	return driver, nil
}

// load reads and checks all files, nil meaning the embedded ones.
func load(files fs.FS) (*set, error) {
	if files == nil {
		var err error
		if files, err = Files(); err != nil {
			return nil, fail(CodeBadMigration, err, "the embedded migration files cannot be read; nothing was changed")
		}
	}
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fail(CodeBadMigration, err, "the migration files cannot be listed; nothing was changed")
	}
	s := &set{files: files}
	byVersion := map[uint]*numbered{}
	for _, entry := range entries {
		if err := s.add(byVersion, entry.Name()); err != nil {
			return nil, err
		}
	}
	for version := uint(1); int(version) <= len(byVersion); version++ {
		n := byVersion[version]
		switch {
		case n == nil:
			return nil, badSet("", "there is no migration %04d, but later ones", version)
		case !n.haveUp:
			return nil, badSet(n.downFile, "its up file is missing")
		case !n.haveDown:
			return nil, badSet(n.upFile, "its down file is missing")
		}
		s.versions = append(s.versions, *n)
	}
	return s, nil
}

func badSet(file, format string, args ...any) *Error {
	return &Error{Code: CodeBadMigration, File: file,
		Message: fmt.Sprintf(format, args...) + "; nothing was changed, this build of Bayledger needs mending"}
}

// add reads one file into its version.
func (s *set) add(byVersion map[uint]*numbered, file string) error {
	parts := fileName.FindStringSubmatch(file)
	if parts == nil {
		return badSet(file, "the name is not NNNN_name.up.json or NNNN_name.down.json")
	}
	number, err := strconv.ParseUint(parts[1], 10, 32)
	if err != nil || number == 0 {
		return badSet(file, "migrations are numbered from 0001")
	}
	body, err := readBounded(s.files, file)
	if err != nil {
		return &Error{Code: CodeBadMigration, File: file, Err: err, Message: "the file cannot be read; nothing was changed"}
	}
	doc, err := parse(file, body)
	if err != nil {
		return err
	}
	n := byVersion[uint(number)]
	if n == nil {
		n = &numbered{version: uint(number), name: parts[2]}
		byVersion[n.version] = n
	}
	if n.name != parts[2] {
		return badSet(file, "there is another migration %04d, named %s", number, n.name)
	}
	if parts[3] == "up" {
		n.up, n.upFile, n.haveUp = doc, file, true
	} else {
		n.down, n.downFile, n.haveDown = doc, file, true
	}
	return nil
}

// readBounded reads a file, at most one byte more than parse takes.
func readBounded(files fs.FS, name string) (body []byte, err error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, maxFileBytes+1))
}

// checkTransforms makes sure that all up files have theirs.
func (s *set) checkTransforms(have map[string]Transform) error {
	for _, n := range s.versions {
		if step, name := n.up.missingTransform(have); step > 0 {
			return noTransform(n.upFile, step, name)
		}
	}
	return nil
}
