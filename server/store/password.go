package store

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"
)

// Costs of a password's and a PIN's hash (Argon2id): some 30 ms and 60 ms of one core.
// A PIN's is dearer, for there are but ten thousand of four digits: whoever has the
// hash tries them all within a quarter of an hour, whatever it costs.
var (
	passwordCost = cost{memory: 19 << 10, times: 2}
	pinCost      = cost{memory: 32 << 10, times: 3}
)

// Bounds of hashing.
const (
	saltBytes = 16
	sumBytes  = 32
	// maxHashing is how many hashes are made at once: each takes memory and a core.
	maxHashing = 2
	// maxMemory bounds what a stored hash may ask for, in KiB.
	maxMemory = 256 << 10
)

type cost struct{ memory, times uint32 }

// verifier is a secret that is too short to be kept as a plain hash.
type verifier struct {
	cost cost
	salt []byte
	sum  []byte
}

func (c cost) sum(secret string, salt []byte) []byte {
	return argon2.IDKey([]byte(secret), salt, c.times, c.memory, 1, sumBytes)
}

// hashed makes a verifier, in PHC's notation.
func (s *Store) hashed(secret string, c cost) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(s.opts.Random, salt); err != nil {
		return "", fmt.Errorf("no random bytes could be had, so nothing was changed: %w", err)
	}
	s.hashing <- struct{}{}
	defer func() { <-s.hashing }()
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, c.memory, c.times, b64(salt), b64(c.sum(secret, salt))), nil
}

var errNotation = errors.New("it is no Argon2id hash of ours")

func readVerifier(phc string) (v verifier, err error) {
	var version int
	var rest string
	if _, err := fmt.Sscanf(phc, "$argon2id$v=%d$m=%d,t=%d,p=1$%s", &version, &v.cost.memory, &v.cost.times, &rest); err != nil || version != argon2.Version ||
		v.cost.memory == 0 || v.cost.memory > maxMemory || v.cost.times == 0 || v.cost.times > 16 {
		return v, errNotation
	}
	for i := range rest {
		if rest[i] != '$' {
			continue
		}
		if v.salt, err = base64.RawStdEncoding.DecodeString(rest[:i]); err == nil {
			v.sum, err = base64.RawStdEncoding.DecodeString(rest[i+1:])
		}
		if err != nil || len(v.salt) < 8 || len(v.sum) != sumBytes {
			return v, errNotation
		}
		return v, nil
	}
	return v, errNotation
}

// matches says whether a secret is the one that was hashed. It takes as long for a
// wrong one, and, with an empty hash, for nobody's.
func (s *Store) matches(phc, secret string, c cost) bool {
	v, err := readVerifier(phc)
	known := err == nil
	if !known {
		v = verifier{cost: c, salt: make([]byte, saltBytes), sum: make([]byte, sumBytes)}
	}
	s.hashing <- struct{}{}
	defer func() { <-s.hashing }()
	return subtle.ConstantTimeCompare(v.cost.sum(secret, v.salt), v.sum) == 1 && known
}
