package advantage_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage"
)

// A drawn is a random batch as columns, from which batches can be made anew
// after a change. Rewards are multiples of 1/60 unless the style says otherwise.
type drawn struct {
	groups    []int
	tasks     []string
	rewards   []float64
	lengths   []int
	baselines []float64
	parts     [2][]float64
}

func (d *drawn) rows() int { return len(d.groups) }

func (d *drawn) batch() *advantage.Batch {
	ix, err := advantage.NewIndex(d.groups, d.tasks)
	if err != nil {
		panic(err)
	}
	return &advantage.Batch{Index: ix, Rewards: slices.Clone(d.rewards), Lengths: slices.Clone(d.lengths), Baselines: slices.Clone(d.baselines),
		Components: [][]float64{slices.Clone(d.parts[0]), slices.Clone(d.parts[1])}, Names: []string{"accuracy", "format"}}
}

// pick is the batch of the rows rows, in that order.
func (d *drawn) pick(rows []int) *drawn {
	p := &drawn{}
	for _, i := range rows {
		p.groups = append(p.groups, d.groups[i])
		p.tasks = append(p.tasks, d.tasks[i])
		p.rewards = append(p.rewards, d.rewards[i])
		if d.lengths != nil {
			p.lengths = append(p.lengths, d.lengths[i])
		}
		p.baselines = append(p.baselines, d.baselines[i])
		for k := range p.parts {
			p.parts[k] = append(p.parts[k], d.parts[k][i])
		}
	}
	return p
}

// byGroup are the rows of every group, in the order of the batch.
func (d *drawn) byGroup() map[int][]int {
	rows := make(map[int][]int)
	for i, g := range d.groups {
		rows[g] = append(rows[g], i)
	}
	return rows
}

func (d *drawn) constant(rows []int) bool {
	for _, i := range rows {
		if d.rewards[i] != d.rewards[rows[0]] {
			return false
		}
	}
	return true
}

// A shape says what may be in a batch that draw makes.
type shape struct {
	prompts, rollouts int
	styles            []string
	noSingles         bool
	equalLengths      bool
	sorted            bool
}

var (
	anyStyle = []string{"binary", "graded", "thirds", "tenths", "constant", "uniform", "offset", "zeros"}
	ordinary = shape{prompts: 12, rollouts: 16, styles: anyStyle}
)

func draw(seed uint64, s shape) *drawn {
	rng := rand.New(rand.NewPCG(seed, 0x5eed))
	d := &drawn{}
	prompts, tasks := 1+rng.IntN(s.prompts), 1+rng.IntN(9)
	for p := range prompts {
		style := s.styles[rng.IntN(len(s.styles))]
		n := 1 + rng.IntN(s.rollouts)
		if s.noSingles && n == 1 {
			n = 2
		}
		c := float64(rng.IntN(5)) / 4
		task := fmt.Sprint("T", rng.IntN(tasks))
		for range n {
			d.groups = append(d.groups, p)
			d.tasks = append(d.tasks, task)
			d.rewards = append(d.rewards, drawReward(rng, style, c))
			d.lengths = append(d.lengths, 1+rng.IntN(40))
			d.baselines = append(d.baselines, drawReward(rng, "graded", 0))
			d.parts[0] = append(d.parts[0], drawReward(rng, "thirds", 0))
			d.parts[1] = append(d.parts[1], drawReward(rng, "binary", 0))
		}
	}
	if s.equalLengths || rng.IntN(4) == 0 {
		d.lengths = nil
	}
	if !s.sorted && rng.IntN(4) > 0 {
		return d.pick(rng.Perm(d.rows()))
	}
	return d
}

