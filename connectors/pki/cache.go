package pki

import (
	"cmp"
	"container/list"
	"context"
	"crypto/sha256"
	"errors"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/httpx"
)

// CacheOptions bound a [Cache]. The zero value is safe.
type CacheOptions struct {
	Octets  int64 // of answers; 0 is 128 MiB
	Entries int   // 0 is 4096
	// Age is how long an answer is kept at most, though it may be valid longer:
	// authorities publish before they must. 0 is four hours.
	Age time.Duration
	// Pause is how long a failure is kept, and an answer that says of no time
	// until when it is valid; a machine that did not answer is left alone for so
	// long. 0 is one minute.
	Pause time.Duration
}

// Cache keeps what authorities published, by address and for as long as it is
// valid. It holds octets that anybody may read and nothing of the documents
// whose signatures were validated. It is safe for concurrent use.
type Cache struct {
	now func() time.Time
	opt CacheOptions

	mu      sync.Mutex
	entries map[key]*list.Element // of *entry
	used    *list.List            // the one used last in front
	octets  int64
	flights map[key]*flight
	down    map[string]time.Time // machines, and until when they are left alone
}

// Answers of other sizes take no room: addresses of issuers are those of
// documents that nobody has proved, and what cannot be read serves nobody. That
// there was such an answer is remembered.
const (
	maxIssuers    = 256 << 10
	maxUnreadable = 16 << 10
)

type key [sha256.Size]byte

type entry struct {
	key   key
	body  []byte
	err   error
	got   time.Time // when it was received
	made  time.Time // when the authority made it; zero when it does not say
	until time.Time
}

// flight is a request going on, that others wait for.
type flight struct {
	done chan struct{}
	e    *entry // nil when whoever asked gave up
}

// NewCache returns an empty cache that reads the time from now.
func NewCache(now func() time.Time, o CacheOptions) *Cache {
	o.Octets, o.Entries = cmp.Or(o.Octets, 128<<20), cmp.Or(o.Entries, 4096)
	o.Age, o.Pause = cmp.Or(o.Age, 4*time.Hour), cmp.Or(o.Pause, time.Minute)
	return &Cache{now: now, opt: o, entries: map[key]*list.Element{}, used: list.New(), flights: map[key]*flight{}, down: map[string]time.Time{}}
}

func keyOf(q signature.Query) key {
	return sha256.Sum256([]byte(string(q.Wanted) + "\x00" + q.URL + "\x00" + string(q.Request)))
}

// get returns what is known, or waits for who is asking already, or asks.
func (c *Cache) get(ctx context.Context, q signature.Query, fetch func(context.Context, signature.Query) ([]byte, error)) ([]byte, error) {
	k, host := keyOf(q), machine(q.URL)
	for {
		c.mu.Lock()
		if e := c.known(k, q); e != nil {
			c.mu.Unlock()
			return e.body, e.err
		}
		if c.down[host].After(c.now()) {
			c.mu.Unlock()
			return nil, ErrSilent
		}
		f, waits := c.flights[k]
		if !waits || q.Once {
			f = &flight{done: make(chan struct{})}
			if !q.Once {
				c.flights[k] = f
			}
			c.mu.Unlock()
			return c.ask(ctx, q, k, host, f, fetch)
		}
		c.mu.Unlock()
		select {
		case <-f.done:
			if f.e != nil && int64(len(f.e.body)) <= q.Max {
				return f.e.body, f.e.err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (c *Cache) ask(ctx context.Context, q signature.Query, k key, host string, f *flight, fetch func(context.Context, signature.Query) ([]byte, error)) ([]byte, error) {
	var body []byte
	err := context.Canceled // what the others learn if fetch panics: nothing
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		// What was too long for one may not be for another.
		if ctx.Err() == nil && !errors.Is(err, context.Canceled) && !errors.Is(err, httpx.ErrTooLarge) {
			f.e = c.entry(q, k, body, err)
			if !q.Once {
				c.put(f.e)
			}
			if errors.Is(err, ErrSilent) {
				c.leave(host)
			}
		}
		if !q.Once {
			delete(c.flights, k)
		}
		close(f.done)
	}()
	body, err = fetch(ctx, q)
	return body, err
}

// known returns the entry that answers a query now; nil when there is none.
func (c *Cache) known(k key, q signature.Query) *entry {
	el := c.entries[k]
	if el == nil || q.Once {
		return nil
	}
	e, now := el.Value.(*entry), c.now()
	if !now.Before(e.until) || now.Before(e.got) {
		c.drop(el)
		return nil
	}
	// One just received is the newest there is, even if it is too old.
	if !q.After.IsZero() && e.err == nil && e.made.Before(q.After) && now.Sub(e.got) >= c.opt.Pause {
		c.drop(el)
		return nil
	}
	if q.Max > 0 && int64(len(e.body)) > q.Max {
		return &entry{err: ErrAnswer}
	}
	c.used.MoveToFront(el)
	return e
}

// entry says until when an answer is kept.
func (c *Cache) entry(q signature.Query, k key, body []byte, err error) *entry {
	now := c.now()
	e := &entry{key: k, body: body, err: err, got: now, until: now.Add(c.opt.Pause)}
	if err != nil {
		return e
	}
	end, readable := time.Time{}, false
	switch q.Wanted {
	case signature.WantIssuer:
		if _, err := trust.ParseBundle(body); err == nil {
			end, e.made, readable = now.Add(c.opt.Age), now, len(body) <= maxIssuers
		}
	case signature.WantOCSP:
		if o, err := trust.ParseOCSP(body); err == nil {
			e.made, end = o.Updates()
			readable = true
		}
	default:
		if l, err := trust.ParseCRL(body); err == nil {
			e.made, end, readable = l.ThisUpdate, l.NextUpdate, true
		}
	}
	if !readable && len(body) > maxUnreadable {
		e.body, e.err = nil, ErrAnswer
		return e
	}
	if last := now.Add(c.opt.Age); end.After(last) {
		end = last
	}
	if end.After(e.until) {
		e.until = end
	}
	return e
}

// put keeps an entry, at the expense of those not used for longest.
func (c *Cache) put(e *entry) {
	if el := c.entries[e.key]; el != nil {
		c.drop(el)
	}
	if int64(len(e.body)) > c.opt.Octets {
		return
	}
	c.entries[e.key] = c.used.PushFront(e)
	c.octets += int64(len(e.body))
	for c.octets > c.opt.Octets || len(c.entries) > c.opt.Entries {
		c.drop(c.used.Back())
	}
}

func (c *Cache) drop(el *list.Element) {
	e := c.used.Remove(el).(*entry)
	delete(c.entries, e.key)
	c.octets -= int64(len(e.body))
}

// leave notes that a machine does not answer.
func (c *Cache) leave(host string) {
	now := c.now()
	if len(c.down) >= c.opt.Entries {
		for h, until := range c.down {
			if !until.After(now) {
				delete(c.down, h)
			}
		}
		if len(c.down) >= c.opt.Entries {
			return
		}
	}
	c.down[host] = now.Add(c.opt.Pause)
}

// doubt forgets an answer that was no good, unless it was just received: who
// doubts on purpose does not make the authority be asked each time.
func (c *Cache) doubt(q signature.Query) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el := c.entries[keyOf(q)]; el != nil && c.now().Sub(el.Value.(*entry).got) >= c.opt.Pause {
		c.drop(el)
	}
}

// machine is the host and port of an address.
func machine(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}
