package simulation

import "math/rand/v2"

// Streams of random numbers of one seed, apart from each other so that drawing
// more of one does not change the others.
const (
	streamConfig = iota + 1
	streamMaster
	streamTraffic
	streamNetwork
	streamOrders // and one for each further order
)

// dice is where all chance comes from.
type dice struct{ *rand.Rand }

func newDice(seed, stream uint64) dice { return dice{rand.New(rand.NewPCG(seed, stream))} }

func (d dice) chance(p float64) bool { return d.Float64() < p }

// between returns a number from low to high, both included.
func (d dice) between(low, high int) int { return low + d.IntN(high-low+1) }

// one returns one of the values.
func one[T any](d dice, values []T) T { return values[d.IntN(len(values))] }

// hot returns one of the values, the first ones more often: the first about half
// of the time.
func hot[T any](d dice, values []T) T {
	for i := range values {
		if d.chance(0.45) {
			return values[i]
		}
	}
	return one(d, values)
}

// shuffled returns the numbers below n in random order.
func (d dice) shuffled(n int) []int { return d.Perm(n) }