func drawReward(rng *rand.Rand, style string, c float64) float64 {
	switch style {
	case "binary":
		return float64(rng.IntN(2))
	case "graded":
		return float64(rng.IntN(5)) / 4
	case "thirds":
		return float64(rng.IntN(4)) / 3
	case "tenths":
		return float64(rng.IntN(11)) / 10
	case "constant":
		return c
	case "uniform":
		return rng.Float64()
	case "zeros":
		return math.Copysign(0, float64(rng.IntN(2))-0.5)
	case "offset":
		return 100 + float64(rng.IntN(61))/64
	}
	panic(style)
}

// run is what est makes of d, or nil with the error.
func run(est advantage.Estimator, d *drawn) ([]float64, error) {
	dst := make([]float64, d.rows())
	if err := est.Advantages(dst, d.batch()); err != nil {
		return nil, err
	}
	return dst, nil
}

func mustRun(est advantage.Estimator, d *drawn) []float64 {
	out, err := run(est, d)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", est, err))
	}
	return out
}

// largest is the largest absolute value, 0 of none.
func largest(x []float64) (m float64) {
	for _, v := range x {
		m = max(m, math.Abs(v))
	}
	return m
}

// differ describes where a and b differ by more than tol times the largest
// absolute value of b; "" if they do not.
func differ(a, b []float64, tol float64) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d and %d values", len(a), len(b))
	}
	scale := largest(b)
	for i := range a {
		if !(math.Abs(a[i]-b[i]) <= tol*scale) {
			return fmt.Sprintf("row %d: %v, want %v (largest %v)", i, a[i], b[i], scale)
		}
	}
	return ""
}

// drawSpelling is a random spelling of an estimator. It asks the parser itself
// what an option may be: the message about a value that cannot be lists the words.
func drawSpelling(t testing.TB, rng *rand.Rand, name string, depth int) string {
	info, ok := advantage.Describe(name)
	if !ok {
		t.Fatalf("no estimator %s", name)
	}
	var opts []string
	for _, o := range info.Options {
		if rng.IntN(2) == 0 {
			continue
		}
		switch o.Name {
		case "high": // goes with low, which it may not be below
			continue
		case "low":
			opts = append(opts, "high=0.75", "low=0.25")
			continue
		case "wrong": // must be below correct
			opts = append(opts, "wrong=-0.25")
			continue
		}
		if v := drawValue(t, rng, name, o, depth); v != "" {
			opts = append(opts, o.Name+"="+v)
		}
	}
	if len(opts) == 0 {
		return name
	}
	return name + "(" + strings.Join(opts, ",") + ")"
}

func drawValue(t testing.TB, rng *rand.Rand, name string, o advantage.OptionInfo, depth int) string {
	_, err := advantage.Parse(name + "(" + o.Name + "=0x?)")
	if err == nil {
		t.Fatalf("%s accepts 0x? for %s", name, o.Name)
	}
	var se *advantage.SpellingError
	if !errors.As(err, &se) {
		t.Fatalf("%s: %v is no SpellingError", name, err)
	}
	_, expected, ok := strings.Cut(se.Msg, o.Name+": expected ")
	switch {
	case !ok && advantageNamed(o.Default):
		if depth >= 2 {
			return o.Default
		}
		return drawSpelling(t, rng, advantage.Names()[rng.IntN(4)], depth+1)
	case !ok, o.Name == "weights":
		return ""
	case expected == "true or false":
		return strconv.FormatBool(rng.IntN(2) == 0)
	case strings.HasPrefix(expected, "a whole number from 0 to 1"):
		return strconv.Itoa(rng.IntN(2))
	case strings.HasPrefix(expected, "a whole number"):
		return strconv.Itoa(1 + rng.IntN(3))
	case strings.HasPrefix(expected, "a number"):
		if rng.IntN(3) == 0 {
			return strconv.FormatFloat(rng.Float64(), 'g', 3, 64)
		}
		return []string{"0.5", "0.25", "1", "1e-3", "0.000001"}[rng.IntN(5)]
	}
	words := strings.Split(expected, " or ")
	return words[rng.IntN(len(words))]
}

func advantageNamed(s string) bool {
	_, err := advantage.Parse(s)
	return err == nil
}
