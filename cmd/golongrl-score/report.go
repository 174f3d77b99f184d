package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
)

//go:embed report.html
var reportHTML string

var reportTemplate = template.Must(template.New("report").Parse(reportHTML))

// report is what the template shows.
type report struct {
	Files      []string
	Tiles      []tile
	Warnings   []string
	Estimators []legend
	Table      table
	Sections   []section
	Colours    template.CSS // of series beyond those of the style sheet
}

type tile struct{ Number, What string }

type legend struct {
	Series              int
	Name, Formula, Note string
}

type section struct {
	ID, Title, Text string
	Legend          []legend
	Chart           template.HTML
	Width           int
	Missing         string // why there is no chart
	Table           table
}

type table struct {
	Head []string
	Rows [][]string
}

// mostTasks bounds the tasks in charts; tables have all.
const mostTasks = 48

// colours is how many series the style sheet has colours for.
const colours = 8

// page is the comparison as a page of HTML.
func (c *comparison) page(files []string) ([]byte, error) {
	r := &report{Tiles: c.tiles()}
	for _, f := range files {
		if f == "-" {
			f = stdinName
		}
		r.Files = append(r.Files, f)
	}
	for _, w := range c.Warnings {
		r.Warnings = append(r.Warnings, w.Message)
	}
	r.Table.Head = []string{"estimator", "CV", "A > 0", "A = 0", "flipped", "ESS", "least weight", "largest weight"}
	for i := range c.Estimators {
		e := &c.Estimators[i]
		r.Estimators = append(r.Estimators, legend{Series: i, Name: e.Spelling, Formula: e.Formula})
		r.Table.Rows = append(r.Table.Rows, []string{e.Spelling, fixed(e.CV, 3), percent(e.Positive), percent(e.Zero), percent(e.Flipped), fixed(e.ESS, 1), short(e.MinWeight), short(e.MaxWeight)})
	}
	if c.Rows > 0 {
		d := newDrawing(c)
		for _, draw := range []func() (section, error){d.figure5, d.gradient, d.advantages, d.rewards, d.prompts} {
			s, err := draw()
			if err != nil {
				return nil, err
			}
			r.Sections = append(r.Sections, s)
		}
	}
	var css strings.Builder
	for i := colours; i < len(c.Estimators); i++ {
		fmt.Fprintf(&css, ".s%d{--c:hsl(%d 55%% 50%%)}", i, i*137%360)
	}
	r.Colours = template.CSS(css.String())
	var b bytes.Buffer
	err := reportTemplate.Execute(&b, r)
	return b.Bytes(), err
}

func (c *comparison) tiles() []tile {
	number := strconv.Itoa
	tiles := []tile{{number(c.Rows), "rows"}, {number(c.Groups), "prompts"}}
	if n := c.batch.Index.Tasks(); n > 0 {
		tiles = append(tiles, tile{number(n), "tasks"})
	}
	tiles = append(tiles, tile{number(c.ZeroVariance), "prompts of equal rewards"}, tile{number(c.Singles), "prompts of one rollout"})
	if c.leftOut > 0 {
		tiles = append(tiles, tile{number(c.leftOut), "rows without a reward"})
	}
	return tiles
}

// drawing makes the charts of a page.
type drawing struct {
	*comparison
	tasks []int    // that are drawn, in order
	names []string // of all tasks
	rows  [][]int  // of every task
}

func newDrawing(c *comparison) *drawing {
	d := &drawing{comparison: c, rows: make([][]int, len(c.Tasks))}
	for t := range c.Tasks {
		d.names = append(d.names, c.taskLabel(t))
		d.tasks = append(d.tasks, t)
	}
	if len(d.tasks) > mostTasks {
		slices.SortStableFunc(d.tasks, func(a, b int) int { return c.Tasks[b].Rows - c.Tasks[a].Rows })
		d.tasks = d.tasks[:mostTasks]
		slices.Sort(d.tasks)
	}
	ix := c.batch.Index
	for g := range ix.Groups() {
		t := max(0, ix.TaskOf(g))
		for j := range ix.Size(g) {
			d.rows[t] = append(d.rows[t], ix.Row(g, j))
		}
	}
	return d
}

// legends are the names of the estimators, each with a note.
func (d *drawing) legends(note func(e int) string) []legend {
	var list []legend
	for i := range d.Estimators {
		list = append(list, legend{Series: i, Name: d.Estimators[i].Spelling, Note: note(i)})
	}
	return list
}

func (d *drawing) frame(series int) frame {
	var labels []string
	for _, t := range d.tasks {
		labels = append(labels, d.names[t])
	}
	return newFrame(labels, series)
}

