package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"bayledger/migrations"
	"bayledger/scanner/meaning"
	"bayledger/server"
	"bayledger/server/access"
	"bayledger/server/backup"
	"bayledger/server/documents"
	"bayledger/server/hours"
	"bayledger/server/labels"
	"bayledger/server/metrics"
	"bayledger/server/openid"
	"bayledger/server/outbound"
	"bayledger/server/rest"
	"bayledger/server/socket"
	"bayledger/server/store"
	"bayledger/server/trace"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/dgraph-io/badger/v4"
	"github.com/prometheus/client_golang/prometheus"
)

// Files that serve leaves in the data folder for local commands.
const (
	adminKeyFile = "admin.key"     // 0600: the key of the data folder's administrator
	addressFile  = "address"       // where the running server listens; removed when it ends
	lastRunFile  = "last-run.json" // how the server's runs ended; see lastRun
	layoutFolder = "labels"        // layouts of labels of one's own
)

// node is a data folder that is open, with everything on top of it.
type node struct {
	dir       string
	db        *badger.DB
	journal   journal.Journal
	book      *book.Book
	store     *store.Store
	labels    *labels.Service
	documents *documents.Service
	hub       *socket.Hub
	server    *server.Server
	adminKey  string
	log       *slog.Logger
	fatal     chan error
	metrics   *prometheus.Registry
	commits   *metrics.Commits // the journal, timed
	backup    *backup.Follower // nil: there is none
	run       *lastRun         // remembers nothing where it has not begun
	// stopWords lets what devices said be kept a last time, and waits for it.
	stopWords func()
	// stopBackup lets the follower bring the last entries, and waits for it.
	stopBackup func()
	outbound   *outbound.Service
	// stopOutbound ends what goes out, and waits for what is under way; nil: nothing does.
	stopOutbound func()
	stopHours    func() // ends what time does, and waits for it; nil: it was never begun
}

// nodeOptions are what differs between serving and a local command.
type nodeOptions struct {
	log   *slog.Logger
	hosts []string // see rest.Options
	// proxies are believed of where requests come from.
	proxies      []netip.Prefix
	smtp         *outbound.SMTP // nil: no mail is sent
	webhookAllow []netip.Prefix // see outbound.Options.Allow
	escalate     hours.Policy
	// serves: it is a server's, whose end is remembered, and what devices say to it; time
	// does its work (days, alerts).
	serves bool
	known  []socket.Device // what devices said before, beside what is kept of that
	// prints: labels that wait are printed while the folder is open.
	prints bool
	trust  http.Handler // see server.Options
	tracer *trace.Tracer
	// certificate tells when the certificate in use ends; nil: there is none.
	certificate func() (time.Time, bool)
	renewals    func() int // see metrics.Sources
	backupTo    string     // the folder of the continuous backup; "": none
	openID      *openid.Provider
	lag         uint64 // see journal.Options.CheckpointLag
	// journal opens the journal in the folder's database; nil: the one on disk.
	journal func(*badger.DB) (journal.Journal, error)
}

