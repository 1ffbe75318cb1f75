package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"bayledger/sync/ledger"
)

// maxMessages wait for one device; more is no news any more.
const maxMessages = 20

// Message is what somebody wants a device to show.
type Message struct {
	Text string      `json:"text"`
	By   string      `json:"by"`
	At   ledger.Time `json:"at"`
}

func (s *Store) loadMessages(name string, value []byte) error {
	var list []Message
	if json.Unmarshal(value, &list) != nil {
		return fmt.Errorf("%w: messages for %q", ErrDamaged, name)
	}
	s.messages[name] = list
	return nil
}

// Tell keeps a message for a device until TakeMessages. Errors: a *ledger.Fault,
// Badger's.
func (s *Store) Tell(device, text, by string) error {
	if text == "" || len(text) > ledger.MaxText {
		return &ledger.Fault{Code: ledger.BadField, Field: "text", Message: "A message has 1 to 1,000 bytes. Nothing was sent."}
	}
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	k, list := s.byName[device], s.messages[device]
	s.mu.RUnlock()
	if k == nil {
		return noKey(device, "sent")
	}
	if len(list) >= maxMessages {
		return &ledger.Fault{Code: ledger.TooLarge, Field: "device", Message: "20 messages wait for this device, the most there can be. Nothing was sent."}
	}
	list = append(slices.Clone(list), Message{text, by, s.now()})
	return s.putMessages(device, list)
}

func (s *Store) putMessages(device string, list []Message) error {
	c := change{prefixMessage + device: nil}
	if len(list) > 0 {
		c[prefixMessage+device] = stored(list)
	}
	if err := s.commit(c); err != nil {
		return fmt.Errorf("the message could not be stored: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(list) == 0 {
		delete(s.messages, device)
	} else {
		s.messages[device] = list
	}
	return nil
}

// Messages returns what waits for a device, the oldest first.
func (s *Store) Messages(device string) []Message {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.messages[device])
}

// Told forgets the oldest messages of a device, which it was shown. Errors: Badger's;
// it is shown them again then.
func (s *Store) Told(device string, count int) error {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	list := s.messages[device]
	s.mu.RUnlock()
	if count = min(count, len(list)); count == 0 {
		return nil
	}
	return s.putMessages(device, list[count:])
}
