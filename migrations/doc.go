// Package migrations brings a Bayledger data folder (a Badger v4 database) to
// the schema that this program knows: golang-migrate's database.Driver for
// Badger, the numbered migrations as embedded files, and [Up], which the
// server calls at start.
//
// # The key space
//
// This is the map of everything Bayledger keeps in Badger. The first byte of a
// key is its room; BE is big endian; len-prefixed means its length goes before
// it, so that no name is a prefix of another.
//
//	room  owner         keys
//	'm'   migrations    "mversion" schema version, dirty or not · "mlock" who migrates · "mcursor" how far an
//	                    unfinished file is · "mdrop" a Drop is under way
//	'b'   sync/journal  'b' + BE uint64 (n of the first entry) → block, the entries of one batch
//	'i'   sync/journal  'i' + len-prefixed device + len-prefixed install + BE uint64 (last seq in the blocks)
//	                    → piece of the device index: the blocks that hold seqs of the install
//	'c'   sync/journal  checkpoint: cells and summaries, of folders of schema 1
//	'r'   sync/journal  'r' + BE uint64 run + BE uint32 page → page of a run, many cells and summaries
//	's'   sync/journal  's' + len-prefixed key + BE uint64 (n of the first entry) → segment, what batches in a row
//	                    appended to the key
//	'j'   sync/journal  metadata: "jformat" format of the layout, "jepoch", "jruns" the runs, "jmark" and "jspan", from where on rows
//	                    and segments are in blocks only
//	'k'   server/store  'ku' users · 'kk' device keys · 'ks' settings · 'kp' print jobs, labels, printers ·
//	                    'kn' number ranges, numbers given · 'ko' names of operators · 'kg' documents: adjustments, deliveries,
//	                    and which intents name a delivery
//	'o'   scanner/outbox rows of a handheld's outbox, in the handheld's own data folder
//
// [Rooms] gives the same list to programs. Keys outside these rooms are not
// Bayledger's: no migration touches them, and a folder without a version that
// holds any key is refused.
//
// # Migration files
//
// Each schema version has two files, NNNN_name.up.json and NNNN_name.down.json,
// numbered from 0001 without a gap. A file that landed never changes. Its body:
//
//	{"format": 1, "about": "why", "steps": [STEP, …]}
//
// and each STEP is an object with exactly one of
//
//	{"put": {"key": KEY, "value": any JSON}}        sets the key to the JSON, compacted
//	{"delete": {"key": KEY}}                        removes one key; none there is fine
//	{"delete_prefix": {"prefix": KEY}}              removes every key that starts so
//	{"rename_prefix": {"from": KEY, "to": KEY}}     changes how keys start; values, user meta and expiry stay
//	{"rewrite": {"prefix": KEY, "with": "NAME"}}    gives every key that starts so to a [Transform] of [Config]
//
// KEY is a text, or {"hex": "6200ff"} for bytes that are no text. It is never
// empty and starts with a room other than 'm'. Unknown or doubled members are
// errors. A renamed or rewritten key must land on a free key.
//
// # What is promised
//
//   - Work is done in bounded transactions. Each carries the cursor (step, last
//     key) with it, so that a program killed anywhere goes on where it stopped,
//     and no key is renamed or rewritten twice, not even where its new key lies
//     further on in the same prefix.
//   - Up finishes an interrupted file, clears dirty, and goes on to the newest
//     version. An interrupted Drop is finished too. Cancelling Up's context
//     stops it between two transactions, and the next Up goes on from there.
//   - All files are read and checked before anything changes. A folder of a
//     newer Bayledger, a damaged one (every table's checksum is read before work
//     is done) or a foreign one is refused with nothing changed.
//   - Keys of a step are visited in ascending order, each once as it was when
//     the step began.
//
// # What is not promised
//
//   - Old values are not kept: a backup before a migration is the caller's.
//   - A down file restores the layout, not data that its up file removed.
//   - A folder at the newest version is not looked through: verify does that.
//   - How many transactions a step takes, and how often Progress is called.
//   - A folder that was stopped inside a file can be read by nobody but Up.
//
// # The lock
//
// Badger locks the directory: one process at a time can have the folder open.
// So a lock record found by whoever has just opened the folder was left by a
// crash and is stale by definition; [Open] and [Up] break it and Log says whose
// it was. [Driver.Lock] never breaks one. The record is a fence: it carries a
// turn, every transaction of a driver checks it, and a driver whose lock was
// broken gets lock_lost with nothing written. Where the database was opened
// without conflict detection, as the journal does, the fence stops such a
// driver at its next transaction, but not in the one it is committing: there,
// one Up at a time is the caller's duty.
//
// # What callers owe
//
//   - Call Up right after opening the folder and before anything else uses it;
//     nothing else writes while it runs. The database is not a managed one
//     (badger.OpenManaged).
//   - A Transform is a pure function: it may be called again for the same key
//     (its result is committed once), and must give the same answer.
//   - Nothing is registered with golang-migrate's global list of drivers: hand
//     the driver to migrate.NewWithInstance.
package migrations
