package loss_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage/loss"
)

type rolloutGolden struct {
	Start        []int
	Old, Rollout []float64
	Mask         []int
	Edge         bool
	Cases        []struct {
		From, Spelling string
		Weights        []float64
		Keep           []int
		Stats          map[string]float64
	}
}

func (g *rolloutGolden) batch() *loss.Batch {
	b := &loss.Batch{Start: g.Start, LogP: g.Old, LogPOld: g.Old, LogPRollout: g.Rollout, Mask: make([]bool, len(g.Mask))}
	for t, m := range g.Mask {
		b.Mask[t] = m != 0
	}
	return b
}

// TestRolloutGolden: the weights and masks of the training stacks, whose code ran
// in float64.
func TestRolloutGolden(t *testing.T) {
	batches, cases, edges, tokens, metrics := 0, map[string]int{}, 0, 0, 0
	eachRolloutGolden(t, func(line int, g *rolloutGolden) {
		batches++
		b := g.batch()
		dst, keep := make([]float64, len(g.Mask)), make([]bool, len(g.Mask))
		for _, c := range g.Cases {
			cases[strings.Fields(c.From)[0]]++
			correction, err := loss.ParseCorrection(c.Spelling)
			if err != nil {
				t.Fatalf("line %d: %v", line, err)
			}
			st, err := correction.Weights(dst, keep, b)
			if err != nil {
				t.Errorf("line %d: %s: %s: %v", line, c.From, c.Spelling, err)
				continue
			}
			k := 0
			for i, m := range b.Mask {
				if !m {
					if dst[i] != 0 || keep[i] {
						t.Errorf("line %d: %s: masked token %d has weight %v, keep %v", line, c.Spelling, i, dst[i], keep[i])
					}
					continue
				}
				want, stays := c.Weights[k], c.Keep == nil || c.Keep[k] != 0
				k++
				tokens++
				if math.Abs(dst[i]-want) > 1e-9*math.Abs(want)+1e-300 || keep[i] != stays {
					t.Errorf("line %d: %s: %s: token %d, log-ratio %v: weight %v, keep %v, want %v, %v", line, c.From, c.Spelling, i, g.Old[i]-g.Rollout[i], dst[i], keep[i], want, stays)
				}
			}
			if g.Edge {
				edges++
			}
			metrics += checkMetrics(t, c.Spelling, c.Stats, st)
		}
	})
	if batches < 40 || len(cases) != 9 || edges < 500 || metrics < 1000 {
		t.Errorf("%d batches, %d on edges, %d metrics, cases %v", batches, edges, metrics, cases)
	}
	t.Logf("%d batches, %d tokens, %d metrics, cases %v", batches, tokens, metrics, cases)
}

// checkMetrics compares the metrics of verl that have a field in st. verl divides
// by the number of tokens plus 1e-8.
func checkMetrics(t *testing.T, name string, want map[string]float64, st loss.CorrectionStats) (n int) {
	t.Helper()
	m := st.Mismatch
	have := map[string]float64{
		"rollout_is_mean": st.Mean, "rollout_is_max": st.Max, "rollout_is_min": st.Min, "rollout_is_std": st.Std,
		"rollout_is_eff_sample_size":             st.EffectiveSize / float64(st.Tokens),
		"rollout_is_oob_ratio":                   st.High + st.Low,
		"rollout_is_veto_fraction":               st.Vetoed,
		"rollout_is_catastrophic_token_fraction": st.Catastrophic,
		"rollout_rs_masked_fraction":             st.Rejected,
		"rollout_rs_seq_masked_fraction":         st.RejectedSequences,
		"rollout_is_batch_norm_factor":           st.Norm,
		"kl":                                     m.KL, "k3_kl": m.K3, "training_ppl": m.PPL, "training_log_ppl": m.LogPPL, "rollout_ppl": m.RolloutPPL, "rollout_log_ppl": m.RolloutLogPPL,
		"log_ppl_diff": m.LogPPLDiff, "log_ppl_abs_diff": m.LogPPLAbsDiff, "log_ppl_diff_min": m.LogPPLDiffMin, "log_ppl_diff_max": m.LogPPLDiffMax, "ppl_ratio": m.PPLRatio,
		"chi2_token": m.Chi2Token, "chi2_seq": m.Chi2Sequence,
	}
	for key, w := range want {
		if rest, ok := strings.CutPrefix(key, "mismatch_"); ok {
			key = rest
		}
		// Before IcePop of #5722, moments were of clamped weights.
		if _, now := want["kl"]; !now && strings.HasPrefix(key, "rollout_is_") && !strings.Contains(key, "veto") && !strings.Contains(key, "catastrophic") {
			continue
		}
		h, ok := have[key]
		if !ok {
			continue
		}
		n++
		tolerance := 1e-7 * (1 + math.Abs(w))
		switch key {
		case "rollout_is_std": // the difference of two means cancels
			h, w = h*h, w*w
			tolerance = 1e-7 * (1 + st.Max*st.Max)
		case "rollout_is_eff_sample_size": // 1e-8 is added to the mean
			tolerance += 4e-8 / st.Mean
		}
		if math.Abs(h-w) > tolerance {
			t.Errorf("%s: %s %v, want %v", name, key, h, w)
		}
	}
	return n
}

func eachRolloutGolden(t testing.TB, f func(line int, g *rolloutGolden)) {
	t.Helper()
	file, err := os.Open("testdata/golden/rollout.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(z)
	for n := 1; ; n++ {
		text, err := r.ReadBytes('\n')
		if err == io.EOF && len(text) == 0 {
			return
		}
		if err != nil {
			t.Fatalf("line %d: %v", n, err)
		}
		if n == 1 {
			t.Logf("%s", text)
			continue
		}
		g := new(rolloutGolden)
		if err := json.Unmarshal(text, g); err != nil {
			t.Fatalf("line %d: %v", n, err)
		}
		f(n, g)
	}
}
