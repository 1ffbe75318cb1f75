package outbound

import (
	"encoding/json"
	"fmt"

	"bayledger/sync/ledger"
)

// maxLogged is how many deliveries of an endpoint are kept: some 100 KiB, which is a
// day of a slow one.
const maxLogged = 200

// Delivery is one try to deliver a message.
type Delivery struct {
	Number uint64      `json:"number"`
	ID     string      `json:"id"`
	Event  string      `json:"event"`
	From   uint64      `json:"from"`
	To     uint64      `json:"to"`
	At     ledger.Time `json:"at"`
	Try    int         `json:"try"`
	Status int         `json:"status,omitempty"`
	Took   int64       `json:"took_ms"`
	Bytes  int         `json:"bytes"`
	Error  string      `json:"error,omitempty"`
	Answer string      `json:"answer,omitempty"` // the beginning of it
}

func deliveryKey(id string, number uint64) string {
	return fmt.Sprintf("%s%s/%016x", rowDelivery, id, number)
}

// Deliveries returns the log of an endpoint, the oldest first. Errors: a *ledger.Fault,
// the disk's.
func (s *Service) Deliveries(id string) (out []Delivery, err error) {
	s.mu.Lock()
	known := s.endpoints[id] != nil
	s.mu.Unlock()
	if !known {
		return nil, noEndpoint(id)
	}
	err = s.opts.Disk.Scan(rowDelivery+id+"/", "", func(key string, value []byte) (bool, error) {
		var d Delivery
		if err := json.Unmarshal(value, &d); err != nil {
			return false, &DamagedError{key, err}
		}
		out = append(out, d)
		return true, nil
	})
	return out, err
}

func (s *Service) delivery(id string, number uint64) (d Delivery, ok bool, err error) {
	all, err := s.Deliveries(id)
	for _, x := range all {
		if x.Number == number {
			return x, true, nil
		}
	}
	return d, false, err
}
