package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"bayledger/migrations"
	"bayledger/sync/book"
	"bayledger/sync/journal"

	"github.com/dgraph-io/badger/v4"
	"github.com/spf13/cobra"
)

func (a *app) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "verify", Short: "Prove the books: every entry, every balance", Args: exactly(0, "verify takes no words"),
		Long: "Read every entry of a data folder, check the checksums and the hash chain, take all moves together again and compare every balance.\n" +
			"The server must not run on the folder meanwhile. Names what is wrong first, and changes nothing.",
		RunE: func(c *cobra.Command, _ []string) error {
			if a.server != "" {
				return misused("verify reads a data folder where it lies; it cannot be asked of a server")
			}
			return a.verify(c.Context())
		},
	}
}

func (a *app) verify(ctx context.Context) error {
	options := journal.Options{NewEpoch: newEpoch, Broken: endAt(a.err)}
	if err := journal.CheckFiles(a.data, true); err != nil {
		return err
	}
	db, err := a.openFolder(options)
	if err != nil {
		return err
	}
	defer db.Close()
	j, err := journal.Open(db, options)
	if err != nil {
		return err
	}
	defer j.Close()
	head := j.Head()
	bar := a.progress("verify", int64(head.N))
	defer bar.done()
	if err := book.Verify(ctx, j, func(n uint64) { bar.set(int64(n)) }); err != nil {
		return err
	}
	bar.done()
	_, err = fmt.Fprintf(a.out, "%d entries verified: numbering, checksums, hash chain and every balance are right. Head %x.\n", head.N, head.Hash)
	return err
}

// openFolder opens the data folder as it lies, for commands that look at it or mend
// it: it must be there, and of this program's schema.
func (a *app) openFolder(o journal.Options) (db *badger.DB, err error) {
	if _, err := os.Stat(a.data); err != nil {
		return nil, fmt.Errorf("there is no data folder %s", a.data)
	}
	if db, err = openDB(a.data, o); err != nil {
		return nil, err
	}
	state, err := migrations.Status(db)
	switch {
	case err != nil:
	case state.Newer:
		err = fmt.Errorf("the data folder %s was written by a newer bayledger; use that one", a.data)
	case len(state.Pending) > 0:
		err = fmt.Errorf("the data folder %s needs %s first; run bayledger migrate", a.data, counted(len(state.Pending), "migration"))
	default:
		return db, nil
	}
	return nil, errors.Join(err, db.Close())
}

// counted is a number of things in words: 1 migration, 2 migrations.
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
