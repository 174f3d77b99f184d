//go:build cuda && cgo

package cuda

import _ "gorgonia.org/cu"
