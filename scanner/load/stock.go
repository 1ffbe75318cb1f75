package load

import (
	"bytes"
	"context"
	"fmt"
	"time"
)

// openingQuantity is what every cell starts with: enough that no move of the
// load takes one below zero, which would measure alerts instead of moves.
const openingQuantity = 1_000_000

// Stock counts an opening stock of every product at every place, over one
// socket, as intents of a place each. It returns the entry of the last.
func Stock(ctx context.Context, c Config) (uint64, error) {
	c.Prefix, c.Window = "opening-", 1
	d, err := open(&c, 0)
	if err != nil {
		return 0, err
	}
	defer d.Close()
	last := uint64(0)
	for place := range c.Places {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if err := d.SetDeadline(time.Now().Add(Grace)); err != nil {
			return 0, err
		}
		d.seq++
		if _, err := d.Write(appendFrame(nil, opening(&c, d.name, d.seq, place))); err != nil {
			return 0, err
		}
		answer, err := d.next(d.in)
		if err != nil {
			return 0, err
		}
		if d.in = answer; !bytes.Contains(answer, applied) {
			return 0, fmt.Errorf("the opening stock of %s was not booked: %q", PlaceCode(place), answer[:min(len(answer), 500)])
		}
		last = numberAfter(answer, []byte(`"entry":`))
	}
	return last, nil
}

// opening is the push that counts every product at one place.
func opening(c *Config, device string, seq uint64, place int) []byte {
	at := "" // as good as none
	if !c.Opening.IsZero() {
		at = c.Opening.Add(time.Duration(place) * time.Second).UTC().Format(time.RFC3339) // one after the other
	}
	b := fmt.Appendf(nil, `{"type":"push","intents":[{"device":%q,"install":"load","seq":%d,"at":%q,"action":"count","reason":"opening","from":%q,"lines":[`,
		device, seq, at, PlaceCode(place))
	for product := range c.Products {
		if product > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"product":%q,"quantity":"%d"}`, ProductCode(product), openingQuantity)
	}
	return append(b, "]}]}"...)
}
