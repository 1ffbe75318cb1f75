package rest

import (
	"fmt"
	"testing"
	"time"
)

func TestLimiter(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimiter(rate{burst: 3, every: time.Second}, func() time.Time { return now })
	taken := func(name string) (n int) {
		for range 10 {
			if _, ok := l.take(name); ok {
				n++
			}
		}
		return n
	}
	if a, b := taken("a"), taken("b"); a != 3 || b != 3 {
		t.Errorf("%d and %d at once", a, b)
	}
	if wait, ok := l.take("a"); ok || wait != time.Second {
		t.Errorf("%v %v", wait, ok)
	}
	now = now.Add(2 * time.Second)
	if n := taken("a"); n != 2 {
		t.Errorf("%d after two seconds", n)
	}
	now = now.Add(-time.Hour) // a clock that is set back lets nobody in and nobody out
	if n := taken("a"); n != 0 {
		t.Errorf("%d when the clock went back", n)
	}
}

// However many come, the memory is bounded, and who was counted stays counted.
func TestLimiterIsBounded(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimiter(rate{burst: 2, every: time.Hour}, func() time.Time { return now })
	l.take("guesser")
	l.take("guesser")
	for i := range 3 * maxBuckets {
		l.take(fmt.Sprint(i))
	}
	if len(l.buckets) > maxBuckets {
		t.Errorf("%d buckets", len(l.buckets))
	}
	if _, ok := l.take("guesser"); ok {
		t.Error("a flood of names frees a guesser")
	}
	if _, ok := l.take("yet another"); ok {
		t.Error("those for whom there is no room are not counted")
	}
	now = now.Add(3 * time.Hour)
	if _, ok := l.take("yet another"); !ok {
		t.Error("room does not come back")
	}
}

func TestAddresses(t *testing.T) {
	for remote, want := range map[string]string{"10.0.0.1:5": "10.0.0.1", "[::ffff:10.0.0.1]:5": "10.0.0.1", "[2001:db8:1:2:3::4]:5": "2001:db8:1:2::/64", "[fe80::1%eth0]:5": "fe80::/64", "pipe": "pipe", "host:5": "host"} {
		if got := addressOf(remote); got != want {
			t.Errorf("%s: %s, want %s", remote, got, want)
		}
	}
}
