package httpx

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/liasse/liasse/internal/limit"
)

// Retry is the policy inside one call, for idempotent requests only. Waiting
// out a night or a maintenance is the business of whoever calls.
type Retry struct {
	Attempts int           // tries in all; 0 is 3, 1 is no second try
	Initial  time.Duration // first wait; 0 is 1 s
	Factor   float64       // growth of the wait; 0 is 1.5
	Jitter   float64       // part of the wait drawn at random; 0 is 0.5, negative none
	Max      time.Duration // longest wait, also of a Retry-After obeyed; 0 is 30 s
}

func (r Retry) defaults() Retry {
	limit.Default(&r.Attempts, 3)
	limit.Default(&r.Initial, time.Second)
	limit.Default(&r.Max, 30*time.Second)
	if r.Factor < 1 {
		r.Factor = 1.5
	}
	if r.Jitter == 0 || r.Jitter > 1 {
		r.Jitter = 0.5
	}
	r.Jitter = max(r.Jitter, 0)
	return r
}

// wait returns how long to wait after the given try, counted from 1.
func (r Retry) wait(try int, random float64) time.Duration {
	d := float64(r.Initial)
	for range try - 1 {
		if d *= r.Factor; d >= float64(r.Max) {
			break
		}
	}
	d *= 1 + r.Jitter*(2*random-1)
	return min(time.Duration(d), r.Max)
}

// again decides whether a try is followed by another, and after how long.
func (c *Client) again(r Request, resp *Response, err error, try int) (time.Duration, bool) {
	if !r.Idempotent || try >= c.opt.Retry.Attempts || !temporary(resp, err) {
		return 0, false
	}
	wait := c.opt.Retry.wait(try, c.opt.Random())
	if resp != nil {
		if after, ok := RetryAfter(resp.Header, c.opt.Now); ok {
			if after > c.opt.Retry.Max {
				return 0, false
			}
			wait = max(wait, after)
		}
	}
	return wait, true
}

func temporary(resp *Response, err error) bool {
	if e, ok := err.(*Error); ok {
		return e.Kind == Network || e.Kind == Timeout
	}
	if resp == nil {
		return false
	}
	switch resp.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// RetryAfter reads the header of that name (RFC 9110 §10.2.3): seconds, or a
// date when a clock is given. A date in the past is no wait.
func RetryAfter(h http.Header, now func() time.Time) (time.Duration, bool) {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(n) * time.Second, true
	}
	if now == nil || v == "" {
		return 0, false
	}
	t, err := http.ParseTime(v)
	if err != nil {
		return 0, false
	}
	return max(t.Sub(now()), 0), true
}
