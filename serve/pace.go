package serve

import "time"

// pace says how slow a client may be. Only connections wait by the clock; no
// verdict depends on it.
type pace struct {
	grace  time.Duration // to begin with, for every message
	rate   int64         // bytes per second beyond
	idle   time.Duration // of HTTP connections between requests
	first  time.Duration // the first connection must come in this time, if Config.Unused is set
	linger time.Duration // of silent connections when the server stops
	stop   time.Duration // a server that stops does so within
}

var usualPace = pace{
	grace: 10 * time.Second, rate: 256 << 10, idle: 2 * time.Minute, first: time.Minute,
	linger: 200 * time.Millisecond, stop: 9 * time.Second,
}

// allow is how long n bytes may take.
func (p *pace) allow(n int64) time.Duration {
	return p.grace + time.Duration(n/(p.rate/1024+1))*(time.Second/1024)
}
