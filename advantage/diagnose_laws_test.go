package advantage_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/golongrl/golongrl/advantage"
)

var diagnosed = []advantage.Estimator{
	advantage.MustParse("dr_grpo"), advantage.MustParse("grpo"), advantage.MustParse("tmn"),
	advantage.MustParse("tmn_reweight(single=reference)"), advantage.MustParse("aepo(masked=true)"),
}

// TestDiagnoseLaws: what holds for every batch and every estimator, against sums
// taken in the plainest way.
func TestDiagnoseLaws(t *testing.T) {
	law(t, "diagnose: shares, bounds, plain sums", func(seed uint64) string {
		d := draw(seed, ordinary)
		b := d.batch()
		r, err := advantage.Diagnose(b, diagnosed...)
		if err != nil {
			return err.Error()
		}
		prompts, rows := 0, 0
		for _, x := range r.Tasks {
			prompts, rows = prompts+x.Prompts, rows+x.Rows
			if x.MinReward > x.MeanReward*(1+1e-15) || x.MeanReward > x.MaxReward*(1+1e-15) || x.Std < 0 || x.Singles+x.ZeroVariance > x.Prompts {
				return fmt.Sprintf("%+v", x)
			}
		}
		if prompts != r.Groups || rows != r.Rows || rows != d.rows() {
			return fmt.Sprintf("%d prompts, %d rows: %+v", prompts, rows, r)
		}
		for k, e := range r.Estimators {
			if s := differ(e.Values, mustRun(diagnosed[k], d), 0); s != "" {
				return s
			}
			if s := checkShares(e, b, d); s != "" {
				return e.Spelling + ": " + s
			}
		}
		return ""
	})
	law(t, "diagnose: the order of rows is of no account", func(seed uint64) string {
		d := draw(seed, ordinary)
		p := d.pick(rngOf(seed).Perm(d.rows()))
		one, err := advantage.Diagnose(d.batch(), diagnosed...)
		if err != nil {
			return err.Error()
		}
		two, err := advantage.Diagnose(p.batch(), diagnosed...)
		if err != nil {
			return err.Error()
		}
		for k, e := range one.Estimators {
			f := two.Estimators[k]
			a := []float64{e.CV, e.Positive, e.Zero, e.Flipped, e.ESS, e.MinWeight, e.MaxWeight}
			b := []float64{f.CV, f.Positive, f.Zero, f.Flipped, f.ESS, f.MinWeight, f.MaxWeight}
			if s := differ(a, b, 1e-9); s != "" {
				return s
			}
			for i, t1 := range one.Tasks {
				j := slices.IndexFunc(two.Tasks, func(t2 advantage.TaskReport) bool { return t2.Name == t1.Name })
				a := []float64{e.MeanAbs[i], e.Relative[i], e.GradientShare[i], e.SquareShare[i], t1.MeanReward, t1.Std, t1.MeanLength}
				b := []float64{f.MeanAbs[j], f.Relative[j], f.GradientShare[j], f.SquareShare[j], two.Tasks[j].MeanReward, two.Tasks[j].Std, two.Tasks[j].MeanLength}
				if s := differ(a, b, 1e-9); s != "" {
					return s
				}
			}
		}
		return ""
	})
}

func checkShares(e advantage.EstimatorReport, b *advantage.Batch, d *drawn) string {
	tasks := b.Index.Tasks()
	sum, rows, mass, squares := make([]float64, tasks), make([]float64, tasks), make([]float64, tasks), make([]float64, tasks)
	var total, square, tokens, nonzero float64
	for g := range b.Index.Groups() {
		for j := range b.Index.Size(g) {
			i, t := b.Index.Row(g, j), b.Index.TaskOf(g)
			a, length := math.Abs(e.Values[i]), 1.0
			if d.lengths != nil {
				length = float64(d.lengths[i])
			}
			rows[t]++
			sum[t] += a
			mass[t] += a * length
			squares[t] += a * a
			total, square, tokens = total+a, square+a*a, tokens+a*length
			if a != 0 {
				nonzero++
			}
		}
	}
	var cross float64
	for t := range sum {
		sum[t] /= rows[t]
		cross += sum[t] / float64(tasks)
	}
	if s := differ(e.MeanAbs, sum, 1e-12); s != "" {
		return "mean |A|: " + s
	}
	if total == 0 {
		if e.CV != 0 || e.ESS != 0 || e.Zero != 1 || e.MaxWeight != 0 {
			return fmt.Sprintf("all 0, and %+v", e)
		}
		return ""
	}
	var variance float64
	for t := range sum {
		sum[t] /= cross
		mass[t] /= tokens
		squares[t] /= square
		variance += (sum[t] - 1) * (sum[t] - 1) / float64(tasks)
	}
	for _, s := range []string{differ(e.Relative, sum, 1e-12), differ(e.GradientShare, mass, 1e-12), differ(e.SquareShare, squares, 1e-12)} {
		if s != "" {
			return s
		}
	}
	switch {
	case math.Abs(e.CV-math.Sqrt(variance)) > 1e-12 || e.CV > math.Sqrt(float64(tasks-1))+1e-12:
		return fmt.Sprintf("CV %v, want %v", e.CV, math.Sqrt(variance))
	case math.Abs(e.ESS-total*total/square) > 1e-9*e.ESS || e.ESS > nonzero*(1+1e-12):
		return fmt.Sprintf("ESS %v of %v rows", e.ESS, nonzero)
	case e.Zero < 1-nonzero/float64(d.rows())-1e-12 || e.Positive < 0 || e.Positive > 1:
		return fmt.Sprintf("zero %v", e.Zero)
	case e.MinWeight > 1+1e-12 || e.MaxWeight < 1-1e-12 && e.Spelling != "tmn_reweight(single=reference)":
		return fmt.Sprintf("weights from %v to %v do not enclose their mean 1", e.MinWeight, e.MaxWeight)
	}
	return ""
}
