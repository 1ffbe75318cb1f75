package journal

import (
	"errors"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// Options of a journal; the zero value stands for the defaults, but a new folder
// needs NewEpoch.
type Options struct {
	// FreeBytes tells how much room there is for the data folder; nil asks the file
	// system. An error of it stops nothing: the commit itself will tell.
	FreeBytes func() (uint64, error)
	// Reserve is the room that must stay free for an Append to be tried; 0 stands
	// for DefaultReserve.
	Reserve uint64
	// NewEpoch makes the name of a new folder's epoch: random, at most MaxEpoch
	// bytes, never used before. It is called at most once.
	NewEpoch func() string
	// CheckpointLag is after how many entries a changed row is written into a run; 0
	// stands for DefaultLag. More lag means fewer writes, a longer restart and more
	// memory.
	CheckpointLag uint64
	// Trim, if set, has the journal look at each tick whether the process holds
	// many pages of Badger's tables, and give them back to the system if so; on
	// Linux, elsewhere nothing happens. With it, the journal must be closed before
	// its database is.
	Trim <-chan time.Time
	// Log, if set, is given what Badger warns of.
	Log func(format string, args ...any)
	// Broken is OpenDB's: it is called where Badger could not bring something to the
	// disk and would try again on top of it, and must end the process, since after a
	// sync that failed nobody knows what is there. It may be called by any goroutine
	// and must not return. nil panics.
	Broken func(error)
}

const (
	// DefaultReserve leaves room for what Badger writes after a commit: some
	// tables and their compaction.
	DefaultReserve = 256 << 20
	// DefaultLag: at two row changes an entry a cell of 100,000 is changed four
	// times before it is written; a restart replays 400,000 changes in a tenth of a
	// second.
	DefaultLag = 200_000
)

func (o Options) withDefaults() Options {
	if o.Reserve == 0 {
		o.Reserve = DefaultReserve
	}
	if o.CheckpointLag == 0 {
		o.CheckpointLag = DefaultLag
	}
	return o
}

// Sizes of the database. Blocks are written once, in ascending order and already
// compressed; all other values are small.
const (
	// memTable bounds what a restart replays, and sets the size of a transaction
	// (15 % of it, 1.2 MiB). Badger keeps up to eight table builders' memory for
	// the next ones, each several times this size: 16 MiB would double that.
	memTable = 8 << 20
	// memTables may wait to be flushed before a commit waits for them.
	memTables = 3
	// levelZero tables are merged into the levels below at once: few large merges
	// of rows rather than many small ones.
	levelZero, levelZeroStall = 10, 20
	// baseTable is the size of tables at all levels: Badger keeps memory of several
	// times the largest one for each of up to eight builders. 10,000,000 entries are
	// about 4 GiB, in 500 files.
	baseTable   = 8 << 20
	tableGrowth = 1
	baseLevel   = 64 << 20
	// valueThreshold keeps every value in the tables: nothing ever reaches the
	// value log, which is never collected.
	valueThreshold = 1 << 20
	// valueLog is the size of the value log's one, empty file: the smallest that
	// Badger takes, since it is mapped and synced with every commit.
	valueLog = 1 << 20
	// noCache: tables that Badger does not compress are read from the page cache,
	// their indexes and filters too; a cache of its own would only copy them.
	noCache = 0
)

// OpenDB opens the database of a data folder as a journal needs it, creating it
// where there is none. Badger locks the folder: a second OpenDB fails.
func OpenDB(dir string, o Options) (*badger.DB, error) {
	b := badger.DefaultOptions(dir).
		WithSyncWrites(true).
		WithDetectConflicts(false). // one goroutine appends, and other rooms write keys of their own
		WithCompression(options.None).
		WithMemTableSize(memTable).
		WithNumMemtables(memTables).
		WithNumLevelZeroTables(levelZero).
		WithNumLevelZeroTablesStall(levelZeroStall).
		WithBaseTableSize(baseTable).
		WithBaseLevelSize(baseLevel).
		WithValueThreshold(valueThreshold).
		WithValueLogFileSize(valueLog).
		WithBlockCacheSize(noCache).
		WithIndexCacheSize(noCache).
		WithNumCompactors(2). // the fewest there may be
		WithNumGoroutines(2).
		WithMetricsEnabled(false). // Badger's metrics are global
		WithLogger(newWatch(o))
	b.TableSizeMultiplier = tableGrowth
	if err := errors.Join(makeFolder(dir), removeEmptyLogs(dir), CheckFiles(dir, false)); err != nil {
		return nil, err
	}
	return badger.Open(b)
}
