// Package serve answers calls over HTTP and over sockets.
package serve
