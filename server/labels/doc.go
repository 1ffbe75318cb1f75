// Package labels joins the books, the layouts and the print queue: it knows what a
// product's or a pallet's label says, draws it, and prints it.
//
// # Use
//
// New opens the queue on the store's rows and goes on with what was not finished.
// Compose says what a label says, Draw draws it as a file, Print makes a job of one
// label or many. FromDevice answers the message print of the sync protocol. Watch
// tells how jobs go.
//
// # Promised
//
// What a code names is looked up in the books, with the site's and the asker's own
// values laid over it; what is not known is said so, and nothing is printed. Every
// label of a job is drawn once before the job is taken: a job that is taken can be
// printed. Asking again with the same key prints nothing again.
//
// # Owed by callers
//
// The book and the store live longer. Who may ask is judged before.
package labels
