package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
)

// text is the comparison for a terminal.
func (c *comparison) text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", c.summary())
	if c.Rows > 0 {
		c.writeTasks(&b)
		c.writePerTask(&b, "mean |A| / mean over tasks (figure 5)", func(e, t int) string { return fixed(c.Estimators[e].Relative[t], 3) })
		c.writePerTask(&b, "share of the gradient", func(e, t int) string { return percent(c.Estimators[e].GradientShare[t]) })
		c.writeEstimators(&b)
	}
	if len(c.Warnings) > 0 {
		b.WriteByte('\n')
	}
	for _, w := range c.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", printable(w.Message, len(w.Message)))
	}
	return b.Bytes()
}

// aligned writes rows of cells: the first column to the left, the others to the
// right.
func aligned(b *bytes.Buffer, rows [][]string) {
	wide := 0
	for _, r := range rows {
		wide = max(wide, len([]rune(r[0])))
	}
	var text bytes.Buffer
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, r := range rows {
		io.WriteString(w, r[0]+strings.Repeat(" ", wide-len([]rune(r[0])))+"\t"+strings.Join(r[1:], "\t")+"\t\n")
	}
	w.Flush()
	// Columns aligned on the right have the space between them on the left.
	b.WriteByte('\n')
	for line := range strings.Lines(text.String()) {
		b.WriteString(strings.TrimPrefix(line, "  "))
	}
}

func (c *comparison) writeTasks(b *bytes.Buffer) {
	rows := [][]string{{"task", "prompts", "rows", "equal", "single", "mean", "std", "min", "max"}}
	for t := range c.Tasks {
		k := &c.Tasks[t]
		rows = append(rows, []string{c.taskLabel(t), strconv.Itoa(k.Prompts), strconv.Itoa(k.Rows), strconv.Itoa(k.ZeroVariance), strconv.Itoa(k.Singles),
			short(k.MeanReward), short(k.Std), short(k.MinReward), short(k.MaxReward)})
	}
	aligned(b, rows)
}

func (c *comparison) writePerTask(b *bytes.Buffer, title string, cell func(e, t int) string) {
	if len(c.Estimators) == 0 {
		return
	}
	head := []string{title}
	for i := range c.Estimators {
		head = append(head, c.Estimators[i].Spelling)
	}
	rows := [][]string{head}
	for t := range c.Tasks {
		row := []string{c.taskLabel(t)}
		for e := range c.Estimators {
			row = append(row, cell(e, t))
		}
		rows = append(rows, row)
	}
	aligned(b, rows)
}

func (c *comparison) writeEstimators(b *bytes.Buffer) {
	rows := [][]string{{"estimator", "CV", "A > 0", "A = 0", "flipped", "ESS", "weights"}}
	for i := range c.Estimators {
		e := &c.Estimators[i]
		rows = append(rows, []string{e.Spelling, fixed(e.CV, 3), percent(e.Positive), percent(e.Zero), percent(e.Flipped), fixed(e.ESS, 1),
			short(e.MinWeight) + " to " + short(e.MaxWeight)})
	}
	aligned(b, rows)
}

// fixed writes v with n decimals, or shorter where it is huge.
func fixed(v float64, n int) string {
	if math.Abs(v) >= 1e9 {
		return short(v)
	}
	return strconv.FormatFloat(v+0, 'f', n, 64)
}

func percent(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) + "%" }

// short writes v with four digits.
func short(v float64) string { return strconv.FormatFloat(v+0, 'g', 4, 64) }

// json is the comparison as one line of JSON.
func (c *comparison) json() ([]byte, error) {
	type task struct {
		Name         string  `json:"name"`
		Prompts      int     `json:"prompts"`
		Rows         int     `json:"rows"`
		ZeroVariance int     `json:"zero_variance"`
		Singles      int     `json:"singles"`
		MeanReward   float64 `json:"mean_reward"`
		Std          float64 `json:"std"`
		MinReward    float64 `json:"min_reward"`
		MaxReward    float64 `json:"max_reward"`
		MeanLength   float64 `json:"mean_length"`
	}
	type estimator struct {
		Estimator     string    `json:"estimator"`
		Formula       string    `json:"formula"`
		CV            float64   `json:"cv"`
		MeanAbs       []float64 `json:"mean_abs"`
		Relative      []float64 `json:"relative"`
		GradientShare []float64 `json:"gradient_share"`
		SquareShare   []float64 `json:"square_share"`
		Positive      float64   `json:"positive"`
		Zero          float64   `json:"zero"`
		Flipped       float64   `json:"flipped"`
		ESS           float64   `json:"ess"`
		MinWeight     float64   `json:"min_weight"`
		MaxWeight     float64   `json:"max_weight"`
	}
	type warning struct {
		Kind    string `json:"kind"`
		Task    string `json:"task"`
		Count   int    `json:"count"`
		Message string `json:"message"`
	}
	out := struct {
		Rows         int         `json:"rows"`
		LeftOut      int         `json:"left_out"`
		Prompts      int         `json:"prompts"`
		ZeroVariance int         `json:"zero_variance"`
		Singles      int         `json:"singles"`
		Tasks        []task      `json:"tasks"`
		Estimators   []estimator `json:"estimators"`
		Warnings     []warning   `json:"warnings"`
	}{c.Rows, c.leftOut, c.Groups, c.ZeroVariance, c.Singles, []task{}, []estimator{}, []warning{}}
	for _, t := range c.Tasks {
		out.Tasks = append(out.Tasks, task{t.Name, t.Prompts, t.Rows, t.ZeroVariance, t.Singles, t.MeanReward, t.Std, t.MinReward, t.MaxReward, t.MeanLength})
	}
	for _, e := range c.Estimators {
		out.Estimators = append(out.Estimators, estimator{e.Spelling, e.Formula, e.CV, some(e.MeanAbs), some(e.Relative), some(e.GradientShare), some(e.SquareShare),
			e.Positive, e.Zero, e.Flipped, e.ESS, e.MinWeight, e.MaxWeight})
	}
	for _, w := range c.Warnings {
		out.Warnings = append(out.Warnings, warning{string(w.Kind), w.Task, w.Count, w.Message})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(out) // fails for numbers that are not finite
	return b.Bytes(), err
}

func some(v []float64) []float64 {
	if v == nil {
		return []float64{}
	}
	return v
}
