// Package store keeps what the server itself needs beside the books, in Badger
// under the room 'k' (see package migrations): the keys of devices and people,
// and settings.
//
//	'kk' + device name → a key's record as JSON; the secret only as its SHA-256
//	'ks' + name        → a setting's value, as its owner encodes it
//
// # Use
//
// Open reads all keys into memory. Pair makes a key and shows its secret once;
// Authenticate turns a secret into who it belongs to.
//
// # Promised
//
// A secret is never stored, logged or shown again. When Pair or Revoke returns,
// what it did is on disk; a revoked secret is refused from then on. A device has
// one key: pairing it again replaces the old one at once. The last admin key is
// never revoked. Authenticate reads no disk and takes the same time for every
// wrong secret of the same length. All methods may be called by any number of
// goroutines.
//
// # Not promised
//
// Records of revoked keys are kept, so that a list shows who was once let in;
// there is no history beyond the last pairing of a name.
//
// # Owed by callers
//
// One Store per database. The database syncs its writes.
package store
