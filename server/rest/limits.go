package rest

import "time"

// Bounds.
const (
	// maxIntentsBody and maxIntents bound one POST of intents: what a handheld has
	// after days offline goes in a few, and a file is sent in pieces.
	maxIntentsBody = 16 << 20
	maxIntents     = 10_000
	// chunkIntents go to the book at once: about one commit.
	chunkIntents = 1_000
	// maxImportBody is what 20,000 rows with long names take.
	maxImportBody = 16 << 20
	// maxSmallBody is far more than any other request has to say.
	maxSmallBody = 256 << 10
	// bodyBudget is how many bytes of bodies may be in memory at once; those who
	// find none wait a little, then are told to come back.
	bodyBudget = 128 << 20
	bodyWait   = 5 * time.Second

	// scanEntries is how many entries one request for a page looks through for those
	// that its filter wants. How many a page may hold stands at its parameter limit,
	// where the document is made from it.
	scanEntries = 200_000

	// maxStreams is how many clients may follow by SSE: each is a goroutine and
	// two buffers. Handhelds and screens use the socket.
	maxStreams = 512
	// maxReports is how many requests may read the whole journal at once: each
	// takes a core. Those behind them wait, about as long as the pages wait for an answer
	// less what a long report takes: a page asks for two, and two pages for four.
	maxReports = 2
	reportWait = 20 * time.Second
	// maxReportLine is how many wait: with one made in a second or two, so many get their
	// turn in time.
	maxReportLine = 32
	// reportTimeout ends a report whose reader takes it too slowly: others wait for
	// its place.
	reportTimeout = 15 * time.Minute

	// maxHashing is how many passwords and PINs may wait to be judged: each takes some
	// 50 ms of a core, and whoever finds no room comes back in a moment.
	maxHashing = 64

	// fetchBytes is how much of the journal a stream holds while it is sent.
	fetchBytes = 1 << 20
	// streamBuffer gathers small writes.
	streamBuffer = 64 << 10

	bodyTimeout  = 60 * time.Second // to send us a body
	plainTimeout = 60 * time.Second // to take an answer that is no stream
	writeTimeout = 30 * time.Second // to take one piece of a stream
	heartbeat    = 15 * time.Second // below what proxies take for dead

	// retryFull is when to try again on a full disk: somebody has to free space.
	retryFull = 30
	// retrySoon is when to try again what others are just doing too much of.
	retrySoon = 2
	// maxRequestID bounds an id that a client chose for its request.
	maxRequestID = 64
)
