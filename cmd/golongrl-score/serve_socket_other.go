//go:build !unix

package main

import "net"

// privately makes a socket. Who may use it is up to its folder here.
func privately(listen func() (net.Listener, error)) (net.Listener, error) { return listen() }

// refused reports whether err says that nobody listens on a socket.
func refused(err error) bool { return err != nil }

// ignoreBrokenPipes does nothing where no signal tells of them.
func ignoreBrokenPipes() {}
