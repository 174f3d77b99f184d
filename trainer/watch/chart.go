package watch

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// A chart is a picture of curves over steps, as SVG. Colours are classes of the
// page's style sheet: s0 to s7 for curves, in an order that people with impaired
// colour vision can tell apart, and others for axes and marks.
type chart struct {
	title    string
	curves   []curve
	marks    []Mark
	unit     bool // values lie in [0, 1], and so does the axis
	zero     bool // the axis holds 0
	size     [2]float64
	legend   bool
	smoothed bool // curves of many points are shown faintly with their moving mean
}

// A curve is a line through points whose x rise. A value that is no number breaks
// it.
type curve struct {
	label string
	class int // 0 to 7
	x, y  []float64
	dots  bool // few points, shown as such
}

// A Mark is a step at which something began, such as the reinforcement learning
// behind a supervised warm-up.
type Mark struct {
	Step  int
	Label string
}

// chartPoints bounds a curve's points; more are averaged in groups.
const chartPoints = 400

// svg draws the chart; ok is false if there is nothing to draw.
func (c *chart) svg() (picture template.HTML, ok bool) {
	w, h := c.size[0], c.size[1]
	left, right, top, bottom := 46.0, 10.0, 24.0, 22.0
	if c.legend {
		top += 16
	}
	x0, x1, y0, y1 := c.bounds()
	if math.IsInf(x0, 0) {
		return "", false
	}
	px := func(x float64) float64 { return left + (x-x0)/(x1-x0)*(w-left-right) }
	py := func(y float64) float64 { return h - bottom - (min(max(y, y0), y1)-y0)/(y1-y0)*(h-top-bottom) }

	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s">`, w, h, html.EscapeString(c.title))
	fmt.Fprintf(&b, `<text class="title" x="%g" y="14">%s</text>`, left-38, html.EscapeString(c.title))
	for _, y := range ticks(y0, y1, 4) {
		fmt.Fprintf(&b, `<line class="grid" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/>`, left, w-right, py(y), py(y))
		fmt.Fprintf(&b, `<text class="tick" text-anchor="end" x="%g" y="%.1f">%s</text>`, left-5, py(y)+3.5, number(y))
	}
	for _, x := range ticks(x0, x1, max(2, int(w/90))) {
		if x == math.Trunc(x) {
			fmt.Fprintf(&b, `<text class="tick" text-anchor="middle" x="%.1f" y="%g">%s</text>`, px(x), h-7, number(x))
		}
	}
	fmt.Fprintf(&b, `<line class="axis" x1="%g" x2="%g" y1="%g" y2="%g"/>`, left, w-right, h-bottom, h-bottom)
	for _, m := range c.marks {
		if x := float64(m.Step); x >= x0 && x <= x1 {
			fmt.Fprintf(&b, `<line class="mark" x1="%.1f" x2="%.1f" y1="%g" y2="%g"><title>%s</title></line>`, px(x), px(x), top, h-bottom, html.EscapeString(m.Label))
			if w < 600 {
				continue // no room for its label
			}
			anchor, dx := "start", 3.0
			if x > (x0+x1)/2 {
				anchor, dx = "end", -3
			}
			fmt.Fprintf(&b, `<text class="marked" text-anchor="%s" x="%.1f" y="%g">%s</text>`, anchor, px(x)+dx, top+9, html.EscapeString(m.Label))
		}
	}
	at := left
	for _, l := range c.curves {
		x, y := condense(l.x, l.y, chartPoints)
		class := "s" + strconv.Itoa(l.class%8)
		if c.smoothed && !l.dots && len(x) >= 20 {
			b.WriteString(path(class+" faint", x, y, px, py))
			y = movingMean(y, len(y)/20)
		}
		b.WriteString(path(class, x, y, px, py))
		if l.dots || len(x) == 1 {
			for i := range x {
				if finite(y[i]) {
					fmt.Fprintf(&b, `<circle class="%s" cx="%.1f" cy="%.1f" r="2.5"><title>step %s: %s</title></circle>`, class, px(x[i]), py(y[i]), number(x[i]), number(y[i]))
				}
			}
		}
		if c.legend {
			fmt.Fprintf(&b, `<line class="%s" x1="%.0f" x2="%.0f" y1="27" y2="27"/><text class="tick" x="%.0f" y="31">%s</text>`, class, at, at+14, at+18, html.EscapeString(l.label))
			at += 32 + 6.2*float64(len([]rune(l.label)))
		}
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()), true // every text went through EscapeString
}

