package train

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// compareTable has a line per task and one for their mean, and for every estimator
// its reward at the end; for all but the first also the paired difference.
func compareTable(rows []compared, estimators []string) string {
	if len(rows) == 0 {
		return ""
	}
	before := func(r *compared) []float64 { return r.Before }
	after := func(r *compared) []float64 { return r.After }
	// of returns a reward of every run of an estimator, by seed.
	of := func(estimator string, task int, get func(*compared) []float64) (x []float64) {
		for i := range rows {
			if rows[i].Estimator == estimator {
				x = append(x, reward(get(&rows[i]), task))
			}
		}
		return x
	}
	head := []string{"task", "warm-up"}
	head = append(head, estimators...)
	for _, e := range estimators[1:] {
		head = append(head, e+" - "+estimators[0])
	}
	lines := [][]string{head}
	for i, t := range append(slices.Clone(rows[0].Tasks), "mean") {
		line := []string{t, interval(of(estimators[0], i, before))}
		for _, e := range estimators {
			line = append(line, interval(of(e, i, after)))
		}
		base := of(estimators[0], i, after)
		for _, e := range estimators[1:] {
			d := of(e, i, after)
			for k := range d {
				d[k] -= base[k]
			}
			line = append(line, signed(d))
		}
		lines = append(lines, line)
	}
	return fmt.Sprintf("mean held-out reward at temperature 1 and 95 %% confidence interval over %d seeds\n", len(rows)/len(estimators)) + align(lines)
}

// reward is that of a task, or behind the last one the mean of all.
func reward(x []float64, task int) float64 {
	if task < len(x) {
		return x[task]
	}
	return mean(x)
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// align makes columns, the first from the left and the others from the right.
func align(lines [][]string) string {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, line := range lines {
		for i, cell := range line {
			if i == 0 {
				fmt.Fprintf(&b, "%-*s", widths[i], cell)
			} else {
				fmt.Fprintf(&b, "  %*s", widths[i], cell)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func interval(x []float64) string {
	m, h := meanInterval(x)
	return fmt.Sprintf("%.3f ± %.3f", m, h)
}

func signed(x []float64) string {
	m, h := meanInterval(x)
	return fmt.Sprintf("%+.3f ± %.3f", m, h)
}

// meanInterval returns the mean of at least two values and half the width of its
// 95 % confidence interval, t s/sqrt(n).
func meanInterval(x []float64) (m, half float64) {
	n := float64(len(x))
	m = mean(x)
	s := 0.0
	for _, v := range x {
		s += (v - m) * (v - m)
	}
	return m, student(len(x)-1) * math.Sqrt(s/(n-1)/n)
}

// student returns the 97.5 % quantile of Student's t distribution with df degrees
// of freedom.
//
// Source: Abramowitz and Stegun, table 26.10; beyond it equation 26.7.5.
func student(df int) float64 {
	table := []float64{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
		2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042}
	if df <= len(table) {
		return table[df-1]
	}
	const z = 1.959964
	n := float64(df)
	return z + (z*z*z+z)/(4*n) + (5*math.Pow(z, 5)+16*z*z*z+3*z)/(96*n*n)
}
