package main

import (
	"context"
	"fmt"
	"os"

	"bayledger/migrations"
	"bayledger/sync/book"
	"bayledger/sync/journal"

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
	if _, err := os.Stat(a.data); err != nil {
		return fmt.Errorf("there is no data folder %s", a.data)
	}
	options := journal.Options{NewEpoch: newEpoch}
	db, err := journal.OpenDB(a.data, options)
	if err != nil {
		return openError(a.data, err)
	}
	defer db.Close()
	state, err := migrations.Status(db)
	if err != nil {
		return err
	}
	if state.Newer {
		return fmt.Errorf("the data folder %s was written by a newer bayledger; verify it with that one", a.data)
	}
	if len(state.Pending) > 0 {
		return fmt.Errorf("the data folder %s needs %d migrations first; run bayledger migrate", a.data, len(state.Pending))
	}
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
