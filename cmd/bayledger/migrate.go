package main

import (
	"fmt"
	"os"

	"bayledger/migrations"
	"bayledger/sync/journal"

	"github.com/spf13/cobra"
)

func (a *app) migrateCommand() *cobra.Command {
	var status bool
	c := &cobra.Command{
		Use: "migrate", Short: "Bring a data folder to the newest schema", Args: exactly(0, "migrate takes no words"),
		Long: "Bring a data folder to the newest schema. The server does this by itself when it starts; an interrupted migration goes on where it stopped.",
		RunE: func(c *cobra.Command, _ []string) error {
			if _, err := os.Stat(a.data); err != nil {
				return fmt.Errorf("there is no data folder %s", a.data)
			}
			db, err := openDB(a.data, journal.Options{Broken: endAt(a.err)})
			if err != nil {
				return err
			}
			defer db.Close()
			if !status {
				bar := a.progress("migrate", 0)
				from, to, err := migrations.Up(c.Context(), db, migrations.Config{Progress: func(done, total int) { bar.grow(int64(done), int64(total)) }})
				bar.done()
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(a.out, "The schema was %d and is %d.\n", from, to)
				return err
			}
			state, err := migrations.Status(db)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.out, state)
			return err
		},
	}
	c.Flags().BoolVar(&status, "status", false, "only tell which schema the folder has")
	return c
}
