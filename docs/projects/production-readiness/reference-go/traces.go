package main

import (
	"bytes"
	"encoding/json"
	"log"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	kindServer, kindClient = 2, 3
	statusError            = 2
	exportTimeout          = 5 * time.Second
	// maxWaitingTraces is what may wait for the collector. What comes on top is lost, because answers are worth more.
	maxWaitingTraces = 1000
)

// Span is in OTLP's form. No text of a caller or a model gets in, not even an error's: it may quote the question.
type span struct {
	TraceID    string         `json:"traceId"`
	ID         string         `json:"spanId"`
	ParentID   string         `json:"parentSpanId"`
	Name       string         `json:"name"`
	Kind       int            `json:"kind"`
	Start      string         `json:"startTimeUnixNano"`
	End        string         `json:"endTimeUnixNano"`
	Attributes []attribute    `json:"attributes"`
	Status     map[string]int `json:"status"`
}

type attribute struct {
	Key   string         `json:"key"`
	Value map[string]any `json:"value"`
}

// now is text, as all whole numbers of OTLP are: a number of JSON doesn't hold 64 bits.
func now() string { return strconv.FormatInt(time.Now().UnixNano(), 10) }

func (s *span) set(key string, value any) {
	kind := "stringValue"
	switch given := value.(type) {
	case bool:
		kind = "boolValue"
	case int:
		kind, value = "intValue", strconv.Itoa(given)
	}
	s.Attributes = append(s.Attributes, attribute{key, map[string]any{kind: value}})
}

func (s *span) fail(kind string) {
	s.set("error.type", kind)
	s.Status["code"] = statusError
}

// Trace is one request: a span for it, and one for each call to a model.
type trace struct {
	id    string
	spans []*span
}

var traceparent = regexp.MustCompile(`^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$`)

// newTrace goes on with the caller's trace, if the header is valid. An id of zeros isn't.
func newTrace(header string) *trace {
	made, parentID := &trace{id: randomHex(16)}, ""
	found := traceparent.FindStringSubmatch(header)
	if found != nil && strings.Trim(found[1], "0") != "" && strings.Trim(found[2], "0") != "" {
		made.id, parentID = found[1], found[2]
	}
	made.begin(parentID, "POST /answer", kindServer)
	return made
}

func (t *trace) begin(parentID, name string, kind int) *span {
	made := &span{TraceID: t.id, ID: randomHex(8), ParentID: parentID, Name: name, Kind: kind, Start: now()}
	made.Status = map[string]int{}
	t.spans = append(t.spans, made)
	return made
}

func (t *trace) root() *span { return t.spans[0] }

// call begins the span of a call to a model.
func (t *trace) call(model string) *span {
	made := t.begin(t.root().ID, "chat "+model, kindClient)
	made.set("gen_ai.operation.name", "chat")
	made.set("gen_ai.provider.name", "openai")
	made.set("gen_ai.request.model", model)
	made.set("gen_ai.request.stream", true)
	return made
}

func (s *span) end(one *call) {
	s.End = now()
	if one.failed != "" {
		s.fail(one.failed)
		return
	}
	s.set("gen_ai.response.model", one.model)
	if one.cost != nil {
		s.set("gen_ai.usage.input_tokens", one.cost.input)
		s.set("gen_ai.usage.output_tokens", one.cost.output)
	}
}

// Exporter sends traces behind the answers' backs.
type exporter struct {
	address string
	waiting chan *trace
}

func newExporter(collector string) *exporter {
	made := &exporter{collector + "/v1/traces", make(chan *trace, maxWaitingTraces)}
	go made.run()
	return made
}

// send takes a trace at once, or loses it.
func (e *exporter) send(done *trace) {
	done.root().End = now()
	select {
	case e.waiting <- done:
	default:
	}
}

func (e *exporter) run() {
	client := newClient(exportTimeout)
	for first := range e.waiting {
		spans := first.spans
		for more := len(e.waiting); more > 0; more-- {
			spans = append(spans, (<-e.waiting).spans...)
		}
		body, err := json.Marshal(asRequest(spans))
		if err != nil {
			log.Print(err)
			continue
		}
		// Not repeated: traces may be lost while the collector is away.
		if response, err := client.Post(e.address, "application/json", bytes.NewReader(body)); err == nil {
			response.Body.Close()
		}
	}
}

func asRequest(spans []*span) any {
	name := attribute{"service.name", map[string]any{"stringValue": "answers"}}
	return map[string]any{"resourceSpans": []any{map[string]any{
		"resource":   map[string]any{"attributes": []attribute{name}},
		"scopeSpans": []any{map[string]any{"scope": map[string]string{"name": "answers"}, "spans": spans}},
	}}}
}
