package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-analyze/charts"
)

// The charts library writes colours into every element. A page that is light or
// dark needs classes instead, so charts are drawn in colours that only say what
// an element is.
var (
	markAxis  = charts.Color{R: 251, B: 1, A: 255}
	markGrid  = charts.Color{R: 251, B: 2, A: 255}
	markLabel = charts.Color{R: 251, B: 3, A: 255}
	markWick  = charts.Color{R: 251, B: 4, A: 255}
)

// markSeries is the colour of series i, of which there can be any number.
func markSeries(i int) charts.Color {
	return charts.Color{R: 250, G: uint8(i >> 8), B: uint8(i), A: 255}
}

// chartTheme is the theme with these colours.
func chartTheme(series int) charts.ColorPalette {
	o := charts.ThemeOption{
		AxisStrokeColor: markAxis, AxisSplitLineColor: markGrid, TextColor: markLabel,
		CandleWickColor: markWick, BackgroundColor: charts.ColorTransparent,
	}
	for i := range series {
		o.SeriesColors = append(o.SeriesColors, markSeries(i))
		o.SeriesUpDownColors = append(o.SeriesUpDownColors, [2]charts.Color{markSeries(i), markSeries(i)})
	}
	return charts.MakeTheme(o)
}

// shape is an element of a chart.
type shape struct {
	class  string // axis, grid, label, wick or bar
	series int    // of a bar
	points [][2]int
	x, y   string // of a label
	text   string
}

var (
	colour = regexp.MustCompile(`(?:fill|stroke):rgb\((25[01]),(\d+),(\d+)\)`)
	vertex = regexp.MustCompile(`[ML] (-?\d+) (-?\d+)`)
)

// shapes reads a chart that was drawn with chartTheme.
func shapes(svg []byte) ([]shape, error) {
	var list []shape
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			s := shape{class: "none", series: -1}
			for _, a := range e.Attr {
				switch a.Name.Local {
				case "style":
					s.mark(a.Value)
				case "d":
					for _, m := range vertex.FindAllStringSubmatch(a.Value, -1) {
						x, _ := strconv.Atoi(m[1])
						y, _ := strconv.Atoi(m[2])
						s.points = append(s.points, [2]int{x, y})
					}
				case "x":
					s.x = a.Value
				case "y":
					s.y = a.Value
				}
			}
			if s.class != "none" && (e.Name.Local == "path" || e.Name.Local == "text") {
				list = append(list, s)
			}
		case xml.CharData:
			if n := len(list); n > 0 && list[n-1].class == "label" {
				list[n-1].text += string(e)
			}
		}
	}
}

// mark sets what s is by its colour.
func (s *shape) mark(style string) {
	m := colour.FindStringSubmatch(style)
	if m == nil {
		return
	}
	high, _ := strconv.Atoi(m[2])
	low, _ := strconv.Atoi(m[3])
	if m[1] == "250" {
		s.class, s.series = "bar", high<<8|low
		return
	}
	s.class = [...]string{"none", "axis", "grid", "label", "wick"}[min(low, 4)]
}

// plot is a drawn chart with the scale of its value axis.
type plot struct {
	shapes      []shape
	frame       frame
	left, right int // of the plotted area
	top, bottom int // where the value axis has its largest and smallest value
	min, max    float64
}

func newPlot(svg []byte, f frame, axis scale) (*plot, error) {
	list, err := shapes(svg)
	if err != nil {
		return nil, err
	}
	p := &plot{shapes: list, frame: f, top: chartHeight, min: axis.min, max: axis.max}
	for _, s := range list {
		if len(s.points) != 2 || s.points[0][1] != s.points[1][1] {
			continue
		}
		switch s.class {
		case "grid":
			p.top = min(p.top, s.points[0][1])
		case "axis":
			p.left, p.right, p.bottom = s.points[0][0], s.points[1][0], s.points[0][1]
		}
	}
	if p.top >= p.bottom || p.left >= p.right {
		return nil, errors.New("the chart has no axes")
	}
	return p, nil
}

