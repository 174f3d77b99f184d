package watch

// Recorder keeps what a report needs: the numbers of every step and some samples of
// every task, of the first evaluation and of the latest. It is an [Observer]. Its
// memory is bounded: beyond 5,000 updates, or 5,000 evaluations, it keeps every
// second one, then every fourth, and always the newest; long texts lose their
// middle.
type Recorder struct {
	history *history
	gallery *gallery
}

// NewRecorder returns a Recorder that begins with past, the steps before a resumed
// run as [ReadSteps] gives them, and keeps samples of each task and evaluation.
func NewRecorder(past []Step, samples int) *Recorder {
	r := &Recorder{newHistory(historySteps), newGallery(max(samples, 0))}
	for i := range past {
		r.history.add(&past[i])
	}
	return r
}

// Step keeps a step. Its error is nil.
func (r *Recorder) Step(s *Step) error {
	r.history.add(s)
	r.gallery.add(s)
	return nil
}

// Close does nothing: what was recorded stays.
func (r *Recorder) Close() error { return nil }

// Steps returns the recorded steps in the order in which they came, without
// samples.
func (r *Recorder) Steps() []Step { return r.history.steps() }

// Before returns the samples of the first evaluation that had any, task by task.
func (r *Recorder) Before() []Sample {
	return r.samples(func(s *shelf) []shown { return s.before })
}

// After returns those of the latest evaluation of each task: the same prompts if
// evaluations ask theirs in the same order. It is empty if there was only one
// evaluation.
func (r *Recorder) After() []Sample {
	return r.samples((*shelf).later)
}

func (r *Recorder) samples(of func(*shelf) []shown) (out []Sample) {
	for _, t := range r.gallery.shelves() {
		for _, s := range of(&t) {
			out = append(out, s.Sample)
		}
	}
	return out
}
