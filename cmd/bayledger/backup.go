package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bayledger/migrations"
	"bayledger/server/backup"
	"bayledger/server/store"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
	"github.com/spf13/cobra"
)

// source is the folder as a backup is made of it.
func (n *node) source() (backup.Source, error) {
	return sourceOf(n.dir, n.db, n.journal, func(path string, why error) {
		n.log.Warn("a file in the data folder is not Bayledger's and cannot be copied: no backup has it; move it elsewhere", "file", path, "error", why)
	})
}

func sourceOf(dir string, db *badger.DB, j journal.Journal, skipped func(path string, why error)) (backup.Source, error) {
	state, err := migrations.Status(db)
	if err != nil {
		return nil, err
	}
	return backup.Local(backup.Folder{Dir: dir, Journal: j, Rows: store.NewRows(db).Each, Schema: state.Version, Program: version(),
		Ours: []string{adminKeyFile, authorityFolder, layoutFolder}, Skipped: skipped}), nil
}

// backupEvery is how far a continuous backup may fall behind an idle disk.
const backupEvery = time.Second

// follow keeps a backup behind the server until the node is closed.
func (n *node) follow(dir string, from backup.Source, log *slog.Logger) {
	n.backup = backup.NewFollower(dir, from, n.journal, log, time.Now)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.backup.Run(ctx, time.Tick(backupEvery))
	}()
	n.stopBackup = func() {
		stop()
		<-ended
	}
}

func (a *app) backupCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "backup DIR", Short: "Copy what is new into a backup", Args: exactly(1, "backup takes one word, the backup's folder"),
		Long: "Bring all that is new since the last time into the backup in DIR, or begin one there. The server may run: it is asked for what is new, and never waits.\n" +
			"A backup that is cut short is as it was before. To have one that is always seconds behind, start the server with --backup-to DIR.",
		RunE: func(c *cobra.Command, words []string) error { return a.backup(c.Context(), words[0]) },
	}
	var temp string
	verify := &cobra.Command{
		Use: "verify DIR", Short: "Read a backup back, and prove the books that come of it", Args: exactly(1, "backup verify takes one word, the backup's folder"),
		Long: "Read every file of a backup, compare its checksum, make a data folder of it in a temporary place, and prove that as verify does. It takes as much room there as the data folder.",
		RunE: func(c *cobra.Command, words []string) error { return a.backupVerify(c.Context(), words[0], temp) },
	}
	verify.Flags().StringVar(&temp, "temp", "", "where to make the data folder; default: the system's temporary folder")
	c.AddCommand(verify)
	return c
}

// apart refuses a backup inside the data folder, which would be a part of itself, and
// gone with it.
func apart(data, dir string) error {
	inside := func(a, b string) bool {
		way, err := filepath.Rel(a, b)
		return err == nil && filepath.IsLocal(way)
	}
	whole, err := filepath.Abs(data)
	if err != nil {
		return err
	}
	target, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if inside(whole, target) || inside(target, whole) {
		return misused("the backup's folder %s and the data folder %s lie one in the other: name one elsewhere, better on another disk", dir, data)
	}
	return nil
}

func (a *app) backup(ctx context.Context, dir string) error {
	if a.server == "" {
		if err := apart(a.data, dir); err != nil {
			return err
		}
	}
	from, done, err := a.backupSource(ctx)
	if err != nil {
		return err
	}
	defer done()
	w, err := backup.Open(dir)
	if err != nil {
		return err
	}
	taken, err := w.Take(ctx, from, true)
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	what := fmt.Sprintf("entries %d to %d were added", taken.From, taken.To)
	if taken.From > taken.To {
		what = fmt.Sprintf("it has all %d entries", taken.To)
	}
	if taken.Server {
		what += ", keys and files anew"
	}
	_, err = fmt.Fprintf(a.out, "The backup in %s is up to date: %s (%d bytes).\n", dir, what, taken.Bytes)
	return err
}

