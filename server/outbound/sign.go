package outbound

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"bayledger/sync/ledger"
)

// Signatures are those of Standard Webhooks (github.com/standard-webhooks/standard-webhooks,
// spec/standard-webhooks.md): HMAC-SHA256 over "id.timestamp.body", in base64, after
// "v1,"; several, parted by spaces, while a secret is changed.

const (
	secretPrefix = "whsec_"
	secretBytes  = 32 // the specification asks for 24 to 64
)

// secret is a key that messages are signed with, until a moment where another has
// taken its place.
type secret struct {
	Key   []byte      `json:"key"`
	Until ledger.Time `json:"until,omitzero"`
}

func newSecret(random io.Reader) (secret, string, error) {
	key := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, key); err != nil {
		return secret{}, "", fmt.Errorf("no secret could be made: %w", err)
	}
	return secret{Key: key}, secretPrefix + base64.StdEncoding.EncodeToString(key), nil
}

// Sign is the signature of a message by one key.
func Sign(key []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// signatures signs with every secret that is good at a moment, the newest first.
func signatures(secrets []secret, id string, at time.Time, body []byte) string {
	var all []string
	for _, s := range secrets {
		if s.Until == 0 || ledger.TimeOf(at) < s.Until {
			all = append(all, Sign(s.Key, id, at, body))
		}
	}
	return strings.Join(all, " ")
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
