package client

import (
	"slices"

	"bayledger/sync/wire"
)

const (
	// maxPrints bounds the wishes for labels that wait: more than anyone asks for
	// while the network is away.
	maxPrints = 100
	// printTries is over how many connections a wish is sent that nobody answers: a
	// server that prints no labels says so without naming it.
	printTries = 3
)

// printing is a wish for labels that no notice has named yet.
type printing struct {
	wish  wire.Print
	tries int
	in    *session // that it was sent in last
}

// Print asks the server for labels, or, without a label, chooses the device's
// printer. It does not wait: the wish leaves with the next connection at the
// latest, and again with the next few until a notice names its job, which prints
// once. It is kept in memory only. Errors: an *Error with bad_intent, where it
// has no job or too many wait.
func (c *Client) Print(wish wire.Print) error {
	wish.Type = "print"
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case wish.Job == "":
		return fail(CodeBadIntent, "The wish for labels has no job. Nothing will be printed; give each an id of its own.")
	case len(c.prints) >= maxPrints:
		return fail(CodeBadIntent, "More than %d wishes for labels wait. This one will not be printed; ask again when there is a network.", maxPrints)
	}
	c.prints = append(c.prints, &printing{wish: wish})
	c.nudge()
	return nil
}

// sendPrints sends the wishes that this connection has not carried yet.
func (s *session) sendPrints() error {
	c := s.c
	for {
		c.mu.Lock()
		c.prints = slices.DeleteFunc(c.prints, func(p *printing) bool { return p.in != s && p.tries >= printTries })
		i := slices.IndexFunc(c.prints, func(p *printing) bool { return p.in != s })
		if i < 0 {
			c.mu.Unlock()
			return nil
		}
		p := c.prints[i]
		p.in = s
		p.tries++
		wish := p.wish
		c.mu.Unlock()
		if err := s.send(&wish); err != nil {
			return err
		}
	}
}

// printed forgets a wish that a notice has named.
func (c *Client) printed(job string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.prints = slices.DeleteFunc(c.prints, func(p *printing) bool { return p.wish.Job == job })
}
