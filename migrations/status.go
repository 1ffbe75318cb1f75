package migrations

import (
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// Migration is one schema version of this build.
type Migration struct {
	Version uint
	Name    string // "layout"
	File    string // "0001_layout.up.json"
	About   string
}

// Interruption is a file that was begun and not finished.
type Interruption struct {
	File        string // empty where no numbered file fits
	Step, Steps int    // step under way, counted from 1, and how many there are
	Keys        int    // keys done
}

// State is what a data folder's schema is like.
type State struct {
	Version     uint // last version finished, 0: none
	Newest      uint // newest version this build knows
	Newer       bool // written by a newer Bayledger: Up would refuse it
	Dropping    bool // a Drop was interrupted
	Interrupted *Interruption
	Locked      *Holder // who holds the lock, or left it behind
	Pending     []Migration
}

// Status reads the state of a data folder against the embedded files. It
// changes nothing, and works on a database opened read-only.
func Status(db *badger.DB) (State, error) { return statusOf(db, Config{}) }

// Pending lists the embedded migrations that Up would apply, an interrupted
// one first. It is empty for a folder of a newer Bayledger.
func Pending(db *badger.DB) ([]Migration, error) {
	state, err := Status(db)
	return state.Pending, err
}

func statusOf(db *badger.DB, cfg Config) (State, error) {
	files, err := load(cfg.Files)
	if err != nil {
		return State{}, err
	}
	d, err := newDriver(db, cfg)
	if err != nil {
		return State{}, err
	}
	r, err := d.read()
	if err != nil {
		return State{}, err
	}
	state := State{Version: visible(r.clean()), Newest: uint(files.newest()), Newer: r.highest() > files.newest(), Dropping: r.dropping}
	if r.locked {
		state.Locked = &Holder{r.lock.Holder, r.lock.Since}
	}
	clean := r.clean()
	if r.dropping {
		clean, state.Version = 0, 0
	} else if r.version.Dirty {
		u := &upgrade{driver: d, files: files}
		file, doc, _ := u.interrupted(r)
		step := min(r.cursor.Step+1, len(doc.steps))
		state.Interrupted = &Interruption{File: file, Step: step, Steps: len(doc.steps), Keys: r.cursor.Done}
		if r.version.Version < r.version.From {
			clean = r.version.Version // an interrupted down is finished, then all from there up
		}
	}
	if !state.Newer {
		for v := max(clean, 0) + 1; v <= files.newest(); v++ {
			n, _ := files.at(v)
			state.Pending = append(state.Pending, Migration{n.version, n.name, n.upFile, n.up.about})
		}
	}
	return state, nil
}

// String says the state in one sentence.
func (s State) String() string {
	switch {
	case s.Newer:
		return fmt.Sprintf("schema version %d or above, this Bayledger knows %d: install the newer one or restore a backup", s.Version, s.Newest)
	case s.Dropping:
		return "a drop of this folder was interrupted; migrating finishes it and starts afresh"
	case s.Interrupted != nil:
		return fmt.Sprintf("schema version %d of %d, and %s was interrupted at step %d of %d; migrating goes on from there",
			s.Version, s.Newest, s.Interrupted.File, s.Interrupted.Step, s.Interrupted.Steps)
	case len(s.Pending) > 0:
		return fmt.Sprintf("schema version %d of %d; %d to go", s.Version, s.Newest, len(s.Pending))
	}
	return fmt.Sprintf("schema version %d, the newest", s.Version)
}
