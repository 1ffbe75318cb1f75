package store

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"bayledger/server/access"
	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
)

// A secret is "bl_" and 32 random bytes: enough that nobody guesses one, so that
// a plain SHA-256 is as good a store for it as a slow hash. The prefix lets
// scanners for leaked secrets find it.
const (
	secretPrefix = "bl_"
	secretBytes  = 32
	hashSize     = sha256.Size
	// maxSecret bounds what is hashed for a stranger.
	maxSecret = 200
)

// AdminName is the name of the key that EnsureAdmin makes.
const AdminName = "admin"

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// record is a key as stored.
type record struct {
	Device    string      `json:"device"`
	Role      access.Role `json:"role"`
	Site      string      `json:"site,omitempty"`
	Label     string      `json:"label,omitempty"`
	Hash      []byte      `json:"hash"` // of the secret
	CreatedAt ledger.Time `json:"created_at"`
	CreatedBy string      `json:"created_by,omitempty"`
	RevokedAt ledger.Time `json:"revoked_at,omitzero"`
	RevokedBy string      `json:"revoked_by,omitempty"`
}

// Key is what is shown of a key: everything but its secret.
type Key struct {
	Device    string
	Role      access.Role
	Site      string
	Label     string
	CreatedAt ledger.Time
	CreatedBy string
	RevokedAt ledger.Time // 0: it opens doors
	RevokedBy string
}

func (r *record) key() Key {
	return Key{r.Device, r.Role, r.Site, r.Label, r.CreatedAt, r.CreatedBy, r.RevokedAt, r.RevokedBy}
}

func (r *record) principal() access.Principal {
	p := access.Principal{Name: r.Device, Site: r.Site, Role: r.Role}
	if r.Role == access.Floor || r.Role == access.Dock {
		p.Device = r.Device
	}
	return p
}

// Request says for whom a key is wanted.
type Request struct {
	Device string // the handheld's or person's name
	Role   access.Role
	Site   string // "" is main
	Label  string // what people call it, if not by its name
	By     string // who asks
}

// CheckDevice says what is wrong with a device name, nil if nothing is.
func CheckDevice(name string) *ledger.Fault {
	why := ""
	switch {
	case name == "":
		why = "A device needs a name."
	case len(name) > MaxDeviceName:
		why = "A device's name has at most 200 bytes."
	case !utf8.ValidString(name):
		why = "A device's name is text in UTF-8."
	case strings.ContainsRune(name, '/'):
		why = "A device's name has no slash."
	case strings.ContainsFunc(name, unicode.IsControl):
		why = "A device's name has no control characters."
	default:
		return nil
	}
	return &ledger.Fault{Code: ledger.BadField, Field: "device", Message: why + " Nothing was paired; choose another name."}
}

// Pair makes a key and returns its secret, which nobody can see again. A device
// that has one already gets a new one, and the old one is refused from then on.
// Errors: a *ledger.Fault, and those of Badger and of the source of randomness;
// then nothing has changed.
func (s *Store) Pair(q Request) (secret string, err error) {
	if f := CheckDevice(q.Device); f != nil {
		return "", f
	}
	if !q.Role.Known() {
		return "", &ledger.Fault{Code: ledger.BadField, Field: "role", Message: "There is no role " + strconv.Quote(short(string(q.Role))) + ". Nothing was paired; use floor, dock, supervisor or admin."}
	}
	if len(q.Site) > ledger.MaxCode || len(q.Label) > ledger.MaxCode || len(q.By) > ledger.MaxCode {
		return "", &ledger.Fault{Code: ledger.TooLarge, Field: "label", Message: "A site and a label have at most 200 bytes. Nothing was paired."}
	}
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	count, old := len(s.byName), s.byName[q.Device]
	last := old != nil && q.Role != access.Admin && s.lastAdmin(old)
	s.mu.RUnlock()
	if old == nil && count >= MaxDevices {
		return "", &ledger.Fault{Code: ledger.TooLarge, Message: "There are 50,000 keys, the most there can be. Nothing was paired."}
	}
	if last {
		return "", lastAdminFault("Nothing was paired")
	}
	var random [secretBytes]byte
	if _, err := io.ReadFull(s.opts.Random, random[:]); err != nil {
		return "", fmt.Errorf("no random bytes could be had, so nothing was paired: %w", err)
	}
	secret = secretPrefix + base32Lower.EncodeToString(random[:])
	hash := sha256.Sum256([]byte(secret))
	r := &record{Device: q.Device, Role: q.Role, Site: q.Site, Label: q.Label, Hash: hash[:],
		CreatedAt: ledger.TimeOf(s.opts.Now()), CreatedBy: q.By}
	if err := s.put(r); err != nil {
		return "", fmt.Errorf("the key of %s could not be stored, so nothing was paired: %w", q.Device, err)
	}
	return secret, nil
}

