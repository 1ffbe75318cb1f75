package migrations

import (
	"context"
	"errors"

	"github.com/dgraph-io/badger/v4"
	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database"
	"github.com/golang-migrate/migrate/v4/source"
)

// Up brings a data folder to the newest version and tells from which version
// to which it went (0: none). A fresh folder goes to the newest; what was
// interrupted is finished first. On an error, to is the last version finished.
//
// Call it right after opening the folder, before anything else uses it: a lock
// it finds is taken for stale. db stays open.
func Up(ctx context.Context, db *badger.DB, cfg Config) (from, to uint, err error) {
	files, err := load(cfg.Files)
	if err != nil {
		return 0, 0, err
	}
	if err := files.checkTransforms(cfg.Transforms); err != nil {
		return 0, 0, err
	}
	d, err := newDriver(db, cfg)
	if err != nil {
		return 0, 0, err
	}
	d.stop = func() error { return context.Cause(ctx) }
	u := &upgrade{driver: d, files: files}
	from, err = u.begin()
	if err != nil {
		return from, from, err
	}
	err = u.resume()
	if err == nil {
		err = u.climb()
	}
	to = from
	if r, readErr := d.read(); readErr == nil {
		to = visible(r.clean())
	} else {
		err = errors.Join(err, readErr)
	}
	return from, to, err
}

// visible is a version for people: none is 0, not -1.
func visible(version int) uint { return uint(max(version, 0)) }

// upgrade is one call of Up.
type upgrade struct {
	driver *Driver
	files  *set
}

// begin refuses what must not be touched, and clears a stale lock.
func (u *upgrade) begin() (from uint, err error) {
	r, err := u.driver.read()
	if err != nil {
		return 0, err
	}
	from = visible(r.clean())
	if r.dropping {
		from = 0
	}
	newest := u.files.newest()
	if r.highest() > newest {
		return from, newer(r.highest(), newest)
	}
	if err := u.driver.stop(); err != nil {
		return from, stopped(err)
	}
	if !r.dropping && (r.version.Dirty || r.version.Version < newest) {
		if err := u.driver.verify(); err != nil {
			return from, err
		}
		if !r.versions {
			if err := u.refuseForeign(); err != nil {
				return from, err
			}
		}
	}
	_, err = u.driver.BreakLock()
	return from, err
}

func newer(have, known int) *Error {
	return fail(CodeNewerData, nil, "this data folder was written by a newer Bayledger (schema version %d, this one knows %d); "+
		"nothing was changed; install the newer Bayledger, or restore a backup made by this one", have, known)
}

func stopped(cause error) *Error {
	return fail(CodeStopped, cause, "the migration was stopped as asked; what was done is kept, and the next start goes on from there")
}

// refuseForeign gives an error where a folder without a version holds keys:
// it is not Bayledger's, or lost its version, and neither may be guessed at.
func (u *upgrade) refuseForeign() error {
	err := u.driver.db.View(func(txn *badger.Txn) error {
		options := badger.DefaultIteratorOptions
		options.PrefetchValues = false
		it := txn.NewIterator(options)
		defer it.Close()
		for it.Rewind(); it.Valid(); {
			key := it.Item().Key()
			if key[0] != RoomMigrations {
				return fail(CodeForeignData, nil, "this folder holds data (first key %q), but no schema version of Bayledger; "+
					"nothing was changed; give another folder, or restore a backup", key)
			}
			it.Seek([]byte{RoomMigrations + 1}) // the lock and the like
		}
		return nil
	})
	return asError(err, "looking at what it holds")
}

// resume finishes an interrupted Drop or file.
func (u *upgrade) resume() error {
	r, err := u.driver.read()
	if err != nil || !r.dropping && !r.version.Dirty {
		return err
	}
	if err := u.driver.Lock(); err != nil {
		return err
	}
	if r.dropping {
		u.driver.cfg.log("finishing an interrupted drop of the data folder")
		err = u.driver.Drop()
	} else {
		err = u.finishFile(r)
	}
	return errors.Join(err, u.driver.Unlock())
}

// finishFile runs the rest of the file that a dirty version stands for.
func (u *upgrade) finishFile(r records) error {
	file, doc, ok := u.interrupted(r)
	if !ok {
		return fail(CodeUnknownDirty, nil, "the data folder was left dirty at schema version %d by something else than a numbered "+
			"migration (it stood at %d); nothing was changed; restore a backup, or force the version if you know that it is whole",
			r.version.Version, r.version.From)
	}
	u.driver.cfg.log("finishing %s, which was interrupted", file)
	if step, name := doc.missingTransform(u.driver.cfg.Transforms); step > 0 {
		return noTransform(file, step, name)
	}
	if err := u.driver.execute(doc); err != nil {
		return inFile(err, file)
	}
	return u.driver.SetVersion(r.version.Version, false)
}

// interrupted finds the file that leads from the last clean version to the
// dirty one. golang-migrate goes one file at a time, up or down.
func (u *upgrade) interrupted(r records) (file string, doc document, ok bool) {
	target, from := r.version.Version, r.version.From
	switch {
	case max(target, 0) == max(from, 0)+1:
		n, ok := u.files.at(target)
		return n.upFile, n.up, ok
	case max(target, 0) == max(from, 0)-1:
		n, ok := u.files.at(from)
		return n.downFile, n.down, ok
	}
	return "", document{}, false
}

// inFile names the file in an error of a run.
func inFile(err error, file string) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Step == 0 && e.Code != CodeChangedFile {
		return err
	}
	named := *e
	named.File = file
	return &named
}

// climb runs the files ahead through golang-migrate, one by one, so that a
// stop between two files is one between two steps of its.
func (u *upgrade) climb() error {
	for {
		version, _, err := u.driver.Version()
		if err != nil || version >= u.files.newest() {
			return err
		}
		if err := u.driver.stop(); err != nil {
			return stopped(err)
		}
		next, _ := u.files.at(max(version, 0) + 1)
		u.driver.cfg.log("migrating the data folder from schema version %d to %d (%s)", max(version, 0), next.version, next.upFile)
		files, err := u.files.source()
		if err != nil {
			return err
		}
		if err := oneUp(files, u.driver); err != nil {
			return inFile(err, next.upFile)
		}
	}
}

// oneUp does one step by golang-migrate. Its own Close would close the
// database, which is the caller's.
func oneUp(files source.Driver, db database.Driver) error {
	m, err := migrate.NewWithInstance("files", files, "badger", db)
	if err == nil {
		err = m.Steps(1)
	}
	if err = errors.Join(err, files.Close()); err == nil {
		return nil
	}
	if e, ours := errors.AsType[*Error](err); ours {
		return e
	}
	return fail(CodeStorage, err, "golang-migrate gave up; what was done is kept")
}