// backupSource is the server that is named or runs on the folder, else the folder.
func (a *app) backupSource(ctx context.Context) (backup.Source, func(), error) {
	client, err := a.httpClient()
	if err != nil {
		return nil, nil, err
	}
	server := a.running(ctx, client)
	if a.server != "" {
		if server, _, err = a.connect(ctx); err != nil {
			return nil, nil, err
		}
	}
	if server != nil {
		return backup.Remote(func(ctx context.Context, w backup.Wish) (io.ReadCloser, error) {
			return server.do(ctx, http.MethodGet, fmt.Sprintf("/v1/backup?after=%d&pieces=%t", w.After, w.Pieces), "", nil)
		}), client.CloseIdleConnections, nil
	}
	options := journal.Options{NewEpoch: newEpoch, Broken: endAt(a.err)}
	db, err := a.openFolder(options)
	if err != nil {
		return nil, nil, err
	}
	j, err := journal.Open(db, options)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	from, err := sourceOf(a.data, db, j, func(path string, why error) {
		fmt.Fprintf(a.err, "bayledger: %s is not Bayledger's and cannot be copied: the backup does not have it (%v)\n", path, why)
	})
	if err != nil {
		return nil, nil, errors.Join(err, j.Close(), db.Close())
	}
	return from, func() { _, _ = j.Close(), db.Close() }, nil // an error means a longer start
}

func (a *app) backupVerify(ctx context.Context, dir, temp string) error {
	bar := a.progress("backup verify", 0)
	defer bar.done()
	v, err := backup.Verify(ctx, dir, temp, a.restoreOptions(), func(n uint64) { bar.grow(int64(n), int64(n)+1) })
	if err != nil {
		return err
	}
	bar.done()
	_, err = fmt.Fprintf(a.out, "The backup in %s is sound: %d files (%d bytes) are as they were written, and %d entries were restored and verified, the last booked at %s. Head %s.\n",
		dir, v.Files, v.Bytes, v.Entries, backup.Moment(v.BookedAt), v.Hash)
	return err
}

func (a *app) restoreOptions() journal.Options {
	return journal.Options{NewEpoch: newEpoch, Broken: endAt(a.err)}
}

func (a *app) restoreCommand() *cobra.Command {
	var at, rest string
	var entry uint64
	c := &cobra.Command{
		Use: "restore BACKUP DIR", Short: "Make a data folder of a backup", Args: exactly(2, "restore takes two words: the backup's folder, and the data folder to make"),
		Long: "Make a data folder of a backup, in an empty or missing folder. With --entry or --at the books end there: with the last batch that lies wholly before it.\n" +
			"Handhelds that connect to a restored server send again what it does not have. --rest keeps what people meant by the entries that are left out, for bayledger replay.",
		RunE: func(c *cobra.Command, words []string) error {
			o := backup.RestoreOptions{Entry: entry, Journal: a.restoreOptions()}
			if c.Flags().Changed("entry") && entry == 0 {
				return misused("--entry is the number of an entry, from 1")
			}
			if at != "" {
				moment, err := time.Parse(time.RFC3339, at)
				if err != nil {
					return misused("--at is a moment such as 2026-03-02T09:15:00Z")
				}
				o.At = ledger.Time(moment.UnixMicro())
			}
			return a.restore(c.Context(), words[0], words[1], rest, o)
		},
	}
	c.Flags().Uint64Var(&entry, "entry", 0, "end the books with this entry")
	c.Flags().StringVar(&at, "at", "", "end the books at this moment")
	c.Flags().StringVar(&rest, "rest", "", "a new file for the intents that are left out, as JSON lines")
	return c
}

// counts writes how many there are of each, in the order of names: "3 of a product, 1 of a right".
func counts(of map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, fmt.Sprintf("%d of a %s", of[name], name))
	}
	return strings.Join(parts, ", ")
}

func (a *app) restore(ctx context.Context, from, dir, rest string, o backup.RestoreOptions) (err error) {
	if rest != "" {
		f, err := os.OpenFile(rest, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("the file for what is left out cannot be made: %w", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		o.Rest = f
	}
	bar := a.progress("restore", 0)
	defer bar.done()
	o.Progress = func(n uint64) { bar.grow(int64(n), int64(n)+1) }
	done, err := backup.Restore(ctx, from, dir, o)
	if err != nil {
		return err
	}
	bar.done()
	fmt.Fprintf(a.out, "%s was made: %d of the backup's %d entries, the last booked at %s. Its epoch is new: start a server on it, and handhelds send again what came after.\n",
		filepath.Clean(dir), done.Entries, done.Of, backup.Moment(done.BookedAt))
	if done.Cut > 0 {
		fmt.Fprintf(a.out, "Entry %d was booked in one batch with those from %d on, which are restored together or not at all: they were left out.\n", o.Entry, done.Cut)
	}
	if rest != "" {
		fmt.Fprintf(a.out, "%d intents that were left out are in %s; bayledger replay takes them.\n", done.Rest, rest)
	}
	if len(done.Unkept) > 0 {
		fmt.Fprintf(a.out, "These changes were left out too and are in no file, since nobody scanned them; make them again where they are to hold: %s.\n", counts(done.Unkept))
	}
	return nil
}
