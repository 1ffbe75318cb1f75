// Package store keeps what the server itself needs beside the books, in Badger under
// the room 'k' (see package migrations). Records are JSON; of secrets there are hashes.
//
//	'kk' + device name       → a key: of a handheld, or of a program
//	'kc' + hash of the code  → a code that works once: for a handheld's key, or for the first administrator
//	'ku' + id                → somebody who signs in, and the places where they have
//	'kt' + hash of a secret  → a session of theirs
//	'ka' + id                → a token of theirs, for a program
//	'kb' + operator's code   → a PIN, and the wrong ones at each handheld
//	'km' + device name       → messages that wait for a device
//	'kl' + device name       → its logs: who asked, which there are
//	'kv' + device/number     → the text of one, compressed
//	'ko' + operator's code   → their name, which is no part of the books
//	'ks' + name              → a setting's value, as its owner encodes it
//	'kg' + key               → a row of documents, as server/documents encodes it
//
// The print queue has rows of its own there (Labels). Rows goes over all of them, for
// backups.
//
// # Use
//
// Open reads all records into memory, but for settings. Authenticate turns the secret
// of a key, token or session into who it belongs to; Pair, Offer and Redeem, AddUser,
// AddToken, SignIn, SetPIN make them, Revoke, ChangeUser, EndToken, EndSession end them.
// Right and Rights tell what the books are to know of it.
//
// # Promised
//
// A secret is never stored, logged or shown again. When a method that changes something
// returns nil, it is on disk, whole; with an error nothing has changed. All methods may
// be called by any number of goroutines; Authenticate waits for no disk but to note, at
// most every five minutes, that a session or token was used, and once that a new secret
// was; it takes the same time for every wrong secret of the same length.
//
// A name has one key: pairing it again replaces the old one, with which a handheld hands
// in what it scanned before, for HandInFor, unless it was cut. A renewed secret ends the
// old one when it is first used. What ends somebody ends all that they opened: a person
// who is disabled, or has no role any more, loses sessions, codes and tokens for good;
// other roles and another password take sessions and codes; a key that is revoked or
// replaced takes the codes that it offered and those for its name; a token that ends,
// those that it offered. A code is judged once more when it is used. The last admin key,
// and the last administrator who signs in, stay.
//
// Guessing is counted where it comes from: ten wrong passwords shut a login at one
// address, or one browser that is known, and five wrong PINs a badge at one handheld;
// those of strange places together shut it at strange places, and nowhere else. PINs are
// counted on disk; passwords in memory, which a restart forgets.
//
// # Not promised
//
// Records of revoked keys and of people who were disabled are kept, so that a list shows
// who was once let in; of tokens that ended some are, for a while. There is no history:
// that is the books', which are told of each change (kind edit, entity right).
//
// # Owed by callers
//
// One Store per database, whose writes are synced. Callers judge who may ask for a
// change (package access), tell the books, and have open sockets and streams judge
// again.
package store
