package rollouts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/golongrl/golongrl/trainer/random"
)

// api sends requests to a server.
type api struct {
	client      *http.Client
	base        string // without /v1
	key, keyEnv string
	secrets     *strings.Replacer // takes the key out of messages; nil: there is none
	attempts    int
	backoff     time.Duration
	timeout     time.Duration
	maxReply    int64
}

// temporary is an error that another attempt may not meet.
type temporary struct {
	err   error
	after time.Duration // what the server asks to wait; 0: nothing
}

func (e *temporary) Error() string { return e.err.Error() }
func (e *temporary) Unwrap() error { return e.err }

// statusError is a reply that is no success.
type statusError struct {
	status int
	msg    string
}

func (e *statusError) Error() string { return e.msg }

const (
	maxWait       = 30 * time.Second
	maxRetryAfter = 2 * time.Minute
)

// try calls f until it succeeds, fails for good or attempts are used up. key
// spreads the waits of samples that fail together. The key is not in the error,
// whatever the server has made of it.
func (a *api) try(ctx context.Context, key random.Key, f func(context.Context) error) error {
	for i := 0; ; i++ {
		attempt, cancel := context.WithTimeout(ctx, a.timeout)
		err := f(attempt)
		late := attempt.Err() != nil
		cancel()
		var again *temporary
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case late:
			err = &temporary{err: fmt.Errorf("no reply within %v", a.timeout)}
		}
		err = a.clean(err)
		if !errors.As(err, &again) {
			return err
		}
		if i+1 >= a.attempts {
			return fmt.Errorf("%w (after %d attempts)", err, a.attempts)
		}
		wait := min(a.backoff<<min(i, 20), maxWait)
		wait = wait/2 + time.Duration(key.Float64(uint64(i))*float64(wait/2))
		wait = max(wait, min(again.after, maxRetryAfter))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// post sends v as JSON to a path of the server and returns the body of the reply.
func (a *api) post(ctx context.Context, path string, v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return a.send(ctx, http.MethodPost, a.base+path, body)
}

// send returns the body of a reply of status 200 to 299.
func (a *api) send(ctx context.Context, method, address string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	if a.key != "" {
		req.Header.Set("Authorization", "Bearer "+a.key)
	}
	res, err := a.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, &temporary{err: fmt.Errorf("%s: %w", address, err)}
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, a.maxReply+1))
	switch {
	case err != nil:
		return nil, &temporary{err: fmt.Errorf("%s: the reply broke off after %d bytes: %w", address, len(data), err)}
	case int64(len(data)) > a.maxReply:
		return nil, fmt.Errorf("%s: the reply has more than %d bytes", address, a.maxReply)
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return data, nil
	}
	msg := fmt.Sprintf("%s: %s", address, a.say([]byte(res.Status)))
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		msg += " to " + a.say([]byte(res.Header.Get("Location"))) + ": give the address it leads to"
	case (res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden) && a.keyEnv == "":
		msg += ": the server wants a key: name the environment variable that holds it"
	case res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden:
		msg += ": the server refuses the key in " + a.keyEnv
	default:
		if said := a.say(data); said != "" {
			msg += ": " + said
		}
	}
	err = &statusError{res.StatusCode, msg}
	switch {
	case res.StatusCode == http.StatusNotImplemented:
	case res.StatusCode == http.StatusRequestTimeout, res.StatusCode == http.StatusTooManyRequests, res.StatusCode >= 500:
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		seconds = min(max(seconds, 0), int(maxRetryAfter/time.Second))
		return nil, &temporary{err, time.Duration(seconds) * time.Second}
	}
	return nil, err
}
