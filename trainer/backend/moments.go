package backend

// ResetMoments makes a policy forget the moments of AdamW, as before its first
// step. The next update is then number 1.
func ResetMoments(p Policy) error {
	for i, t := range p.Config().Tensors() {
		zero := make([]float32, t.Len())
		for _, kind := range []State{Moment1, Moment2} {
			if err := p.Write(kind, i, zero); err != nil {
				return err
			}
		}
	}
	return nil
}
