//go:build !linux

package train

import "github.com/spf13/cobra"

func (p *program) work(*cobra.Command) error {
	return usage("the backend cuda needs Linux")
}
