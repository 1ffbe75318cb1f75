package ledger

import "encoding/json"

// ReadEntry reads an entry's JSON as the journal keeps it. An intent that was
// refused or parked because it could not be read has only those fields set that
// can be.
func ReadEntry(data []byte) (*Entry, error) {
	var e struct {
		Entry
		Intent json.RawMessage `json:"intent"`
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, err
	}
	out := e.Entry
	if len(e.Intent) == 0 {
		return &out, nil
	}
	out.Intent = new(Intent)
	if json.Unmarshal(e.Intent, out.Intent) == nil {
		return &out, nil
	}
	*out.Intent = Intent{}
	var members map[string]json.RawMessage
	if json.Unmarshal(e.Intent, &members) != nil {
		return &out, nil
	}
	for name, value := range members {
		one, err := json.Marshal(map[string]json.RawMessage{name: value})
		if err != nil {
			continue
		}
		part := *out.Intent
		if json.Unmarshal(one, &part) == nil {
			*out.Intent = part
		}
	}
	return &out, nil
}
