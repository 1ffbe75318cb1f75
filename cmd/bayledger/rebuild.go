package main

import (
	"context"
	"fmt"

	"bayledger/sync/journal"

	"github.com/spf13/cobra"
)

func (a *app) rebuildCommand() *cobra.Command {
	return &cobra.Command{
		Use: "rebuild", Short: "Make balances and indexes anew from the entries", Args: exactly(0, "rebuild takes no words"),
		Long: "Check every entry of a data folder, and make everything anew that follows from them: balances, catalogue, histories, the index of scans.\n" +
			"For a folder of which verify says that these are wrong or cannot be read. The server must not run on the folder meanwhile. Where an entry\n" +
			"itself is damaged it says which, and changes nothing. It can be broken off and begun again.",
		RunE: func(c *cobra.Command, _ []string) error {
			if a.server != "" {
				return misused("rebuild mends a data folder where it lies; it cannot be asked of a server")
			}
			return a.rebuild(c.Context())
		},
	}
}

func (a *app) rebuild(ctx context.Context) error {
	options := journal.Options{NewEpoch: newEpoch, Broken: endAt(a.err)}
	db, err := a.openFolder(options)
	if err != nil {
		return err
	}
	defer db.Close()
	last := uint64(0)
	bar := a.progress("rebuild", 0)
	defer bar.done()
	if err := journal.Rebuild(ctx, db, options, func(n uint64) { last = n; bar.grow(int64(n), int64(n)+1) }); err != nil {
		return err
	}
	bar.done()
	_, err = fmt.Fprintf(a.out, "%d entries were checked, and all that follows from them was made anew. Run bayledger verify to prove it.\n", last)
	return err
}