// bars is a section with bars for the tasks that are drawn.
func (d *drawing) bars(s section, names []string, of func(e, t int) float64, axis scale, ok bool, format func(float64) string, stacked bool, o overlay) (section, error) {
	if !d.complete(&s, ok && len(names) > 0) {
		return s, nil
	}
	data := make([][]float64, len(names))
	for e := range data {
		for _, t := range d.tasks {
			data[e] = append(data[e], of(e, t))
			o.title = append(o.title, fmt.Sprintf("%s, %s: %s", d.names[t], names[e], format(of(e, t))))
		}
	}
	width := len(data)
	if stacked {
		width = 1
	}
	f := d.frame(width)
	p, err := f.bars(data, axis, format, stacked)
	if err != nil {
		return s, err
	}
	s.Chart, s.Width = template.HTML(p.svg(s.Title, o)), f.width
	return s, nil
}

// complete says in s what is not drawn. It reports whether anything is.
func (d *drawing) complete(s *section, ok bool) bool {
	switch {
	case !ok:
		s.Missing = "The values cannot be drawn on one axis; see the table."
	case len(d.tasks) < len(d.names):
		s.Missing = fmt.Sprintf("The chart shows the %d tasks with the most rows, the table all %d.", len(d.tasks), len(d.names))
	}
	return ok
}

