package datatype

// moment is a value of the date and time types. Fields a type has not hold
// those of a fixed leap year.
type moment struct {
	year       int64
	month, day int
	second     int64  // of the day, 86400 for 24:00:00
	fraction   string // of the second, without trailing zeros
	zoned      bool
	zone       int // minutes east
}

const maxYear = 200_000_000_000

type cursor struct {
	b  []byte
	ok bool
}

func (c *cursor) lit(x byte) {
	if len(c.b) == 0 || c.b[0] != x {
		c.ok = false
		return
	}
	c.b = c.b[1:]
}

func (c *cursor) two() int {
	if len(c.b) < 2 || !digit(c.b[0]) || !digit(c.b[1]) {
		c.ok = false
		return 0
	}
	n := int(c.b[0]-'0')*10 + int(c.b[1]-'0')
	c.b = c.b[2:]
	return n
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

func (c *cursor) year() int64 {
	negative := len(c.b) > 0 && c.b[0] == '-'
	if negative {
		c.b = c.b[1:]
	}
	n, y := 0, int64(0)
	for n < len(c.b) && digit(c.b[n]) {
		if y < maxYear {
			y = y*10 + int64(c.b[n]-'0')
		}
		n++
	}
	y = min(y, maxYear)
	if n < 4 || n > 4 && c.b[0] == '0' || y == 0 {
		c.ok = false
		return 0
	}
	c.b = c.b[n:]
	if negative {
		y = -y
	}
	return y
}

func (c *cursor) clock(m *moment) {
	h := c.two()
	c.lit(':')
	mi := c.two()
	c.lit(':')
	s := c.two()
	if len(c.b) > 1 && c.b[0] == '.' && digit(c.b[1]) {
		n := 1
		last := 0
		for n < len(c.b) && digit(c.b[n]) {
			if c.b[n] != '0' {
				last = n
			}
			n++
		}
		if last > 0 {
			m.fraction = view(c.b[1 : last+1])
		}
		c.b = c.b[n:]
	}
	if h > 24 || mi > 59 || s > 59 || h == 24 && (mi > 0 || s > 0 || m.fraction != "") {
		c.ok = false
	}
	m.second = int64(h*3600 + mi*60 + s)
}

func (c *cursor) finish(m *moment) {
	switch {
	case len(c.b) == 0:
		return
	case c.b[0] == 'Z':
		c.b = c.b[1:]
		m.zoned = true
	case c.b[0] == '+' || c.b[0] == '-':
		sign := 1
		if c.b[0] == '-' {
			sign = -1
		}
		c.b = c.b[1:]
		h := c.two()
		c.lit(':')
		mi := c.two()
		if h > 14 || mi > 59 || h == 14 && mi > 0 {
			c.ok = false
		}
		m.zoned, m.zone = true, sign*(h*60+mi)
	}
	if len(c.b) > 0 {
		c.ok = false
	}
}

func parseMoment(k Kind, b []byte, m *moment) bool {
	if k == Date && len(b) == 10 && b[0] >= '0' { // YYYY-MM-DD, as nearly all are
		for i, x := range b {
			if i == 4 || i == 7 {
				if x != '-' {
					return false
				}
			} else if !digit(x) {
				return false
			}
		}
		n := func(i int) int { return int(b[i]-'0')*10 + int(b[i+1]-'0') }
		m.year, m.month, m.day = int64(n(0)*100+n(2)), n(5), n(8)
		return m.year > 0 && m.month >= 1 && m.month <= 12 && m.day >= 1 && (m.day <= 28 || m.day <= daysIn(m.year, m.month))
	}
	c := &cursor{b: b, ok: true}
	m.year, m.month, m.day = 1972, 1, 1
	switch k {
	case DateTime, Date, GYearMonth, GYear:
		m.year = c.year()
		if k != GYear {
			c.lit('-')
			m.month = c.two()
			if k != GYearMonth {
				c.lit('-')
				m.day = c.two()
			}
		}
		if k == DateTime {
			c.lit('T')
			c.clock(m)
		}
	case Time:
		c.clock(m)
	case GMonthDay, GMonth:
		c.lit('-')
		c.lit('-')
		m.month = c.two()
		if k == GMonthDay {
			c.lit('-')
			m.day = c.two()
		}
	case GDay:
		c.lit('-')
		c.lit('-')
		c.lit('-')
		m.day = c.two()
	}
	c.finish(m)
	if !c.ok || m.month < 1 || m.month > 12 || m.day < 1 || m.day > daysIn(m.year, m.month) {
		return false
	}
	return true
}

func leap(y int64) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

func daysIn(y int64, m int) int {
	switch m {
	case 2:
		if leap(y) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// days counts days from a fixed point (H. Hinnant's algorithm).
func days(y int64, m, d int) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	yoe := y - era*400
	doy := int64((153*(m-3)+2)/5 + d - 1)
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy
}

// line places a moment on the time line, in seconds; shift is in minutes.
func (m *moment) line(shift int) int64 {
	return days(m.year, m.month, m.day)*86400 + m.second - int64(m.zone+shift)*60
}

// order is the outcome of a comparison in a partial order.
type order int8

const (
	less order = iota - 1
	equal
	greater
	unordered
)

func compareMoments(a, b *moment) order {
	if a.zoned == b.zoned {
		return lineOrder(a.line(0), b.line(0), a.fraction, b.fraction)
	}
	if !a.zoned {
		o := compareMoments(b, a)
		if o == less || o == greater {
			return -o
		}
		return o
	}
	// b has no zone: it may be anywhere within 14 hours around.
	if lineOrder(a.line(0), b.line(14*60), a.fraction, b.fraction) == less {
		return less
	}
	if lineOrder(a.line(0), b.line(-14*60), a.fraction, b.fraction) == greater {
		return greater
	}
	return unordered
}

func lineOrder(a, b int64, fa, fb string) order {
	switch {
	case a < b:
		return less
	case a > b:
		return greater
	case fa < fb: // without trailing zeros, text order is value order
		return less
	case fa > fb:
		return greater
	}
	return equal
}

// span is a duration.
type span struct {
	months, seconds int64 // both of the sign of the duration
	fraction        string
	negative        bool
}

const maxSpan = int64(1) << 52

func parseSpan(b []byte) (span, bool) {
	var s span
	if len(b) > 0 && b[0] == '-' {
		s.negative = true
		b = b[1:]
	}
	if len(b) < 2 || b[0] != 'P' {
		return s, false
	}
	b = b[1:]
	units := "YMD"
	inTime := false
	seen := false
	for len(b) > 0 {
		if b[0] == 'T' {
			if inTime || len(b) == 1 {
				return s, false
			}
			inTime, units = true, "HMS"
			b = b[1:]
			continue
		}
		n, v := 0, int64(0)
		for n < len(b) && digit(b[n]) {
			if v < maxSpan {
				v = v*10 + int64(b[n]-'0')
			}
			n++
		}
		v = min(v, maxSpan)
		if n == 0 || n == len(b) {
			return s, false
		}
		b = b[n:]
		if b[0] == '.' {
			n, last := 1, 0
			for n < len(b) && digit(b[n]) {
				if b[n] != '0' {
					last = n
				}
				n++
			}
			if n == 1 || n == len(b) || b[n] != 'S' || !inTime {
				return s, false
			}
			if last > 0 {
				s.fraction = view(b[1 : last+1])
			}
			b = b[n:]
		}
		i := -1
		for j := range len(units) {
			if units[j] == b[0] {
				i = j
			}
		}
		if i < 0 {
			return s, false
		}
		switch {
		case !inTime && b[0] == 'Y':
			s.months += min(v, maxSpan/12) * 12
		case !inTime && b[0] == 'M':
			s.months += v
		case b[0] == 'D':
			s.seconds += min(v, maxSpan/86400) * 86400
		case b[0] == 'H':
			s.seconds += min(v, maxSpan/3600) * 3600
		case b[0] == 'M':
			s.seconds += min(v, maxSpan/60) * 60
		default:
			s.seconds += v
		}
		units = units[i+1:]
		b = b[1:]
		seen = true
	}
	if s.negative {
		s.months, s.seconds = -s.months, -s.seconds
	}
	return s, seen
}

// compareSpans adds both to the four moments of Part 2 §3.2.6.2.
func compareSpans(a, b *span) order {
	out := equal
	for i, ref := range [4]moment{{year: 1696, month: 9, day: 1}, {year: 1697, month: 2, day: 1}, {year: 1903, month: 3, day: 1}, {year: 1903, month: 7, day: 1}} {
		la, fa := a.from(ref)
		lb, fb := b.from(ref)
		o := lineOrder(la, lb, fa, fb)
		if o == equal && a.negative && b.negative { // fractions count backwards
			o = -lineOrder(0, 0, a.fraction, b.fraction)
		}
		if i > 0 && o != out {
			return unordered
		}
		out = o
	}
	return out
}

func (s *span) from(ref moment) (int64, string) {
	months := ref.year*12 + int64(ref.month-1) + max(min(s.months, maxYear), -maxYear)
	y := months / 12
	m := months % 12
	if m < 0 {
		m += 12
		y--
	}
	line := days(y, int(m)+1, 1)*86400 + s.seconds
	if s.negative {
		return line, ""
	}
	return line, s.fraction
}
