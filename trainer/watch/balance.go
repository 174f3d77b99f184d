package watch

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
)

// Balance returns how evenly tasks pull at the policy: the mean absolute advantage
// of every task divided by its mean over tasks, and the coefficient of variation,
//
//	relative[k] = a[k] / mean(a)
//	cv          = sqrt(mean((relative - 1)²))
//
// It is NaN throughout if there is no task, a mean absolute advantage is NaN, or all
// are 0. The paper does not say whether its deviation divides by the number of tasks
// or one less; this one divides by the number.
//
// Source: Figure 5 of the GoLongRL paper, which draws a band of ±15 %.
func Balance(meanAbs []float64) (relative []float64, cv float64) {
	mean := 0.0
	for _, a := range meanAbs {
		mean += a / float64(len(meanAbs))
	}
	if len(meanAbs) == 0 || mean == 0 {
		mean = math.NaN()
	}
	relative = make([]float64, len(meanAbs))
	sum := 0.0
	for i, a := range meanAbs {
		relative[i] = a / mean
		sum += (relative[i] - 1) * (relative[i] - 1)
	}
	return relative, math.Sqrt(sum / float64(len(meanAbs)))
}

// absAdvantages returns, task by task in the order of first appearance, the mean
// absolute advantage over the steps, each weighted with its rollouts of the task.
// Tasks without a number are left out.
func absAdvantages(steps []Step) (tasks []string, means []float64) {
	type sum struct{ total, weight float64 }
	sums := map[string]*sum{}
	for i := range steps {
		for _, m := range steps[i].Metrics {
			task, name, ok := taskOf(m.Name)
			if !ok || name != TaskAbsAdvantage || !finite(m.Value) {
				continue
			}
			weight, ok := Value(steps[i].Metrics, taskPrefix+task+"/"+TaskRollouts)
			if !ok {
				weight = 1
			}
			if !(weight > 0) || !finite(weight) {
				continue
			}
			if sums[task] == nil {
				sums[task] = new(sum)
				tasks = append(tasks, task)
			}
			sums[task].total += weight * m.Value
			sums[task].weight += weight
		}
	}
	for _, t := range tasks {
		means = append(means, sums[t].total/sums[t].weight)
	}
	return tasks, means
}

// balanceSVG draws the bars of Balance with the paper's band.
func balanceSVG(tasks []string, meanAbs []float64) (picture template.HTML, ok bool) {
	relative, cv := Balance(meanAbs)
	if len(tasks) < 2 || !finite(cv) {
		return "", false
	}
	const left, row, top = 190.0, 22.0, 44.0
	w, h := 1060.0, top+row*float64(len(tasks))+24
	most := 1.3
	for _, r := range relative {
		most = max(most, r*1.08)
	}
	px := func(v float64) float64 { return left + v/most*(w-left-50) }
	end := top + row*float64(len(tasks))

	var b strings.Builder
	title := "Mean absolute advantage per task, divided by its mean over tasks"
	fmt.Fprintf(&b, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s">`, w, h, title)
	fmt.Fprintf(&b, `<text class="title" x="8" y="14">%s</text>`, title)
	fmt.Fprintf(&b, `<text class="tick" x="8" y="31">coefficient of variation %.3f; band ±15 %%</text>`, cv)
	fmt.Fprintf(&b, `<rect class="band" x="%.1f" y="%g" width="%.1f" height="%g"/>`, px(0.85), top-4, px(1.15)-px(0.85), end-top+4)
	for _, v := range ticks(0, most, 6) {
		fmt.Fprintf(&b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%g" y2="%g"/>`, px(v), px(v), top-4, end)
		fmt.Fprintf(&b, `<text class="tick" text-anchor="middle" x="%.1f" y="%g">%s</text>`, px(v), end+15, number(v))
	}
	for i, t := range tasks {
		y := top + row*float64(i)
		name := []rune(t)
		if len(name) > 28 {
			name = append(name[:27:27], '…')
		}
		fmt.Fprintf(&b, `<text class="tick" text-anchor="end" x="%g" y="%g">%s</text>`, left-6, y+13, html.EscapeString(string(name)))
		fmt.Fprintf(&b, `<rect class="bar" x="%g" y="%g" width="%.1f" height="%g"><title>%s: %s, mean absolute advantage %s</title></rect>`,
			left, y+2, px(relative[i])-left, row-6, html.EscapeString(t), number(relative[i]), number(meanAbs[i]))
		fmt.Fprintf(&b, `<text class="tick" x="%.1f" y="%g">%.2f</text>`, px(relative[i])+4, y+13, relative[i])
	}
	fmt.Fprintf(&b, `<line class="mark" x1="%.1f" x2="%.1f" y1="%g" y2="%g"/>`, px(1), px(1), top-4, end)
	b.WriteString("</svg>")
	return template.HTML(b.String()), true // every text went through EscapeString
}
