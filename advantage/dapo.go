package advantage

import (
	"fmt"
	"math"
	"slices"
)

// DynamicSample says which rows dynamic sampling keeps: those of prompts whose
// rewards are not all equal, and of prompts with a single rollout. It writes them
// to keep, which has one element per row, and returns the number of prompts kept.
//
// Rewards are equal if their maximum is their minimum. The recipes ask whether
// the deviation is 0, and the mean of three rewards of 0.1 is not 0.1: they keep
// some constant groups whose size is not a power of two.
//
// Only the index and the rewards of b are read. To filter on another metric, as
// the recipes can, put it in the place of the rewards.
//
// Errors: a reward that is not finite is a [*RowError]. DynamicSample panics if
// the lengths differ.
//
// Source: Yu et al., DAPO, arXiv 2503.14476, section 3.2; filter_groups in verl's
// recipe/dapo and in GoLongRL's.
func DynamicSample(keep []bool, b *Batch) (prompts int, err error) {
	if b.Index == nil {
		panic("advantage: batch without index")
	}
	if n := b.Index.rows; len(keep) != n || len(b.Rewards) != n {
		panic(fmt.Sprintf("advantage: %d rows in the index, %d rewards, %d places for decisions", n, len(b.Rewards), len(keep)))
	}
	if err := finite(b.Rewards, "reward"); err != nil {
		return 0, err
	}
	ix := b.Index
	for g := range ix.Groups() {
		useful := ix.Size(g) == 1
		if from, to := int(ix.start[g]), int(ix.start[g+1]); ix.order == nil {
			x := b.Rewards[from:to]
			useful = useful || slices.ContainsFunc(x, func(r float64) bool { return r != x[0] })
			for i := from; i < to; i++ {
				keep[i] = useful
			}
		} else {
			rows := ix.order[from:to]
			first := b.Rewards[rows[0]]
			useful = useful || slices.ContainsFunc(rows, func(i int32) bool { return b.Rewards[i] != first })
			for _, i := range rows {
				keep[i] = useful
			}
		}
		if useful {
			prompts++
		}
	}
	return prompts, nil
}

// DynamicSampling counts the prompts of generation batches until an update has
// enough of them. It holds no data: the caller appends the rows that
// [DynamicSampling.Add] keeps. It is a plain value and not safe for concurrent use.
//
//	s := advantage.DynamicSampling{Prompts: 128, MaxBatches: 32}
//	for full := false; !full; {
//		… generate, score, build batch …
//		full, err = s.Add(keep, batch)
//		… stop on err, append the rows with keep …
//	}
//	s.Reset()
//
// Source: the loop over generation batches in GoLongRL's dapo_ray_trainer.py,
// which has 128 prompts from batches of 512 and at most 32 batches. It cuts off
// after so many rows, here it is after so many prompts; the result is the same if
// all prompts have the same number of rollouts, lying together.
type DynamicSampling struct {
	Prompts    int // wanted for an update
	MaxBatches int // 0 and below: no limit

	Batches  int // seen for this update
	Kept     int // prompts kept from them
	Constant int // prompts left out since their rewards are equal
	Surplus  int // prompts left out since there are enough
}

// A SamplingError reports that the batches allowed did not hold enough prompts
// with different rewards: the data is too hard or too easy for the model.
type SamplingError struct{ Batches, Kept, Prompts int }

func (e *SamplingError) Error() string {
	return fmt.Sprintf("advantage: %d batches gave %d prompts with different rewards, and %d are needed; the data may be too hard or too easy", e.Batches, e.Kept, e.Prompts)
}

