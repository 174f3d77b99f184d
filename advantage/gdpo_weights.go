package advantage

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Weights of parts are written name:weight and joined by +.

func weightsOption(p *string) option {
	return option{Name: "weights", Default: "", Help: "weights of the parts of the reward as name:weight, joined by +; all 1 if left out",
		Get: func() string { return *p },
		Set: func(s string) error {
			canonical, err := canonicalWeights(s)
			if err == nil {
				*p = canonical
			}
			return err
		}}
}

func canonicalWeights(text string) (string, error) {
	var b strings.Builder
	for rest := text; rest != ""; {
		name, weight, next, err := cutWeight(rest)
		if err != nil {
			return "", err
		}
		if _, twice := findWeight(text[:len(text)-len(rest)], name); twice {
			return "", fmt.Errorf("%s has two weights", name)
		}
		if b.Len() > 0 {
			b.WriteByte('+')
		}
		b.WriteString(name)
		b.WriteByte(':')
		b.WriteString(strconv.FormatFloat(weight, 'g', -1, 64))
		rest = next
	}
	return b.String(), nil
}

var errWeights = errors.New("expected weights such as accuracy:1+format:0.5")

// cutWeight reads the first weight of text. A + behind the e of a number is part
// of the number.
func cutWeight(text string) (name string, weight float64, rest string, err error) {
	name, number, ok := strings.Cut(text, ":")
	if !ok || name == "" || strings.ContainsAny(name, "+:,=() \t\r\n") {
		return "", 0, "", errWeights
	}
	for i := 1; i < len(number); i++ {
		if number[i] == '+' && number[i-1] != 'e' && number[i-1] != 'E' {
			number, rest = number[:i], number[i+1:]
			if rest == "" {
				return "", 0, "", errWeights
			}
			break
		}
	}
	weight, err = strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(weight) || math.IsInf(weight, 0) || strings.ContainsAny(number, "xX_") {
		return "", 0, "", errWeights
	}
	return name, weight + 0, rest, nil // -0 is 0
}

// findWeight is the weight of a name in text, which may end in a +.
func findWeight(text, name string) (weight float64, ok bool) {
	for rest := strings.TrimSuffix(text, "+"); rest != ""; {
		n, w, next, err := cutWeight(rest)
		if err != nil {
			return 0, false
		}
		if n == name {
			return w, true
		}
		rest = next
	}
	return 0, false
}

// weight is the weight of a part, after fitWeights.
func (e GDPO) weight(name string) float64 {
	if w, ok := findWeight(e.Weights, name); ok {
		return w
	}
	return 1
}

// fitWeights reports weights that cannot be read, that are for a part that there
// is not, and parts without a weight.
func fitWeights(text string, names []string) error {
	if text == "" {
		return nil
	}
	for rest := text; rest != ""; {
		name, _, next, err := cutWeight(rest)
		if err != nil {
			return fmt.Errorf("advantage: gdpo: weights %q: %w", text, err)
		}
		known := false
		for _, n := range names {
			known = known || n == name
		}
		if !known {
			return fmt.Errorf("advantage: gdpo: weights name %q; the parts of the reward are %s", name, strings.Join(names, " "))
		}
		rest = next
	}
	for _, n := range names {
		if _, ok := findWeight(text, n); !ok {
			return fmt.Errorf("advantage: gdpo: weights %q leave %q out; they must name every part", text, n)
		}
	}
	return nil
}