// y is the place of a value.
func (p *plot) y(v float64) float64 {
	return float64(p.bottom) - (v-p.min)/(p.max-p.min)*float64(p.bottom-p.top)
}

// overlay is what is drawn into a chart besides what the library draws.
type overlay struct {
	bandLow, bandHigh float64   // a band behind the bars, if they differ
	line              *float64  // a line before the band
	mark              []float64 // a line across every bar at this value
	title             []string  // of every bar, shown when the mouse is over it
}

// svg writes the chart with classes.
func (p *plot) svg(label string, o overlay) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img" aria-label="%s">`, p.frame.width, chartHeight+(p.frame.lines-1)*lineHeight, escaped(label))
	begun := false
	bar := 0
	for _, s := range p.shapes {
		if s.class == "bar" && !begun {
			begun = true
			p.behind(&b, o)
		}
		switch s.class {
		case "label":
			if s.text != noLabel {
				fmt.Fprintf(&b, `<text x="%s" y="%s">%s</text>`, escaped(s.x), escaped(s.y), escaped(s.text))
			}
		case "bar":
			p.bar(&b, s, o, bar)
			bar++
		default:
			fmt.Fprintf(&b, `<path class="%s" d="%s"/>`, s.class, path(s.points))
		}
	}
	p.labels(&b)
	b.WriteString("</svg>")
	return b.Bytes()
}

// noLabel stands where the plot has a label of several lines.
const noLabel = "|"

func (p *plot) labels(b *bytes.Buffer) {
	slot := float64(p.right-p.left) / float64(max(1, len(p.frame.labels)))
	for i, lines := range p.frame.labels {
		b.WriteString(`<text text-anchor="middle">`)
		for j, line := range lines {
			fmt.Fprintf(b, `<tspan x="%.1f" y="%d">%s</tspan>`, float64(p.left)+(float64(i)+0.5)*slot, p.bottom+8+(j+1)*lineHeight, escaped(line))
		}
		b.WriteString("</text>")
	}
}

func (p *plot) behind(b *bytes.Buffer, o overlay) {
	if o.bandLow != o.bandHigh {
		top := p.y(o.bandHigh)
		fmt.Fprintf(b, `<rect class="band" x="%d" y="%.1f" width="%d" height="%.1f"/>`, p.left, top, p.right-p.left, p.y(o.bandLow)-top)
	}
	if o.line != nil {
		fmt.Fprintf(b, `<path class="mean" d="M%d %.1fH%d"/>`, p.left, p.y(*o.line), p.right)
	}
}

func (p *plot) bar(b *bytes.Buffer, s shape, o overlay, i int) {
	fmt.Fprintf(b, `<g class="bar s%d">`, s.series)
	if i < len(o.title) {
		fmt.Fprintf(b, `<title>%s</title>`, escaped(o.title[i]))
	}
	class := ""
	if len(s.points) == 2 { // a box of equal quartiles
		class = ` class="flat"`
	}
	fmt.Fprintf(b, `<path%s d="%s"/>`, class, path(s.points))
	if i < len(o.mark) && len(s.points) > 1 {
		left, right := s.points[0][0], s.points[0][0]
		for _, q := range s.points {
			left, right = min(left, q[0]), max(right, q[0])
		}
		fmt.Fprintf(b, `<path class="mark" d="M%d %.1fH%d"/>`, left, p.y(o.mark[i]), right)
	}
	b.WriteString("</g>")
}

func path(points [][2]int) string {
	var b strings.Builder
	for i, q := range points {
		c := byte('L')
		if i == 0 {
			c = 'M'
		}
		fmt.Fprintf(&b, "%c%d %d", c, q[0], q[1])
	}
	return b.String()
}

func escaped(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s))
	return b.String()
}
