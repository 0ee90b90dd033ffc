package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Endpoint is a model server behind OpenAI's interface.
type endpoint struct {
	baseURL, key string
}

// Tokens are what a call has cost, as the model server reported it.
type tokens struct {
	input, output int
}

// Call is what came of one call to a model.
type call struct {
	model      string
	status     int     // 0 when none came
	retryAfter string  // the header
	failed     string  // "" for a good call, otherwise a word for the trace
	cost       *tokens // nil when nobody knows
}

// Bill is what the calls of one answer have cost.
type bill []*call

// Usage is what a caller reads of it. Nil is null in JSON: nobody knows.
type usage struct {
	Calls        int  `json:"calls"`
	InputTokens  *int `json:"input_tokens"`
	OutputTokens *int `json:"output_tokens"`
}

func (b bill) usage() usage {
	sum := tokens{}
	for _, each := range b {
		if each.cost == nil {
			return usage{Calls: len(b)}
		}
		sum.input += each.cost.input
		sum.output += each.cost.output
	}
	return usage{len(b), &sum.input, &sum.output}
}

// Retries may be made by the whole service, so that an outage isn't answered with twice the load. Each is one element of
// a channel that holds no more than there may be.
type retries struct {
	left    chan struct{}
	answers atomic.Int64
}

const answersForARetry = 5

func newRetries(most int) *retries {
	made := &retries{left: make(chan struct{}, most)}
	for len(made.left) < most {
		made.left <- struct{}{}
	}
	return made
}

func (r *retries) take() bool {
	select {
	case <-r.left:
		return true
	default:
		return false
	}
}

func (r *retries) answered() {
	if r.answers.Add(1)%answersForARetry != 0 {
		return
	}
	select {
	case r.left <- struct{}{}:
	default:
	}
}

// Asker takes a question to the primary model, once more where that's worth it, and then to the fallback.
type asker struct {
	primary, fallback endpoint
	fallbackModel     string
	maxOutputTokens   int
	stall, maxPause   time.Duration
	retries           *retries
	http              *http.Client
}

// newClient has a connection for each request, so none is used that the server has just closed, and no proxy. For a
// model, its timeout is 0: it would bound the whole stream.
func newClient(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:   timeout,
		Transport: &http.Transport{DisableKeepAlives: true},
		// A redirect would be a second call. Like this, it's a status other than 200.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// ask hands each piece of text to out. The last call in the bill has decided the answer.
func (a *asker) ask(ctx context.Context, release release, question string, trace *trace, out *events) bill {
	var made bill
	stream := func(to endpoint, model string) *call {
		span, one := trace.call(model), &call{model: model}
		one.failed = a.stream(ctx, to, one, release.Prompt, question, out)
		span.end(one)
		made = append(made, one)
		return one
	}
	one := stream(a.primary, release.Model)
	if pause, soon := a.pauseAfter(one); soon && a.retries.take() {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return made
		}
		one = stream(a.primary, release.Model)
	}
	switch {
	case one.failed == "":
		a.retries.answered()
	case !out.begun && ctx.Err() == nil:
		// Once some text has gone out, a second model can't go on with the answer of the first.
		stream(a.fallback, a.fallbackModel)
	}
	return made
}

// pauseAfter says how long to wait before the next call, and whether that's worth it. With these statuses, nothing was
// answered, so nothing is billed. Everything else may have cost money.
func (a *asker) pauseAfter(one *call) (time.Duration, bool) {
	switch one.status {
	case 429, 500, 502, 503, 504:
	default:
		return 0, false
	}
	if one.retryAfter == "" {
		return 0, true
	}
	seconds, err := strconv.Atoi(one.retryAfter)
	soon := err == nil && seconds >= 0 && float64(seconds) <= a.maxPause.Seconds()
	return time.Duration(seconds) * time.Second, soon
}

// stream makes one call, and closes its connection. It returns what was wrong with it, in a word; "" if it was good.
func (a *asker) stream(ctx context.Context, to endpoint, one *call, prompt, question string, out *events) string {
	within, stop := context.WithCancel(ctx)
	defer stop()
	// Only text winds this clock up again. Comments and empty chunks aren't progress, and they'd fool a timeout on reads.
	clock := time.AfterFunc(a.stall, stop)
	defer clock.Stop()
	failed := a.read(within, to, one, prompt, question, func(text string) {
		clock.Stop() // A reader who is slow isn't the model's fault.
		out.send("text", map[string]string{"text": text})
		clock.Reset(a.stall)
	})
	switch {
	case failed == "" || within.Err() == nil:
		return failed
	case ctx.Err() == nil:
		return "timeout"
	default:
		return "caller_left"
	}
}

func (a *asker) read(ctx context.Context, to endpoint, one *call, prompt, question string, heard func(string)) string {
	body, err := json.Marshal(map[string]any{
		"model":          one.model,
		"messages":       []any{message("system", prompt), message("user", question)},
		"max_tokens":     a.maxOutputTokens,
		"stream":         true,
		"stream_options": map[string]bool{"include_usage": true},
	})
	if err != nil {
		return "bad_request"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.baseURL+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return "bad_address"
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+to.key)
	response, err := a.http.Do(request)
	if err != nil {
		// Without a connection, the model has never heard of it. With one, nobody knows what it has done.
		var network *net.OpError
		if errors.As(err, &network) && network.Op == "dial" {
			one.cost = &tokens{}
		}
		return "connection"
	}
	defer response.Body.Close()
	one.status, one.retryAfter = response.StatusCode, response.Header.Get("Retry-After")
	if one.status != http.StatusOK {
		one.cost = &tokens{}
		return strconv.Itoa(one.status)
	}
	lines, texts := bufio.NewScanner(response.Body), 0
	lines.Buffer(nil, maxLineBytes)
	for lines.Scan() {
		if !strings.HasPrefix(lines.Text(), "data:") {
			continue
		}
		data := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "data:"))
		var part chunk
		switch {
		case data == "[DONE]" && texts == 0:
			return "empty"
		case data == "[DONE]":
			return ""
		case json.Unmarshal([]byte(data), &part) != nil || part.Choices == nil:
			return "bad_chunk"
		case part.Model != one.model:
			return "wrong_model"
		case len(part.Choices) == 0:
			one.cost = part.cost()
		case part.Choices[0].Delta.Content != "":
			texts++
			heard(part.Choices[0].Delta.Content)
		}
	}
	return "cut"
}

const maxLineBytes = 1 << 20

func message(role, content string) map[string]string {
	return map[string]string{"role": role, "content": content}
}

// Chunk is one event of the stream. The usage is read by itself, because a count that is none spoils no text.
type chunk struct {
	Model   string
	Choices []struct{ Delta struct{ Content string } }
	Usage   json.RawMessage
}

// cost is nil unless both counts are reported.
func (c chunk) cost() *tokens {
	var counts struct {
		Input  *int `json:"prompt_tokens"`
		Output *int `json:"completion_tokens"`
	}
	err := json.Unmarshal(c.Usage, &counts)
	if err != nil || counts.Input == nil || counts.Output == nil || *counts.Input < 0 || *counts.Output < 0 {
		return nil
	}
	return &tokens{*counts.Input, *counts.Output}
}
