package main

import (
	"encoding/json"
	"fmt"

	"github.com/golongrl/golongrl/serve/wire"
)

// result is what the answer says of an item; a score that is missing is no answer
// that was asked for.
type result struct {
	Score  *float64
	Status string
	Error  string
}

func (r *result) number() (float64, error) {
	if r.Score == nil || r.Status != "judged" {
		return 0, fmt.Errorf("no score: %s %s", r.Status, r.Error)
	}
	return *r.Score, nil
}

func readResult(body []byte) ([]float64, error) {
	var r result
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, err
	}
	x, err := r.number()
	return []float64{x}, err
}

func readResults(body []byte) ([]float64, error) {
	var list struct{ Results []result }
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, err
	}
	var out []float64
	for _, r := range list.Results {
		x, err := r.number()
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func readRewards(body []byte) ([]float64, error) {
	var r struct{ Rewards []float64 }
	err := json.Unmarshal(body, &r)
	return r.Rewards, err
}

// readNumber reads what the route of slime gives: a number, or an object with one.
func readNumber(body []byte) ([]float64, error) {
	var x float64
	if err := json.Unmarshal(body, &x); err == nil {
		return []float64{x}, nil
	}
	var r struct{ Score *float64 }
	if err := json.Unmarshal(body, &r); err != nil || r.Score == nil {
		return nil, fmt.Errorf("neither a number nor a score: %v", err)
	}
	return []float64{*r.Score}, nil
}

func readVerdicts(body []byte) ([]float64, error) {
	var list struct{ Results []struct{ Equal *bool } }
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, err
	}
	var out []float64
	for i, r := range list.Results {
		if r.Equal == nil {
			return nil, fmt.Errorf("pair %d is undecided", i)
		}
		x := 0.0
		if *r.Equal {
			x = 1
		}
		out = append(out, x)
	}
	return out, nil
}

func readAdvantages(body []byte) ([]float64, error) {
	var r struct{ Advantages []float64 }
	err := json.Unmarshal(body, &r)
	return r.Advantages, err
}

// readFrame reads the numbers of a frame.
func readFrame(message []byte) ([]float64, error) {
	r := wire.NewReader(message)
	op, _ := r.Header()
	var out []float64
	switch op {
	case wire.OpError:
		code, item := r.U16(), int32(r.U32())
		return nil, fmt.Errorf("error %d, item %d: %s", code, item, r.Text())
	case wire.OpScore, wire.OpVerify:
		for range r.Count(2) {
			if op == wire.OpVerify {
				out = append(out, map[uint8]float64{wire.Equal: 1, wire.Undecided: -1}[r.U8()])
			} else {
				out = append(out, r.F64())
				if status := r.U8(); status != 0 {
					return nil, fmt.Errorf("status %d", status)
				}
			}
			for tag, _ := r.Field(); tag != 0; tag, _ = r.Field() {
			}
		}
	default:
		return nil, fmt.Errorf("operation %d", op)
	}
	r.End()
	return out, r.Err()
}
