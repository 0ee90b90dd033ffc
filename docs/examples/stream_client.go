// Read a streamed answer by hand, and say what each of six endings is worth.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

const silence = 2 * time.Second

// --8<-- [start:client]

// nextEvent is the data of an event. An empty line ends it; a colon begins a comment.
func nextEvent(lines *bufio.Reader) (string, error) {
	var data []string
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return "", err
		}
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "data:") {
			data = append(data, strings.TrimPrefix(line[len("data:"):], " "))
		} else if line == "" && data != nil {
			return strings.Join(data, "\n"), nil
		}
	}
}

type chunk struct {
	Error *struct{ Code string }
	Usage *struct {
		CompletionTokens int `json:"completion_tokens"`
	}
	Choices []struct { // empty in the chunk with usage
		Delta        struct{ Content string }
		FinishReason string `json:"finish_reason"`
	}
}

func readAnswer(url string, leaveAfter int) string {
	text, tokens, finishReason := "", "unknown", ""
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel() // on every way out: this is what cancels the answer
	silent := time.AfterFunc(silence, cancel)
	failed := func(why string) string {
		return fmt.Sprintf("failed, %s: throw '%s' away", why, text)
	}

	request, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return failed(err.Error())
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil { // an error up to here still has a status
		return failed(err.Error())
	}
	defer response.Body.Close()
	lines := bufio.NewReader(response.Body)
	for count := 1; ; count++ {
		data, err := nextEvent(lines)
		silent.Reset(silence)
		if err == io.EOF {
			return failed("no closing event")
		}
		if err != nil { // no byte within the timeout, or a broken line
			return failed("silent or broken off")
		}
		fmt.Println(data)
		if data == "[DONE]" { // all events came; the finish reason says the rest
			verdict := "not whole"
			if finishReason == "stop" {
				verdict = "whole"
			}
			return fmt.Sprintf("%s (%s): '%s', %s tokens",
				verdict, finishReason, text, tokens)
		}
		var part chunk
		if err := json.Unmarshal([]byte(data), &part); err != nil {
			return failed("not JSON")
		}
		if part.Error != nil {
			return failed(part.Error.Code)
		}
		if part.Usage != nil {
			tokens = fmt.Sprint(part.Usage.CompletionTokens)
		}
		for _, choice := range part.Choices {
			text += choice.Delta.Content // missing or null: ""
			if choice.FinishReason != "" {
				finishReason = choice.FinishReason
			}
		}
		if count == leaveAfter {
			return fmt.Sprintf("canceled after %d events", count)
		}
	}
}

// --8<-- [end:client]

func piece(text string) string {
	return fmt.Sprintf(`{"choices": [{"delta": {"content": %q}}]}`, text)
}

func end(reason string) string {
	last := `{"choices": [{"delta": {"content": null}, "finish_reason": %q}]}`
	return fmt.Sprintf(last, reason)
}

const done = "data: [DONE]\n\n"

var (
	usage   = `{"choices": [], "usage": {"completion_tokens": 6}}`
	answers = []struct {
		path, last string
		events     []string
	}{
		{"/whole", done, []string{piece("Your "), piece("order "), piece("ships "),
			piece("on "), piece("Friday."), end("stop"), usage}},
		{"/limit", done, []string{piece("Your "), piece("order "), end("length")}},
		{"/cut", `data: {"choices": [{"de`, []string{piece("Your "), piece("order ")}},
		{"/overloaded", "", []string{piece("Your "), piece("order "),
			`{"error": {"code": "overloaded"}}`}},
		{"/silent", "", []string{piece("Your "), piece("order ")}},
		{"/endless", "", nil},
	}
	stopped = make(chan bool)
)

func modelServer(response http.ResponseWriter, request *http.Request) {
	response.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprint(response, ": a comment, so that the wait is no silence\n\n")
	send := func(data string) {
		fmt.Fprintf(response, "data: %s\n\n", data)
		response.(http.Flusher).Flush()
		time.Sleep(10 * time.Millisecond) // a model needs time for each token
	}
	for _, answer := range answers {
		if answer.path == request.URL.Path {
			for _, event := range answer.events {
				send(event)
			}
			fmt.Fprint(response, answer.last)
		}
	}
	switch request.URL.Path {
	case "/silent":
		<-request.Context().Done()
	case "/endless":
		for request.Context().Err() == nil {
			send(piece("and "))
		}
		close(stopped)
	}
}

func main() {
	server := httptest.NewServer(http.HandlerFunc(modelServer))
	defer server.Close()
	verdicts := []string{}
	for _, answer := range answers {
		fmt.Printf("== %s ==\n", answer.path)
		leaveAfter := 0
		if answer.path == "/endless" {
			leaveAfter = 2
		}
		verdict := readAnswer(server.URL+answer.path, leaveAfter)
		verdicts = append(verdicts, answer.path+" => "+verdict)
	}
	fmt.Println("== verdicts ==")
	fmt.Println(strings.Join(verdicts, "\n"))
	select {
	case <-stopped:
		fmt.Println("the server stopped writing: yes")
	case <-time.After(10 * time.Second):
		fmt.Println("the server stopped writing: no")
	}
}