// openNode opens a data folder, brings it to the newest schema and starts its
// book. Errors say what to do.
func openNode(ctx context.Context, dir string, o nodeOptions) (n *node, err error) {
	// Opening makes what stays: collecting garbage meanwhile only looks at it again
	// and again.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	n = &node{dir: dir, log: o.log, run: &lastRun{now: time.Now}, fatal: make(chan error, 1), metrics: prometheus.NewRegistry()}
	defer func() {
		if err != nil {
			n.close(ctx)
		}
	}()
	options := journal.Options{NewEpoch: newEpoch, Trim: time.Tick(trimEvery), Broken: n.endAt(os.Stderr), CheckpointLag: o.lag}
	if n.db, err = openDB(dir, options); err != nil {
		return n, err
	}
	if o.serves {
		n.run.begin(filepath.Join(dir, lastRunFile), o.log) // the folder is locked now
	}
	if _, _, err = migrations.Up(ctx, n.db, migrations.Config{}); err != nil {
		return n, err
	}
	if o.journal == nil {
		options.Log = func(format string, args ...any) { o.log.Warn(fmt.Sprintf(format, args...)) }
		o.journal = func(db *badger.DB) (journal.Journal, error) { return journal.Open(db, options) }
	}
	if n.journal, err = o.journal(n.db); err != nil {
		return n, err
	}
	source, err := n.source()
	if err != nil {
		return n, err
	}
	if o.backupTo != "" { // before anything is booked
		if err := backup.Check(ctx, o.backupTo, source); err != nil {
			return n, fmt.Errorf("nothing is served: %w", err)
		}
	}
	n.commits = metrics.Journal(n.metrics, n.journal, time.Now)
	if n.book, err = book.Open(ctx, n.commits, book.Options{Room: n.journal.Room, Fatal: n.fail, Scans: meaning.Reader{},
		Report: func(err error) { o.log.Error("a scan met a fault of the program", "error", err) }}); err != nil {
		return n, err
	}
	if n.store, err = store.Open(n.db, store.Options{}); err != nil {
		return n, err
	}
	if err = n.endRights(ctx); err != nil {
		return n, err
	}
	if err = n.keepAdminKey(); err != nil {
		return n, err
	}
	if n.labels, err = labels.New(labels.Options{Book: n.book, Store: n.store, Dir: filepath.Join(dir, layoutFolder), Log: o.log, Idle: !o.prints}); err != nil {
		return n, err
	}
	disk, err := n.store.Documents()
	if err != nil {
		return n, err
	}
	n.documents = documents.New(documents.Options{Book: n.book, Disk: disk, Log: o.log})
	if err := rest.TellRights(ctx, n.book, n.store, "bayledger", n.store.Rights()); err != nil { // a full disk keeps nobody from reading
		o.log.Error("the books could not be told of all rights; they will be at the next start", "error", err)
	}
	if o.backupTo != "" {
		n.follow(o.backupTo, source, o.log)
	}
	traces := new(trace.Notes)
	known, err := n.words()
	if err != nil {
		return n, err
	}
	if n.hub, err = socket.New(n.book, socket.Options{Known: append(known, o.known...), Authenticate: n.store.Authenticate, Named: n.store.Named, Secret: rest.SocketSecret, From: rest.SocketAddress, Waiting: n.waiting, Told: n.told, Print: n.labels.FromDevice, Log: o.log, Acked: metrics.Acks(n.metrics), Traces: traces, Tracer: o.tracer}); err != nil {
		return n, err
	}
	n.labels.TellDevices(n.hub.Notify)
	if o.serves {
		n.keepWords(time.Tick(wordsEvery))
	}
	if err = n.openOutbound(&o); err != nil {
		return n, err
	}
	n.server = server.New(server.Options{Book: n.book, Outbound: n.outbound, Store: n.store, Labels: n.labels, Documents: n.documents, Sync: n.hub, Log: o.log, Version: version(), Hosts: o.hosts, TrustedProxies: o.proxies,
		Room: n.journal.Room, Disk: n.disk, Stalled: n.commits.Stalled, Trust: o.trust, OpenID: o.openID, Registry: n.metrics,
		Backup: func(ctx context.Context, after uint64, pieces bool, to io.Writer) error {
			return backup.Send(ctx, source, backup.Wish{After: after, Pieces: pieces}, to)
		}, Traces: traces, Tracer: o.tracer})
	n.measure(&o)
	if o.serves {
		n.keepHours(ctx, o.escalate)
		n.sendOut(ctx)
	}
	return n, nil
}

// measure shows what the process is asked to show at /metrics.
func (n *node) measure(o *nodeOptions) {
	s := metrics.Sources{Registry: n.metrics, Runs: n.run.told, Book: n.book, Now: time.Now, Version: version(), Hub: n.hub, Jobs: n.labels.Waiting, Reserve: journal.DefaultReserve + 2*journal.MaxBatchBytes, Certificate: o.certificate, Renewals: o.renewals}
	if j, ok := n.journal.(interface {
		Replays() uint64
		MergingStopped() bool
	}); ok { // the one of a measurement without commits has none
		s.Replays, s.Unmerged = j.Replays, j.MergingStopped
	}
	if n.backup != nil {
		s.Backup = func() metrics.Backup {
			l := n.backup.Lag()
			return metrics.Backup{At: l.At, Behind: l.Behind, Entries: l.Entries, State: string(l.State), States: backup.States()}
		}
	}
	metrics.Register(s)
}

// openError says in words why a data folder could not be opened.
func openError(dir string, err error) error {
	if strings.Contains(err.Error(), "Cannot acquire directory lock") {
		return fmt.Errorf("the data folder %s is in use by another bayledger; use --server, or stop it", dir)
	}
	if errors.Is(err, journal.ErrDamaged) {
		return err
	}
	return fmt.Errorf("the data folder %s cannot be opened: %w. Where a file of it is damaged, keep the folder as it is, and restore the newest backup into a new one", dir, err)
}

// newEpoch names a new journal: random, so that two never share entry numbers.
func newEpoch() string { return strings.ToLower(rand.Text()[:13]) }