// perTask is a table with a row for every task and a column for every estimator.
func (d *drawing) perTask(cell func(e, t int) string) table {
	t := table{Head: []string{"task"}}
	for i := range d.Estimators {
		t.Head = append(t.Head, d.Estimators[i].Spelling)
	}
	for k := range d.Tasks {
		row := []string{d.names[k]}
		for e := range d.Estimators {
			row = append(row, cell(e, k))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (d *drawing) spellings() []string {
	var names []string
	for i := range d.Estimators {
		names = append(names, d.Estimators[i].Spelling)
	}
	return names
}

// figure5 is the figure of the paper.
func (d *drawing) figure5() (section, error) {
	s := section{
		ID: "balance", Title: "How evenly tasks pull",
		Text:   "Mean |A| of each task divided by its mean over tasks: 1 is a task that moves the policy as much per rollout as the average one. The band is ±15 %. CV is the coefficient of variation over tasks. This is Figure 5 of the paper.",
		Legend: d.legends(func(e int) string { return "CV " + fixed(d.Estimators[e].CV, 3) }),
	}
	relative := func(e, t int) float64 { return d.Estimators[e].Relative[t] }
	s.Table = d.perTask(func(e, t int) string { return fixed(relative(e, t), 3) })
	cv := []string{"CV"}
	for i := range d.Estimators {
		cv = append(cv, fixed(d.Estimators[i].CV, 3))
	}
	s.Table.Rows = append(s.Table.Rows, cv)
	top := 1.15
	for e := range d.Estimators {
		for _, t := range d.tasks {
			top = max(top, relative(e, t))
		}
	}
	axis, ok := scaleFor(0, top)
	one := 1.0
	return d.bars(s, d.spellings(), relative, axis, ok, func(v float64) string { return fixed(v, 2) }, false, overlay{bandLow: 0.85, bandHigh: 1.15, line: &one})
}

// gradient is the share of the tasks in the gradient.
func (d *drawing) gradient() (section, error) {
	s := section{
		ID: "gradient", Title: "Share of the gradient",
		Text:   "Share of each task in the sum of |A| over tokens, or over rollouts where lengths are not known. Compare it with the task's share of the rows, the first column.",
		Legend: d.legends(func(int) string { return "" }),
	}
	share := func(e, t int) float64 { return d.Estimators[e].GradientShare[t] }
	s.Table = d.perTask(func(e, t int) string { return percent(share(e, t)) })
	s.Table.Head = slices.Insert(s.Table.Head, 1, "rows")
	for t := range s.Table.Rows {
		s.Table.Rows[t] = slices.Insert(s.Table.Rows[t], 1, percent(float64(d.Tasks[t].Rows)/float64(d.Rows)))
	}
	top := 0.05
	for e := range d.Estimators {
		for _, t := range d.tasks {
			top = max(top, share(e, t))
		}
	}
	axis, ok := scaleFor(0, top)
	return d.bars(s, d.spellings(), share, axis, ok, percent, false, overlay{})
}

// boxes is a section with box plots.
// mark says what the line across a box is.
func (d *drawing) boxes(s section, names []string, of func(e, t int) box, mark string, at func(e, t int) float64) (section, error) {
	var o overlay
	data := make([][]box, len(names))
	lo, hi := math.Inf(1), math.Inf(-1)
	for e := range data {
		for _, t := range d.tasks {
			b := of(e, t)
			data[e] = append(data[e], b)
			lo, hi = min(lo, b.low), max(hi, b.high)
			m := at(e, t)
			o.mark = append(o.mark, m)
			o.title = append(o.title, fmt.Sprintf("%s, %s: %s %s, half of the rows from %s to %s", d.names[t], names[e], mark, short(m), short(b.q1), short(b.q3)))
		}
	}
	axis, ok := scaleFor(min(lo, 0), max(hi, 0))
	if !d.complete(&s, ok && len(names) > 0) {
		return s, nil
	}
	f := d.frame(len(data))
	p, err := f.boxes(data, axis, short)
	if err != nil {
		return s, err
	}
	zero := 0.0
	o.line = &zero
	s.Chart, s.Width = template.HTML(p.svg(s.Title, o)), f.width
	return s, nil
}

var boxHead = []string{"min", "5 %", "25 %", "median", "75 %", "95 %", "max"}

func (b box) cells() []string {
	return []string{short(b.min), short(b.low), short(b.q1), short(b.median), short(b.q3), short(b.high), short(b.max)}
}

// advantages are the distributions of the advantages.
func (d *drawing) advantages() (section, error) {
	s := section{
		ID: "advantages", Title: "Advantages",
		Text:   "Boxes hold the middle half of a task's rollouts, whiskers 90 %, and the line across a box is the median. In the chart every estimator is divided by its mean |A| over all rows, so that shapes can be compared; the table has the advantages themselves.",
		Legend: d.legends(func(int) string { return "" }),
	}
	boxes := make([][]box, len(d.Estimators))
	s.Table.Head = append([]string{"task", "estimator"}, boxHead...)
	for e := range boxes {
		for t := range d.Tasks {
			var values []float64
			for _, i := range d.rows[t] {
				values = append(values, d.Estimators[e].Values[i])
			}
			boxes[e] = append(boxes[e], boxOf(values))
		}
	}
	for t := range d.Tasks {
		for e := range boxes {
			s.Table.Rows = append(s.Table.Rows, append([]string{d.names[t], d.Estimators[e].Spelling}, boxes[e][t].cells()...))
		}
	}
	unit := make([]float64, len(boxes))
	for e := range unit {
		for _, a := range d.Estimators[e].Values {
			unit[e] += math.Abs(a) / float64(d.Rows)
		}
	}
	shown := func(e, t int) box { return boxes[e][t].over(unit[e]) }
	return d.boxes(s, d.spellings(), shown, "median", func(e, t int) float64 { return shown(e, t).median })
}

// over is b in units of u, or b itself if u is no unit.
func (b box) over(u float64) box {
	if u < 1e-300 {
		return b
	}
	return box{b.min / u, b.low / u, b.q1 / u, b.median / u, b.q3 / u, b.high / u, b.max / u}
}

// rewards are the distributions of the rewards.
func (d *drawing) rewards() (section, error) {
	s := section{
		ID: "rewards", Title: "Rewards",
		Text: "Boxes hold the middle half of a task's rewards, whiskers 90 %, and the line across a box is the mean. Deviation is the root mean square of the prompts' standard deviations, by which tmn divides.",
	}
	boxes := make([]box, len(d.Tasks))
	s.Table.Head = append([]string{"task", "rows", "mean", "deviation"}, boxHead...)
	for t := range d.Tasks {
		var values []float64
		for _, i := range d.rows[t] {
			values = append(values, d.batch.Rewards[i])
		}
		boxes[t] = boxOf(values)
		k := &d.Tasks[t]
		s.Table.Rows = append(s.Table.Rows, append([]string{d.names[t], strconv.Itoa(k.Rows), short(k.MeanReward), short(k.Std)}, boxes[t].cells()...))
	}
	return d.boxes(s, []string{"reward"}, func(_, t int) box { return boxes[t] }, "mean", func(_, t int) float64 { return d.Tasks[t].MeanReward })
}

// prompts shows how many prompts can teach anything.
func (d *drawing) prompts() (section, error) {
	names := []string{"rewards differ", "rewards equal", "one rollout"}
	s := section{
		ID: "prompts", Title: "Prompts",
		Text: "Only prompts whose rollouts got different rewards carry a signal. Prompts of equal rewards lower the scale of their task in tmn and tmn_reweight unless drop_constant=true removes them.",
	}
	for i, n := range names {
		s.Legend = append(s.Legend, legend{Series: i, Name: n})
	}
	s.Table.Head = append([]string{"task", "prompts"}, names...)
	number := func(e, t int) int {
		k := &d.Tasks[t]
		return [...]int{k.Prompts - k.ZeroVariance - k.Singles, k.ZeroVariance, k.Singles}[e]
	}
	top := 1.0
	for t := range d.Tasks {
		row := []string{d.names[t], strconv.Itoa(d.Tasks[t].Prompts)}
		for e := range names {
			row = append(row, strconv.Itoa(number(e, t)))
		}
		s.Table.Rows = append(s.Table.Rows, row)
		top = max(top, float64(d.Tasks[t].Prompts))
	}
	axis, ok := scaleFor(0, top)
	return d.bars(s, names, func(e, t int) float64 { return float64(number(e, t)) }, axis, ok, short, true, overlay{})
}
