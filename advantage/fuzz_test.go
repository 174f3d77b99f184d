package advantage_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage"
)

// FuzzParse: no text makes Parse panic, an error is a SpellingError with a place
// in the text, and what String writes means the same.
func FuzzParse(f *testing.F) {
	for _, name := range advantage.Names() {
		f.Add(name)
		info, _ := advantage.Describe(name)
		var all []string
		for _, o := range info.Options {
			all = append(all, o.Name+"="+o.Default)
			f.Add(name + "(" + o.Name + "=" + o.Default + ")")
		}
		f.Add(name + "( " + strings.Join(all, " ,\n") + " )")
	}
	for _, s := range []string{"", "grpo(", "grpo()", "grpo(eps=)", "grpo(eps=1e999)", "grpo(eps=nan)", "grpo(eps=-0)", "grpo(eps=0x1p3)", "grpo(stack=trl)", "tmn(stack=verl,eps=0.1)",
		"f_grpo(base=f_grpo(base=f_grpo(base=grpo(eps=1e-4))))", "grpo)", "grpo(ddof=1,ddof=1)", "GRPO", "grpo\x00", "f_grpo(base=((((((((((", "grpo(eps=1_0)", "gdpo(weights=accuracy:1+format:0.5)", "é(", "f_grpo(base=grpo(stack=trl),gamma=0.5)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		est, err := advantage.Parse(text)
		if err != nil {
			var se *advantage.SpellingError
			if !errors.As(err, &se) || se.Offset < 0 || se.Offset > len(se.Text) || se.Text != text || se.Error() == "" {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		written := est.String()
		again, err := advantage.Parse(written)
		if err != nil {
			t.Fatalf("%q is written as %q: %v", text, written, err)
		}
		if again.String() != written || again.Needs() != est.Needs() {
			t.Fatalf("%q is written as %q and that as %q", text, written, again)
		}
	})
}

// fuzzed makes a batch of bytes: per row a group, a task and a length in two
// bytes, then the reward.
func fuzzed(data []byte, mode byte) *drawn {
	d := &drawn{}
	for len(data) >= 3 && d.rows() < 64 {
		g := int(data[0] % 8)
		d.groups = append(d.groups, g)
		d.tasks = append(d.tasks, fmt.Sprint(g*int(mode%4)%3))
		d.lengths = append(d.lengths, 1+int(data[1]%16))
		r := float64(int8(data[2])) / 12
		data = data[3:]
		if mode&0x80 != 0 && len(data) >= 8 {
			r = math.Float64frombits(binary.LittleEndian.Uint64(data))
			data = data[8:]
		}
		d.rewards = append(d.rewards, r)
		d.baselines = append(d.baselines, float64(d.lengths[d.rows()-1])/8)
		d.parts[0] = append(d.parts[0], r)
		d.parts[1] = append(d.parts[1], float64(g%2))
	}
	return d
}

// FuzzAdvantages: finite rewards give finite advantages or an error that names a
// row, others the error of the first bad row; and the order of rows is nobody's
// business.
func FuzzAdvantages(f *testing.F) {
	for i, name := range advantage.Names() {
		f.Add(name, byte(i), []byte("\x00\x01\x0c\x00\x05\x00\x01\x02\x0c\x01\x00\x0c\x00\x07\x06\x02\x00\x01\x02\x00\x02"))
		var huge []byte
		for k, v := range []float64{1e200, -1e200, 1e-200, 0, math.MaxFloat64, 5e-324, 1, 1e308, -1e308} {
			huge = binary.LittleEndian.AppendUint64(append(huge, byte(k/3), byte(k), 0), math.Float64bits(v))
		}
		f.Add(name, byte(i)|0x80, huge)
		f.Add(name, byte(0x81), append(huge[:0:0], 0, 0, 0, 1, 2, 3, 4, 5, 6, 0xf0, 0x7f))
	}
	f.Fuzz(func(t *testing.T, spec string, mode byte, data []byte) {
		est, err := advantage.Parse(spec)
		if err != nil {
			return
		}
		d := fuzzed(data, mode)
		bad := -1
		for i, r := range d.rewards {
			if math.IsNaN(r) || math.IsInf(r, 0) {
				bad = i
				break
			}
		}
		a, err := run(est, d)
		var re *advantage.RowError
		switch {
		case bad >= 0:
			if !errors.As(err, &re) || re.Row != bad {
				t.Fatalf("%s: reward %v in row %d gives %v", est, d.rewards[bad], bad, err)
			}
			return
		case err != nil:
			// A weighting of parts may ask for names that the batch has not.
			if !errors.As(err, &re) && !strings.Contains(spec, "weights") {
				t.Fatalf("%s: %v", est, err)
			}
			return
		}
		for i, v := range a {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%s: row %d is %v for rewards %v of groups %v", est, i, v, d.rewards, d.groups)
			}
		}
		rows := rngOf(uint64(mode)).Perm(d.rows())
		want := make([]float64, len(rows))
		for j, i := range rows {
			want[j] = a[i]
		}
		b, err := run(est, d.pick(rows))
		if err != nil {
			t.Fatalf("%s in another order: %v", est, err)
		}
		// Rewards of many sizes in one batch lose digits of their sums.
		if mode&0x80 == 0 {
			if s := differ(b, want, 1e-9); s != "" {
				t.Fatalf("%s in another order: %s", est, s)
			}
		}
	})
}
