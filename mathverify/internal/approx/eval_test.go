package approx

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math/big"
	"os"
	"testing"

	"github.com/golongrl/golongrl/mathverify/internal/ball"
	"github.com/golongrl/golongrl/mathverify/internal/budget"
)

type golden struct {
	F, Re, Im string
}

func goldens(t *testing.T) []golden {
	f, err := os.Open("testdata/golden/eval.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Scan() // tool and version
	var all []golden
	for lines.Scan() {
		var g golden
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		all = append(all, g)
	}
	return all
}

// around is a ball that certainly contains a part of a golden value, which is
// rounded to 50 digits.
func around(t *testing.T, digits string) ball.Real {
	x, ok := new(big.Rat).SetString(digits)
	if !ok {
		t.Fatalf("bad number %q", digits)
	}
	d := new(big.Rat).Mul(x, big.NewRat(1, 1e18))
	d.Mul(d, big.NewRat(1, 1e18)).Mul(d, big.NewRat(1, 1e12))
	lo, hi := new(big.Rat).Sub(x, d), new(big.Rat).Add(x, d)
	return ball.Hull(ball.FromRat(lo, 300), ball.FromRat(hi, 300), 300)
}

func TestEvalEncloses(t *testing.T) {
	uncertain, tight, fast := 0, 0, 0
	all := goldens(t)
	for _, g := range all {
		n := parse(t, g.F)
		want := ball.Complex{Re: around(t, g.Re), Im: around(t, g.Im)}
		for _, prec := range []uint{64, 128, 400} {
			v, err := Eval(n, nil, prec, budget.Of(1e7))
			if err != nil {
				if prec == 400 {
					uncertain++
					t.Logf("%s: %v", g.F, err)
				}
				continue
			}
			if !v.Overlaps(want) {
				t.Errorf("%s at %d bits: %v + %vi does not contain %s + %si", g.F, prec, v.Re.Float64(), v.Im.Float64(), g.Re, g.Im)
			}
			if prec == 400 && v.RadExp() < -150 {
				tight++
			}
		}
		if v, ok := EvalFast(n, nil, budget.Of(1e7)); ok {
			fast++
			exact, _ := want.Fast()
			if v.Different(exact) {
				re, im, rad := v.Parts()
				t.Errorf("%s: float64 %v + %vi ± %v does not contain %s + %si", g.F, re, im, rad, g.Re, g.Im)
			}
		}
	}
	t.Logf("%d formulas: %d evaluated tightly, %d not at all, %d in float64", len(all), tight, uncertain, fast)
	if uncertain > len(all)/50 || tight < len(all)*9/10 || fast < len(all)*2/3 {
		t.Errorf("too few values")
	}
}
