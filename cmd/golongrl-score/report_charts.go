package main

import (
	"slices"

	"github.com/go-analyze/charts"
)

// box is a distribution in five numbers and its ends.
type box struct {
	min, low, q1, median, q3, high, max float64 // low and high are the 5th and 95th percentile
}

// boxOf sorts values, of which there must be one at least.
func boxOf(values []float64) box {
	slices.Sort(values)
	at := func(p float64) float64 {
		place := p * float64(len(values)-1)
		i := int(place)
		v := values[i]
		if f := place - float64(i); f > 0 {
			v = v*(1-f) + values[i+1]*f
		}
		return v + 0
	}
	return box{at(0), at(0.05), at(0.25), at(0.5), at(0.75), at(0.95), at(1)}
}

const (
	chartHeight = 340
	lineHeight  = 15
	labelSize   = 9
)

// frame is what the charts of a page have in common.
type frame struct {
	labels [][]string // of the tasks, in lines
	lines  int        // of the longest label
	width  int
	slot   int // width of a task
}

// newFrame makes room for the bars of all series and for labels.
func newFrame(labels []string, series int) frame {
	const margin, letter, lines = 80, 7, 3
	slot := max(24+12*series, 64)
	f := frame{width: max(960, margin+len(labels)*slot)}
	f.slot = (f.width - margin) / max(1, len(labels))
	columns := f.slot/letter - 1
	for _, l := range labels {
		text := wrap(l, columns)
		if len(text) > lines {
			text = text[:lines]
			text[lines-1] += "…"
		}
		f.labels = append(f.labels, text)
		f.lines = max(f.lines, len(text))
	}
	return f
}

// share is the part of its slot that a group of bars fills.
func (f frame) share(bars int) float64 {
	const widest = 48 // of one bar
	return min(0.8, float64(widest*bars)/float64(f.slot))
}

// category is the axis of the tasks. The library has no labels of several lines;
// the plot writes them later.
func (f frame) category() charts.CategoryAxisOption {
	none := make([]string, len(f.labels))
	for i := range none {
		none[i] = noLabel
	}
	return charts.CategoryAxisOption{
		Labels: none, LabelCount: len(none), BoundaryGap: charts.Ptr(true),
		LabelFontStyle: charts.FontStyle{FontSize: labelSize},
	}
}

func (f frame) value(axis scale, format func(float64) string) charts.ValueAxisOption {
	return charts.ValueAxisOption{
		Min: charts.Ptr(axis.min), Max: charts.Ptr(axis.max), LabelCount: axis.ticks, PreferNiceIntervals: charts.Ptr(false),
		LabelFontStyle: charts.FontStyle{FontSize: labelSize}, ValueFormatter: format, SplitLineShow: charts.Ptr(true),
	}
}

func (f frame) painter() *charts.Painter {
	return charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: f.width, Height: chartHeight})
}

var (
	padding  = charts.Box{Left: 12, Top: 12, Right: 12, Bottom: 8, IsSet: true}
	noLegend = charts.LegendOption{Show: charts.Ptr(false)}
)

// bars draws groups of bars, or one stack for each task.
func (f frame) bars(data [][]float64, axis scale, format func(float64) string, stacked bool) (*plot, error) {
	p := f.painter()
	opt := charts.NewBarChartOptionWithData(data)
	opt.Theme = chartTheme(len(data))
	opt.Padding = padding
	opt.Legend = noLegend
	opt.CategoryAxis = f.category()
	opt.ValueAxis = []charts.ValueAxisOption{f.value(axis, format)}
	opt.StackSeries = charts.Ptr(stacked)
	opt.BarMargin = charts.Ptr(0.015)
	opt.BarSize = f.share(len(data))
	if stacked {
		opt.BarSize = f.share(1)
	}
	if err := p.BarChart(opt); err != nil {
		return nil, err
	}
	return f.plot(p, axis)
}

// boxes draws box plots as candles: the body from the first to the third
// quartile, wicks to the 5th and 95th percentile.
func (f frame) boxes(data [][]box, axis scale, format func(float64) string) (*plot, error) {
	p := f.painter()
	var candles [][]charts.OHLCData
	for _, boxes := range data {
		var row []charts.OHLCData
		for _, b := range boxes {
			row = append(row, charts.OHLCData{Open: b.q1, Close: b.q3, Low: b.low, High: b.high})
		}
		candles = append(candles, row)
	}
	opt := charts.NewCandlestickOptionWithData(candles...)
	opt.Theme = chartTheme(len(data))
	opt.Padding = padding
	opt.Legend = noLegend
	opt.XAxis = f.category()
	opt.YAxis = []charts.YAxisOption{f.value(axis, format)}
	opt.CandleMargin = charts.Ptr(0.03)
	opt.CandleWidth = f.share(len(data))
	if err := p.CandlestickChart(opt); err != nil {
		return nil, err
	}
	return f.plot(p, axis)
}

func (f frame) plot(p *charts.Painter, axis scale) (*plot, error) {
	svg, err := p.Bytes()
	if err != nil {
		return nil, err
	}
	return newPlot(svg, f, axis)
}
