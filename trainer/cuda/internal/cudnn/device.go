//go:build cuda && cgo

package cudnn

// #include "abi.h"
import "C"

import "unsafe"

// described returns a target without a device: cuDNN plans for what a text describes,
// and such plans cannot run. The caller frees the descriptor.
func (l *library) described(text []byte) (target, error) {
	m := &making{library: l}
	d := m.new(C.cd_BACKEND_DEVICEPROP_DESCRIPTOR)
	m.set(d, C.cd_ATTR_DEVICEPROP_JSON_REPRESENTATION, C.cd_TYPE_CHAR, len(text), unsafe.Pointer(&text[0]))
	m.finish(d, "describe a device")
	if m.err != nil {
		m.free()
	}
	return target{device: d}, m.err
}
