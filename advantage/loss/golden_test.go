package loss_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage/loss"
)

// golden is a line of testdata/golden/verl_loss.jsonl.gz; see
// benchmarks/reference/loss_goldens.py.
type golden struct {
	Source, Loss, Aggregation, Correction string
	LogP, Old, Ref, Rollout, Adv, H       [][]float64
	HOld                                  [][]float64 `json:"h_old"`
	Mask                                  [][]int
	Want                                  [4]*float64
	Plain                                 float64
	Grad                                  [][]float64
}

func flat(rows [][]float64) []float64 {
	if rows == nil {
		return nil
	}
	x := []float64{}
	for _, r := range rows {
		x = append(x, r...)
	}
	return x
}

func (g *golden) batch() *loss.Batch {
	b := &loss.Batch{Start: []int{0}, LogP: flat(g.LogP), LogPOld: flat(g.Old), LogPRef: flat(g.Ref), LogPRollout: flat(g.Rollout),
		Entropy: flat(g.H), EntropyOld: flat(g.HOld), Advantages: flat(g.Adv)}
	for _, row := range g.Mask {
		b.Start = append(b.Start, b.Start[len(b.Start)-1]+len(row))
		for _, m := range row {
			b.Mask = append(b.Mask, m != 0)
		}
	}
	return b
}

// close reports whether two numbers agree to 1e-12 of the larger one or of size.
func agree(got, want, size float64) bool {
	return math.Abs(got-want) <= 1e-12*max(math.Abs(got), math.Abs(want), size)
}

func TestGoldenLosses(t *testing.T) {
	f, err := os.Open("testdata/golden/verl_loss.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	lines.Scan()
	t.Log(lines.Text())
	sources := map[string]int{}
	for n := 2; lines.Scan(); n++ {
		var g golden
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		sources[g.Source]++
		b := g.batch()
		var c loss.Config
		if c.Aggregation, err = loss.ParseAggregation(g.Aggregation); err != nil {
			t.Fatal(err)
		}
		kl := g.Source == "verl kl_penalty"
		if kl {
			c.Surrogate, c.KL.Coef = loss.REINFORCE{}, 1
			c.KL.Kind, err = loss.ParseKLKind(g.Loss)
			b.Advantages = make([]float64, b.Tokens())
		} else {
			c.Surrogate, err = loss.ParseSurrogate(g.Loss)
		}
		if err != nil {
			t.Fatal(err)
		}
		if g.Correction != "" {
			c.Rollout = loss.MustParseCorrection(g.Correction)
		}
		grad := make([]float64, b.Tokens())
		r, err := c.Eval(grad, nil, b)
		if err != nil {
			t.Fatalf("line %d: %s: %v", n, g.Source, err)
		}
		if kl && r.KL != r.Loss {
			t.Errorf("line %d: KL %v, loss %v", n, r.KL, r.Loss)
		}
		// Losses of both signs cancel; their size is that of the gradient or of
		// the values of logp that some of them are multiplied by.
		var size float64
		for i, w := range flat(g.Grad) {
			size += math.Abs(w) * max(1, math.Abs(b.LogP[i]))
			lost := 0.0 // torch computes 1 - sigmoid, which cancels
			if g.Loss == "sapo" {
				lost = 1e-3 * math.Abs(b.Advantages[i]) * math.Exp(min(b.LogP[i]-b.LogPOld[i], 20))
			}
			if b.Mask[i] && !agree(grad[i], w, lost) || !b.Mask[i] && grad[i] != 0 {
				t.Errorf("line %d: %s %s: gradient %d is %v, want %v", n, g.Source, g.Loss, i, grad[i], w)
			}
		}
		for i, got := range [...]float64{r.Loss, r.Clipped, r.ClippedLower, r.PPOKL} {
			if strings.HasPrefix(g.Source, "ERC") && i == 3 {
				// It agrees; compute_policy_loss_*_erc returns it in another place.
				continue
			}
			if want := g.Want[i]; want != nil && !agree(got, *want, []float64{size, 1e5, 1e5, 1}[i]) { // shares are float32 in the reference
				t.Errorf("line %d: %s %s %s: value %d is %v, want %v", n, g.Source, g.Loss, g.Aggregation, i, got, *want)
			}
		}
		// 1e-8 added to counts of at least 1 changes the loss by at most as much.
		if math.Abs(r.Loss-g.Plain) > 2e-8*max(size, math.Abs(r.Loss)) {
			t.Errorf("line %d: %s: loss %v, want about %v", n, g.Source, r.Loss, g.Plain)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"GoLongRL vanilla", "GoLongRL gspo", "verl vanilla", "verl gspo", "verl cispo", "verl sapo", "verl gpg", "verl reinforce",
		"CE-GPPO", "KlearReasoner gppo", "ERC grpo", "ERC gppo", "Archer2.0"} {
		if sources[s] < 60 {
			t.Errorf("%s: %d cases", s, sources[s])
		}
	}
	if sources["verl kl_penalty"] < 100 {
		t.Errorf("kl_penalty: %d cases", sources["verl kl_penalty"])
	}
	t.Log(sources)
}