// put stores a record, then keeps it. The caller holds write.
func (s *Store) put(r *record) error {
	value, err := json.Marshal(r)
	if err != nil {
		return err
	}
	err = s.db.Update(func(txn *badger.Txn) error { return txn.Set([]byte(prefixKey+r.Device), value) })
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(r)
	return nil
}

// Revoke ends a device's key. Errors: a *ledger.Fault (not_found, not_allowed for
// the last admin's), Badger's; then nothing has changed.
func (s *Store) Revoke(device, by string) error {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old := s.byName[device]
	last := old != nil && s.lastAdmin(old)
	s.mu.RUnlock()
	switch {
	case old == nil || old.RevokedAt != 0:
		return &ledger.Fault{Code: ledger.NotFound, Field: "device", Message: "The device " + strconv.Quote(short(device)) + " has no key. Nothing was revoked."}
	case last:
		return lastAdminFault("It was not revoked")
	}
	r := *old
	r.RevokedAt, r.RevokedBy = ledger.TimeOf(s.opts.Now()), by
	if err := s.put(&r); err != nil {
		return fmt.Errorf("the key of %s could not be revoked and is still good: %w", device, err)
	}
	return nil
}

// lastAdmin says whether a key is the only admin key that is good. The caller
// holds mu.
func (s *Store) lastAdmin(r *record) bool {
	if r.Role != access.Admin || r.RevokedAt != 0 {
		return false
	}
	for _, other := range s.byHash {
		if other != r && other.Role == access.Admin {
			return false
		}
	}
	return true
}

func lastAdminFault(what string) error {
	return &ledger.Fault{Code: ledger.NotAllowed, Field: "device", Message: "This is the last admin key. " + what + ", or nobody could let anyone in again; pair another admin first."}
}

// Lookup returns what is known of a device's key, revoked or not.
func (s *Store) Lookup(device string) (Key, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok := s.byName[device]
	if !ok {
		return Key{}, false
	}
	return r.key(), true
}

// List returns all keys, sorted by device.
func (s *Store) List() []Key {
	s.mu.RLock()
	out := make([]Key, 0, len(s.byName))
	for _, r := range s.byName {
		out = append(out, r.key())
	}
	s.mu.RUnlock()
	slices.SortFunc(out, func(a, b Key) int { return cmp.Compare(a.Device, b.Device) })
	return out
}

// Authenticate returns who a secret belongs to, with ok false where it is none
// of ours or was revoked.
func (s *Store) Authenticate(secret string) (p access.Principal, ok bool) {
	if len(secret) > maxSecret || !strings.HasPrefix(secret, secretPrefix) {
		return access.Principal{}, false
	}
	hash := sha256.Sum256([]byte(secret))
	s.mu.RLock()
	r := s.byHash[hash]
	s.mu.RUnlock()
	// The map is looked up by the hash of what came, which tells a stranger nothing
	// about ours; what is found is compared once more, in constant time.
	if r == nil || subtle.ConstantTimeCompare(r.Hash, hash[:]) != 1 {
		return access.Principal{}, false
	}
	return r.principal(), true
}

// EnsureAdmin returns the secret of an admin key: known, if that is still one,
// else a new key's under AdminName, with created true. It is for whoever owns
// the data folder, who keeps the secret in a file of mode 0600 there.
func (s *Store) EnsureAdmin(known string) (secret string, created bool, err error) {
	if p, ok := s.Authenticate(known); ok && p.Role == access.Admin {
		return known, false, nil
	}
	secret, err = s.Pair(Request{Device: AdminName, Role: access.Admin, Label: "Administrator of the data folder", By: "bayledger"})
	return secret, err == nil, err
}

// short cuts a value for a sentence.
func short(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
