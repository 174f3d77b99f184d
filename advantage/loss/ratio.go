package loss

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/golongrl/golongrl/internal/portable"
	"github.com/golongrl/golongrl/internal/spelling"
)

// tokens are the values of one sequence.
type tokens struct {
	logp, old, adv []float64
	mask           []bool // nil: all
}

func (b *Batch) sequence(s int) tokens {
	from, to := b.Start[s], b.Start[s+1]
	q := tokens{logp: b.LogP[from:to], old: b.LogP[from:to], adv: b.Advantages[from:to]}
	if b.LogPOld != nil {
		q.old = b.LogPOld[from:to]
	}
	if b.Mask != nil {
		q.mask = b.Mask[from:to]
	}
	return q
}

func (q *tokens) valid(i int) bool { return q.mask == nil || q.mask[i] }

// ratio is exp(logp - old) with the difference clamped to ±20, and its
// derivative with respect to logp, which is 0 beyond ±20 and not at it.
func (q *tokens) ratio(i int) (r, slope float64) {
	d := q.logp[i] - q.old[i]
	switch {
	case d > maxLogRatio:
		return portable.Exp(maxLogRatio), 0
	case d < -maxLogRatio:
		return portable.Exp(-maxLogRatio), 0
	}
	r = portable.Exp(d)
	return r, r
}

// clipped is max(-a r, -a clip(r, low, high)), its derivative with respect to r,
// and whether the second is larger. At a tie of the two outside the interval,
// which only rounding can make, the derivative is half of the first one's.
func clipped(a, r, low, high float64) (loss, slope float64, cut bool) {
	l1 := float64(-a * r)
	if low <= r && r <= high {
		return l1, -a, false
	}
	l2 := float64(-a * min(max(r, low), high))
	switch {
	case l1 > l2:
		return l1, -a, false
	case l1 == l2:
		return l1, -a / 2, false
	}
	return l2, 0, true
}

// clipOptions are the options of an interval [1-low, 1+high].
func clipOptions(low, high *float64, defLow, defHigh float64) []spelling.Option {
	return []spelling.Option{
		spelling.Float("clip_low", low, defLow, 0, math.MaxFloat64, "ratios are clipped below 1-clip_low"),
		spelling.Float("clip_high", high, defHigh, 0, math.MaxFloat64, "ratios are clipped above 1+clip_high"),
	}
}

// dualOption is a bound of the dual clip: 0 for none, or more than 1.
func dualOption(name string, p *float64, def float64, help string) spelling.Option {
	o := spelling.Float(name, p, def, 0, math.MaxFloat64, help+"; 0 is none")
	set := o.Set
	o.Set = func(s string) error {
		if v, err := strconv.ParseFloat(s, 64); err == nil && badDual(v) {
			return errors.New("expected a number above 1, or 0 for none")
		}
		return set(s)
	}
	return o
}

func badDual(c float64) bool { return c != 0 && !(c > 1 && c <= math.MaxFloat64) }

// checkClip reports bounds that no clipping has.
func checkClip(name string, low, high float64, dual ...float64) error {
	for _, v := range [...]float64{low, high} {
		if !(v >= 0 && v <= math.MaxFloat64) {
			return fmt.Errorf("loss: %s: the interval [1-%v, 1+%v] does not hold 1", name, low, high)
		}
	}
	for _, c := range dual {
		if badDual(c) {
			return fmt.Errorf("loss: %s: a dual clip of %v; use a number above 1, or 0 for none", name, c)
		}
	}
	return nil
}