// bounds are those of the axes; x0 is infinite without a point.
func (c *chart) bounds() (x0, x1, y0, y1 float64) {
	x0, x1, y0, y1 = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, l := range c.curves {
		for i, y := range l.y {
			if finite(y) {
				x0, x1 = min(x0, l.x[i]), max(x1, l.x[i])
				y0, y1 = min(y0, y), max(y1, y)
			}
		}
	}
	if math.IsInf(x0, 0) {
		return
	}
	if x1 == x0 {
		x1 = x0 + 1
	}
	if c.unit {
		y0, y1 = min(y0, 0), max(y1, 1)
	}
	if c.zero {
		y0, y1 = min(y0, 0), max(y1, 0)
	}
	// Half of each, so that the span of the largest numbers is one too.
	if span := y1/2 - y0/2; span <= 1e-12*max(math.Abs(y0), math.Abs(y1)) || span == 0 {
		pad := max(math.Abs(y0)*0.05, 1e-6)
		y0, y1 = y0-pad, y1+pad
	} else if !c.unit {
		if y0 != 0 {
			y0 -= 0.1 * span
		}
		if y1 != 0 {
			y1 += 0.1 * span
		}
	}
	const huge = math.MaxFloat64 / 4
	return x0, x1, max(y0, -huge), min(y1, huge)
}

// path is a line with gaps where a value is no number.
func path(class string, x, y []float64, px, py func(float64) float64) string {
	var b strings.Builder
	pen := "M"
	for i := range x {
		if !finite(y[i]) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", pen, px(x[i]), py(y[i]))
		if pen == "M" {
			b.WriteString("h0") // a value between two gaps is a dot
		}
		pen = "L"
	}
	if b.Len() == 0 {
		return ""
	}
	return `<path class="` + class + `" d="` + b.String() + `"/>`
}

// condense averages neighbours until there are at most n points.
func condense(x, y []float64, n int) (xs, ys []float64) {
	if len(x) <= n {
		return x, y
	}
	size := (len(x) + n - 1) / n
	for i := 0; i < len(x); i += size {
		end := min(i+size, len(x))
		xs, ys = append(xs, x[end-1]), append(ys, finiteMean(y[i:end]))
	}
	return xs, ys
}

// movingMean returns the means of values and their r neighbours on each side, as far
// as there are any.
func movingMean(y []float64, r int) []float64 {
	out := make([]float64, len(y))
	for i := range y {
		out[i] = finiteMean(y[max(0, i-r):min(len(y), i+r+1)])
	}
	return out
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// finiteMean is NaN without a finite value.
func finiteMean(y []float64) float64 {
	sum, n := 0.0, 0
	for _, v := range y {
		if finite(v) {
			sum += v
			n++
		}
	}
	return sum / float64(n)
}

// ticks returns about n round numbers in [lo, hi].
func ticks(lo, hi float64, n int) []float64 {
	raw := (hi - lo) / float64(n)
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	if !(unit > 0) || math.IsInf(unit, 0) {
		return nil
	}
	step := 10 * unit
	for _, f := range []float64{1, 2, 5} {
		if f*unit >= raw*0.999 {
			step = f * unit
			break
		}
	}
	var out []float64
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+1e-9*step && len(out) < 2*n+4; i++ {
		out = append(out, i*step)
	}
	return out
}

// number is a value for people: four digits.
func number(x float64) string {
	switch a := math.Abs(x); {
	case math.IsNaN(x):
		return "–"
	case a < 1e-12:
		return "0"
	case a >= 1e6 || a < 1e-4:
		return strings.Replace(strconv.FormatFloat(x, 'g', 3, 64), "-", "−", 1)
	case a >= 1000:
		return strings.Replace(strconv.FormatFloat(x, 'f', 0, 64), "-", "−", 1)
	default:
		s, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64)
		return strings.Replace(strconv.FormatFloat(s, 'f', -1, 64), "-", "−", 1)
	}
}
