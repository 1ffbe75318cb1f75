package migrations

import (
	"errors"
	"net/url"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database"
)

// Open opens the folder of a URL badger:///absolute/path, with synchronous
// writes, and breaks a lock left there: the folder could be opened, so whoever
// held it is gone. The folder is made where there is none.
func Open(rawURL string, cfg Config) (database.Driver, error) {
	path, err := pathOf(rawURL)
	if err != nil {
		return nil, err
	}
	db, err := badger.Open(badger.DefaultOptions(path).WithSyncWrites(true).WithLogger(nil))
	if err != nil {
		return nil, storage(err, "opening it (is another Bayledger running on it?)")
	}
	d, err := newDriver(db, cfg)
	if err == nil {
		_, err = d.BreakLock()
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return d, nil
}

// Open is Open with this driver's Config; the zero Driver will do.
func (d *Driver) Open(rawURL string) (database.Driver, error) { return Open(rawURL, d.cfg) }

// pathOf reads badger:///path. As in golang-migrate's drivers, query members
// that start with x- are theirs and ignored; others are refused.
func pathOf(rawURL string) (string, error) {
	const want = "use badger:///absolute/path/of/the/data/folder"
	parsed, err := url.Parse(rawURL)
	switch {
	case err != nil:
		return "", fail(CodeBadURL, nil, "the database URL cannot be read; %s", want)
	case parsed.Scheme != "badger":
		return "", fail(CodeBadURL, nil, "the database URL has scheme %q; %s", parsed.Scheme, want)
	case parsed.Host != "" || parsed.Opaque != "" || parsed.User != nil || !filepath.IsAbs(parsed.Path):
		return "", fail(CodeBadURL, nil, "the database URL names no absolute path; %s", want)
	}
	if filtered := migrate.FilterCustomQuery(parsed); filtered.RawQuery != "" || parsed.Fragment != "" {
		return "", fail(CodeBadURL, nil, "the database URL has options that are not known here; %s", want)
	}
	return filepath.Clean(parsed.Path), nil
}
