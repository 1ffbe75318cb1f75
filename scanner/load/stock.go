package load

import (
	"bytes"
	"fmt"
	"strconv"
)

// openingQuantity is what every cell starts with: enough that no move of the
// load takes one below zero, which would measure alerts instead of moves.
const openingQuantity = 1_000_000

// Stock counts an opening stock of every product at every place, over one
// socket, as intents of a place each.
func Stock(c Config) error {
	c.Prefix, c.Window = "opening-", 1
	d, err := open(&c, 0)
	if err != nil {
		return err
	}
	defer d.Close()
	for place := range c.Places {
		d.seq++
		b := fmt.Appendf(nil, `{"type":"push","intents":[{"device":%q,"install":"load","seq":%d,"action":"count","reason":"opening","from":%q,"lines":[`,
			d.name, d.seq, PlaceCode(place))
		for product := range c.Products {
			if product > 0 {
				b = append(b, ',')
			}
			b = fmt.Appendf(b, `{"product":%q,"quantity":"%d"}`, ProductCode(product), openingQuantity)
		}
		if _, err := d.Write(appendFrame(nil, append(b, "]}]}"...))); err != nil {
			return err
		}
		answer, err := d.next(d.in)
		if err != nil {
			return err
		}
		if !bytes.Contains(answer, applied) {
			return fmt.Errorf("the opening stock of place %s was not booked: %q", strconv.Itoa(place), answer[:min(len(answer), 500)])
		}
	}
	return nil
}
