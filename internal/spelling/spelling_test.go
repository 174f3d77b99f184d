package spelling_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/internal/spelling"
)

type colour uint8

// paint has an option of every kind.
type paint struct {
	coats int
	gloss float64
	dry   bool
	hue   colour
	under string
}

func (p *paint) options() []spelling.Option {
	return []spelling.Option{
		spelling.Integer("coats", &p.coats, 1, 0, 9, "layers"),
		spelling.Float("gloss", &p.gloss, 0.5, 0, 1, "shine"),
		spelling.Flag("dry", &p.dry, true, "whether it is"),
		spelling.Choice("hue", &p.hue, []string{"red", "blue"}, "its colour"),
		{Name: "under", Default: "", Help: "what is below", Get: func() string { return p.under }, Set: func(s string) error {
			if s == "" {
				return nil
			}
			q, err := read(s)
			if err == nil {
				p.under = q.String()
			}
			return err
		}},
	}
}

func (p paint) String() string { return spelling.Write("paint", p.options()) }

func read(text string) (p paint, err error) {
	s := &spelling.Parser{Text: text}
	name, at := s.Word()
	if name != "paint" {
		return p, s.Fail(at, "no paint but %q%s", name, spelling.DidYouMean(name, []string{"paint", "varnish"}))
	}
	args, err := s.Arguments()
	if err == nil {
		err = s.End("paint")
	}
	if err == nil {
		err = s.Apply("paint", spelling.Reset("paint", p.options()), args, "brush")
	}
	return p, err
}

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		"paint":                                   "paint",
		"paint()":                                 "paint",
		" paint ( coats = 2 ,\tdry=false ) ":      "paint(coats=2,dry=false)",
		"paint(hue=blue,gloss=.25)":               "paint(gloss=0.25,hue=blue)",
		"paint(coats=1,gloss=5e-1,hue=red)":       "paint",
		"paint(gloss=-0)":                         "paint(gloss=0)",
		"paint(under=paint(under=paint,hue=red))": "paint(under=paint(under=paint))",
		"paint(brush=wide)":                       "paint",
	} {
		p, err := read(text)
		if err != nil || p.String() != want {
			t.Errorf("%q is %s, %v, want %s", text, p, err, want)
			continue
		}
		if back, err := read(p.String()); err != nil || back != p {
			t.Errorf("%s reads back as %s, %v", p, back, err)
		}
	}
}

func TestErrors(t *testing.T) {
	deep := strings.Repeat("paint(under=", spelling.MaxNesting+2) + "paint" + strings.Repeat(")", spelling.MaxNesting+2)
	for text, want := range map[string]struct {
		at  int
		msg string
	}{
		"":                         {0, `no paint but ""`},
		"piant":                    {0, `no paint but "piant"`},
		"paint2":                   {0, "did you mean paint?"},
		"paint x":                  {6, "nothing may follow the paint"},
		"paint(coats)":             {6, "expected an option"},
		"paint(coats=)":            {12, "expected a value for coats"},
		"paint(coats=1":            {13, "expected , or )"},
		"paint(coats=1,coats=1)":   {14, "option coats is given twice"},
		"paint(coat=1)":            {6, "paint has no option coat, did you mean coats?; it has coats dry gloss hue under brush"},
		"paint(coats=10)":          {12, "coats: expected a whole number from 0 to 9"},
		"paint(gloss=2)":           {12, "gloss: expected a number from 0 to 1"},
		"paint(gloss=NaN)":         {12, "gloss: expected a number"},
		"paint(gloss=0x1p-1)":      {12, "gloss: expected a number"},
		"paint(dry=1)":             {10, "dry: expected true or false"},
		"paint(hue=green)":         {10, "hue: expected red or blue"},
		"paint(under=paint(dry=))": {22, "expected a value for dry"},
		deep:                       {0, "more than 8 parentheses inside each other"},
	} {
		_, err := read(text)
		var bad *spelling.Error
		if !errors.As(err, &bad) || !strings.Contains(bad.Msg, want.msg) || bad.Text != text || want.at != 0 && bad.Offset != want.at {
			t.Errorf("%q: %#v, want %v", text, err, want)
		}
	}
}

// TestCaret: the place is shown in long, broken and multi-line texts.
func TestCaret(t *testing.T) {
	for _, c := range []struct {
		err  spelling.Error
		want string
	}{
		{spelling.Error{Text: "a(b=c)", Offset: 4, Msg: "no"}, "no\n | a(b=c)\n | ....^"},
		{spelling.Error{Text: "a\nb\tc", Offset: 4, Msg: "no"}, "no\n | a b c\n | ....^"},
		{spelling.Error{Text: "é(b=c)", Offset: 5, Msg: "no"}, "no\n | é(b=c)\n | ....^"},
		{spelling.Error{Text: "a", Offset: 9, Msg: "no"}, "no\n | a\n | .^"},
		{spelling.Error{Text: strings.Repeat("é", 50) + "x" + strings.Repeat("y", 50), Offset: 100, Msg: "no"},
			"no\n | …" + strings.Repeat("é", 25) + "x" + strings.Repeat("y", 39) + "…\n | " + strings.Repeat(".", 26) + "^"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%q\nis\n%s\nwant\n%s", c.err.Text, got, c.want)
		}
	}
}

func TestUnbounded(t *testing.T) {
	var x float64
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{{math.Inf(-1), math.Inf(1), "expected a number"}, {2, math.Inf(1), "expected a number not below 2"}} {
		o := spelling.Float("x", &x, 3, c.lo, c.hi, "")
		if err := o.Set("-inf"); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// TestBadDefault: a default that cannot be set is found at once.
func TestBadDefault(t *testing.T) {
	var n int
	defer func() {
		if msg, _ := recover().(string); !strings.HasPrefix(msg, "spelling: paint: default of n: ") {
			t.Errorf("%q", msg)
		}
	}()
	spelling.Reset("paint", []spelling.Option{spelling.Integer("n", &n, 7, 0, 5, "")})
}

func FuzzRead(f *testing.F) {
	f.Add("paint(under=paint(coats=3),hue=blue)")
	f.Add("paint(")
	f.Add("p\xffaint(\xff=")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := read(text)
		var bad *spelling.Error
		if errors.As(err, &bad) {
			if bad.Offset < 0 || bad.Offset > len(text) || !strings.HasSuffix(bad.Error(), "^") {
				t.Fatalf("%q: %#v", text, bad)
			}
		} else if back, again := read(p.String()); err != nil || again != nil || back != p {
			t.Fatalf("%q is %s, %v, then %s, %v", text, p, err, back, again)
		}
	})
}
