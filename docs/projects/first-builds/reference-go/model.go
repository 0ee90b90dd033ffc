package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// A failure is an answer that isn't 200: what the caller is told, and with which status.
type failure struct {
	status     int
	code       string
	field      string // empty for null
	problem    string
	retryAfter string
}

func unusable(code, field, problem string) *failure {
	return &failure{status: http.StatusUnprocessableEntity, code: code, field: field, problem: problem}
}

func badRequest(field, problem string) *failure {
	return &failure{status: http.StatusBadRequest, code: "bad_request", field: field, problem: problem}
}

func modelFailed(problem string) *failure {
	return &failure{status: http.StatusBadGateway, code: "model_failed", problem: problem}
}

// A bill sums the calls of one request. A call counts when it's made and its tokens when they're reported, so between
// the two nobody knows the sum.
type bill struct {
	calls, reports int
	input, output  int
}

// report adds the usage of one answer. What isn't a whole number of at least 0 isn't a report.
func (b *bill) report(raw json.RawMessage) {
	var reported struct {
		Input  *int `json:"prompt_tokens"`
		Output *int `json:"completion_tokens"`
	}
	if json.Unmarshal(raw, &reported) != nil || reported.Input == nil || reported.Output == nil {
		return
	}
	if *reported.Input < 0 || *reported.Output < 0 {
		return
	}
	b.reports++
	b.input += *reported.Input
	b.output += *reported.Output
}

// A usage is a bill as the caller gets it. Nil is null: not known.
type usage struct {
	Calls        int      `json:"calls"`
	InputTokens  *int     `json:"input_tokens"`
	OutputTokens *int     `json:"output_tokens"`
	CostUSD      *float64 `json:"cost_usd"`
}

func (b bill) usage(inputPrice, outputPrice float64) usage {
	if b.reports < b.calls {
		return usage{Calls: b.calls}
	}
	cost := (float64(b.input)*inputPrice + float64(b.output)*outputPrice) / 1e6
	return usage{b.calls, &b.input, &b.output, &cost}
}

// A model is the model server behind OpenAI's interface.
type model struct {
	settings
	client *http.Client
}

func newModel(given settings) *model {
	// A redirect is a status like any other here. By default the client would follow it with a second call.
	asItCame := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &model{given, &http.Client{CheckRedirect: asItCame}}
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type choice struct {
	FinishReason string `json:"finish_reason"`
	Message      *struct {
		Content *string `json:"content"`
		Refusal *string `json:"refusal"`
	} `json:"message"`
}

// A completion leaves its usage undecoded, because a faulty count doesn't make the answer faulty.
type completion struct {
	Model   *string         `json:"model"`
	Choices []choice        `json:"choices"`
	Usage   json.RawMessage `json:"usage"`
}

// chat returns the first choice and the name of the model that answered.
func (m *model) chat(ctx context.Context, messages []message, bill *bill) (choice, string, *failure) {
	request := map[string]any{
		"model":           m.chatModel,
		"messages":        messages,
		"max_tokens":      m.maxOutputTokens,
		"temperature":     0,
		"response_format": map[string]string{"type": "json_object"},
	}
	var answer completion
	if failed := m.post(ctx, "/chat/completions", request, &answer, bill); failed != nil {
		return choice{}, "", failed
	}
	if answer.Model == nil || len(answer.Choices) == 0 || answer.Choices[0].Message == nil {
		return choice{}, "", modelFailed("the model server's answer is no chat completion")
	}
	bill.report(answer.Usage)
	return answer.Choices[0], *answer.Model, nil
}

// embed returns a vector of length one for each text, in the order of the texts.
func (m *model) embed(ctx context.Context, texts []string, bill *bill) ([]vector, *failure) {
	request := map[string]any{"model": m.embeddingModel, "input": texts}
	var answer struct {
		Data []struct {
			Index     int    `json:"index"`
			Embedding vector `json:"embedding"`
		} `json:"data"`
	}
	if failed := m.post(ctx, "/embeddings", request, &answer, bill); failed != nil {
		return nil, failed
	}
	vectors := make([]vector, len(texts))
	for _, one := range answer.Data {
		if one.Index >= 0 && one.Index < len(vectors) {
			vectors[one.Index] = one.Embedding.scaled()
		}
	}
	for _, one := range vectors {
		if len(one) == 0 || len(one) != len(vectors[0]) {
			return nil, modelFailed("the model server's answer isn't one vector a text")
		}
	}
	return vectors, nil
}

const maxAnswerBytes = 16 << 20

// post makes one call, counts it on the bill and decodes its answer. The context bounds all of it, down to the last byte
// of the body.
func (m *model) post(ctx context.Context, path string, request, answer any, bill *bill) *failure {
	body, err := json.Marshal(request)
	if err != nil {
		return modelFailed(err.Error())
	}
	call, err := http.NewRequestWithContext(ctx, http.MethodPost, m.baseURL+path, bytes.NewReader(body))
	if err != nil {
		return modelFailed(err.Error())
	}
	call.Header.Set("Authorization", "Bearer "+m.key)
	call.Header.Set("Content-Type", "application/json")
	bill.calls++
	response, err := m.client.Do(call)
	if err != nil {
		return m.broken(ctx)
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusTooManyRequests:
		return &failure{
			status:     http.StatusServiceUnavailable,
			code:       "model_busy",
			problem:    "the model server asks for a pause",
			retryAfter: response.Header.Get("Retry-After"),
		}
	default:
		return modelFailed(fmt.Sprintf("the model server answered %d", response.StatusCode))
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	if err != nil {
		return m.broken(ctx)
	}
	if json.Unmarshal(content, answer) != nil {
		return modelFailed("the model server's answer is not in the form of " + strings.TrimPrefix(path, "/"))
	}
	return nil
}

// broken tells a deadline from a connection that failed by itself.
func (m *model) broken(ctx context.Context) *failure {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		problem := fmt.Sprintf("no answer within %v", m.deadline)
		return &failure{status: http.StatusGatewayTimeout, code: "model_timeout", problem: problem}
	}
	return modelFailed("the connection to the model server failed")
}