// Add decides which rows of a generation batch to keep, writes that to keep and
// reports whether the update has all its prompts. Prompts are kept in the order
// of their first rows; surplus ones are left out and not carried over.
//
// Errors: those of [DynamicSample], which change nothing, and [*SamplingError]
// if this was the last batch allowed and prompts are missing. Add panics if the
// update has its prompts already.
func (s *DynamicSampling) Add(keep []bool, b *Batch) (full bool, err error) {
	if s.Kept >= s.Prompts {
		panic(fmt.Sprintf("advantage: %d of %d prompts are there already; Reset begins the next update", s.Kept, s.Prompts))
	}
	useful, err := DynamicSample(keep, b)
	if err != nil {
		return false, err
	}
	s.Batches++
	s.Constant += b.Index.Groups() - useful
	room := s.Prompts - s.Kept
	s.Kept += min(useful, room)
	for g := 0; useful > room; g++ { // the groups behind the room-th
		if !keep[b.Index.Row(g, 0)] {
			continue
		}
		if room > 0 {
			room, useful = room-1, useful-1
			continue
		}
		for j := range b.Index.Size(g) {
			keep[b.Index.Row(g, j)] = false
		}
		s.Surplus++
		useful--
	}
	if full = s.Kept == s.Prompts; !full && s.MaxBatches > 0 && s.Batches >= s.MaxBatches {
		return false, &SamplingError{s.Batches, s.Kept, s.Prompts}
	}
	return full, nil
}

// Reset begins the next update: the counts are 0 again.
func (s *DynamicSampling) Reset() {
	*s = DynamicSampling{Prompts: s.Prompts, MaxBatches: s.MaxBatches}
}

// SoftOverlong writes the length penalties of the DAPO paper to dst, to be added
// to the rewards:
//
//	0                                 if |y| <= maxLen - cache
//	((maxLen - cache) - |y|) / cache  if maxLen - cache < |y| <= maxLen
//	-1                                if |y| > maxLen
//
// Lengths are in tokens. The paper has maxLen 20480 and cache 4096. With cache 0
// the penalty is -1 above maxLen and 0 elsewhere. TRL's
// get_soft_overlong_punishment is the same. See [OverlongPenalty] for verl.
//
// SoftOverlong panics if the numbers of elements differ or cache is not in
// [0, maxLen].
//
// Source: arXiv 2503.14476, equation (13).
func SoftOverlong(dst []float64, lengths []int, maxLen, cache int) {
	checkOverlong(dst, lengths, maxLen, cache, 0)
	for i, n := range lengths {
		switch {
		case n <= maxLen-cache:
			dst[i] = 0
		case n <= maxLen:
			dst[i] = float64(maxLen-cache-n) / float64(cache)
		default:
			dst[i] = -1
		}
	}
}

// OverlongPenalty writes the length penalties of verl's DAPO reward manager to
// dst, to be added to the rewards:
//
//	min(0, -(|y| - (maxLen - buffer)) / buffer * factor)
//
// maxLen is max_resp_len, buffer and factor are len and penalty_factor of its
// overlong_buffer. With factor 1 it is [SoftOverlong] up to maxLen. Beyond, where
// that stays at -1, it goes on falling; responses cut off at maxLen get there in
// neither. verl divides in float32.
//
// OverlongPenalty panics if the numbers of elements differ, if buffer is not in
// [1, maxLen] or if factor is negative or not finite.
//
// Source: verl, workers/reward_manager/dapo.py.
func OverlongPenalty(dst []float64, lengths []int, maxLen, buffer int, factor float64) {
	checkOverlong(dst, lengths, maxLen, buffer, 1)
	if !(factor >= 0) || math.IsInf(factor, 1) {
		panic(fmt.Sprintf("advantage: overlong factor %v", factor))
	}
	for i, n := range lengths {
		if dst[i] = 0; n > maxLen-buffer {
			dst[i] = float64(float64(maxLen-buffer-n)/float64(buffer)*factor) + 0
		}
	}
}

func checkOverlong(dst []float64, lengths []int, maxLen, buffer, least int) {
	if len(dst) != len(lengths) {
		panic(fmt.Sprintf("advantage: %d lengths, %d places for penalties", len(lengths), len(dst)))
	}
	if buffer < least || buffer > maxLen {
		panic(fmt.Sprintf("advantage: overlong buffer of %d for responses of %d tokens", buffer, maxLen))
	}
}
