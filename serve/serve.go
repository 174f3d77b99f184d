// Package serve is the reward server: it answers the calls of package service
// over HTTP and over frames, on any number of listeners.
//
// The HTTP routes are those of golongrl itself, /v1/score, /v1/verify,
// /v1/advantage and /v1/registry; those that OpenRLHF and slime call, /get_reward
// and /slime; and /healthz, /readyz, /metrics and /openapi.json for those who run
// it. Frames are described by package wire. Both are on every listener: a
// connection that begins with wire.Preface speaks frames.
//
// A [Server] works on few requests at a time, lets some wait, and tells the rest
// to come again. A client that is slow, gone or hostile costs a connection and
// nothing else. Time limits exist for connections alone; no score depends on them.
package serve
