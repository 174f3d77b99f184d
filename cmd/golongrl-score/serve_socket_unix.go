//go:build unix

package main

import (
	"errors"
	"net"
	"os/signal"
	"syscall"
)

// privately makes a socket that nobody else may use, at no moment.
func privately(listen func() (net.Listener, error)) (net.Listener, error) {
	old := syscall.Umask(0o177)
	defer syscall.Umask(old)
	return listen()
}

// refused reports whether err says that nobody listens on a socket.
func refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// ignoreBrokenPipes lets the program outlive the reader of its log.
func ignoreBrokenPipes() { signal.Ignore(syscall.SIGPIPE) }
