package rest

import (
	"sync"
	"time"
)

// rate is how often something may be done: so many at once, then one each so often.
type rate struct {
	burst int
	every time.Duration
}

// Rates. Guessing is slow, working is not: a handheld that comes home, an import and
// a screen full of reports stay far below.
var (
	rateAddress = rate{20_000, 250 * time.Microsecond} // requests of an address, which may be a proxy's or a hall's
	rateOwner   = rate{5_000, time.Millisecond}        // requests with one key
	rateBadKey  = rate{300, 200 * time.Millisecond}    // keys that are none, of an address
	rateSignIn  = rate{20, 3 * time.Second}            // passwords, of an address
	rateCode    = rate{60, time.Second}                // codes for pairing and set-up, of an address
	ratePIN     = rate{20, 3 * time.Second}            // PINs, of a device
)

// maxBuckets bounds what one limiter remembers, some 2 MiB. Where more come at once
// those that are full again go first; then the new ones share one bucket.
const maxBuckets = 20_000

// sweepEvery is how often a full limiter looks for room: that takes a millisecond.
const sweepEvery = time.Second

// limiter counts by name.
type limiter struct {
	rate rate
	now  func() time.Time

	mu      sync.Mutex // guards what follows
	buckets map[string]*bucket
	others  bucket    // of those for whom there is no room
	swept   time.Time // when room was last looked for
}

// bucket is how much somebody has used up: it runs empty with time.
type bucket struct {
	used float64
	at   time.Time
}

func newLimiter(r rate, now func() time.Time) *limiter {
	return &limiter{rate: r, now: now, buckets: map[string]*bucket{}}
}

// take counts one for a name; where it is too often, wait says how long to stay away.
func (l *limiter) take(name string) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.bucket(name, now)
	b.drain(now, l.rate)
	if b.used+1 > float64(l.rate.burst) {
		return max(time.Second, time.Duration((b.used+1-float64(l.rate.burst))*float64(l.rate.every))), false
	}
	b.used++
	return 0, true
}

func (b *bucket) drain(now time.Time, r rate) {
	if passed := now.Sub(b.at); passed > 0 {
		b.used = max(0, b.used-float64(passed)/float64(r.every))
		b.at = now
	}
}

func (l *limiter) bucket(name string, now time.Time) *bucket {
	if b := l.buckets[name]; b != nil {
		return b
	}
	if len(l.buckets) >= maxBuckets && now.Sub(l.swept) >= sweepEvery {
		l.swept = now
		for name, b := range l.buckets {
			if b.drain(now, l.rate); b.used == 0 {
				delete(l.buckets, name)
			}
		}
	}
	if len(l.buckets) >= maxBuckets {
		return &l.others
	}
	b := &bucket{at: now}
	l.buckets[name] = b
	return b
}

// limiters are those of an API.
type limiters struct{ address, owner, badKey, signIn, code, pin *limiter }

func newLimiters(now func() time.Time) limiters {
	return limiters{newLimiter(rateAddress, now), newLimiter(rateOwner, now), newLimiter(rateBadKey, now), newLimiter(rateSignIn, now), newLimiter(rateCode, now), newLimiter(ratePIN, now)}
}