// endAt ends the process where the disk cannot be relied on any more. What was
// acknowledged is on it; whoever goes on could only lose.
func endAt(errs io.Writer) func(error) {
	return func(err error) {
		fmt.Fprintf(errs, "bayledger: the disk failed, and the program ends; what was acknowledged is safe: %v\n", err)
		os.Exit(exitFailed)
	}
}

// endAt is endAt of a server, whose next run remembers why.
func (n *node) endAt(errs io.Writer) func(error) {
	end := endAt(errs)
	return func(err error) {
		n.run.failed(err)
		end(err)
	}
}

// fail notes that a commit failed; whoever serves ends the process.
func (n *node) fail(err error) {
	n.run.failed(err)
	select {
	case n.fatal <- err:
	default:
	}
}

// disk tells what the folder takes and what is free, for metrics.
func (n *node) disk() (used int64, free uint64, err error) {
	free, err = journal.FreeBytes(n.dir)
	return n.journal.Size(), free, err
}

// endRights takes back what the books of a backup have ended, and its rows have not.
func (n *node) endRights(ctx context.Context) error {
	restored, err := n.store.Restored()
	if err != nil || !restored {
		return err
	}
	ended, err := rest.EndRights(ctx, n.book, n.store)
	for _, name := range ended {
		n.log.Warn("a right had been taken back or changed after the backup copied the keys; it is as the books have it, whoever is to have more is given it anew", "right", name)
	}
	return err
}

// keepAdminKey reads the folder's key, or makes a new one where it is missing.
func (n *node) keepAdminKey() error {
	path := filepath.Join(n.dir, adminKeyFile)
	known, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("the key file %s cannot be read: %w", path, err)
	}
	secret, created, err := n.store.EnsureAdmin(strings.TrimSpace(string(known)))
	if err != nil {
		return err
	}
	n.adminKey = secret
	if !created {
		return nil
	}
	if err := writeDurably(path, []byte(secret+"\n")); err != nil {
		return fmt.Errorf("the key file %s cannot be written: %w", path, err)
	}
	return nil
}

// waiting is what a device is told when it connects.
func (n *node) waiting(device string) (w socket.Waiting) {
	k, _ := n.store.Lookup(device)
	for _, m := range n.store.Messages(device) {
		w.Messages = append(w.Messages, m.Text)
	}
	_, asked := n.store.Logs(device)
	w.Renew, w.Log = k.Renew, asked != nil
	return w
}

// told forgets messages that a device was shown; where that cannot be stored it is
// shown them again.
func (n *node) told(device string, count int) {
	if err := n.store.Told(device, count); err != nil {
		n.log.Warn("messages of a device could not be forgotten", "device", device, "error", err)
	}
}

// trimEvery is how often the journal looks whether to give back memory: often
// enough that little gathers, at a cost of a short file's reading.
const trimEvery = time.Second

// drainWithin is how long a stopping server lets others finish.
const drainWithin = 10 * time.Second

// close lets everything finish in the order in which it depends on each other.
func (n *node) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainWithin)
	defer cancel()
	if n.server != nil {
		n.server.Drain(ctx)
	}
	if n.hub != nil {
		n.hub.Drain(ctx)
	}
	if n.stopWords != nil {
		n.stopWords()
	}
	if n.labels != nil {
		n.labels.Close(ctx)
	}
	if n.stopOutbound != nil {
		n.stopOutbound()
	}
	if n.stopHours != nil {
		n.stopHours()
	}
	if n.book != nil {
		n.book.Close()
	}
	if n.stopBackup != nil {
		n.stopBackup()
	}
	if n.journal != nil {
		_ = n.journal.Close() // an error means a longer start next time
	}
	n.run.ended()
	if n.db != nil {
		_ = n.db.Close()
	}
}

// listen opens the server's socket.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("the server cannot listen on %s: %w", addr, err)
	}
	return l, nil
}

// bookIntents books intents that the server itself states; repeats are fine.
func bookIntents(ctx context.Context, n *node, intents []ledger.Intent) error {
	received := make([]ledger.Received, len(intents))
	for i := range intents {
		received[i] = wire.Receive(intents[i])
	}
	answer, err := n.book.Do(ctx, book.Source{Role: string(access.Admin), Transport: book.Stated}, received)
	if err != nil {
		return err
	}
	for _, r := range answer.Results {
		if r.Outcome == ledger.Refused || r.Outcome == ledger.Parked {
			return fmt.Errorf("intent %d was %s: %s", r.Seq, r.Outcome, r.Message)
		}
	}
	return nil
}
