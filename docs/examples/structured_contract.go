// Three schemas for one task: every reply parses, but not every reply is true.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"
)

type Schema struct {
	Type    string   `json:"type,omitempty"`
	Pattern string   `json:"pattern,omitempty"`
	AnyOf   []Schema `json:"anyOf,omitempty"`
}

// Fields is a struct because the model writes them in this order. A map sorts them.
type Fields struct {
	Invoice Schema `json:"invoice"`
	Amount  Schema `json:"amount"`
}

type Turn struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type Choice struct {
	FinishReason string `json:"finish_reason"`
	Message      Turn   `json:"message"`
}

type Object = map[string]any

// The same for every schema, so that only the schema changes.
const system = "Extract invoice number and amount. Use null where the message has none."

var (
	// Solved examples. They are sent as earlier turns of the conversation.
	shots = []Turn{
		{"user", "Refund of KB-204, 18.00 euros."},
		{"assistant", `{"invoice": "KB-204", "amount": "18.00"}`},
		{"user", "Do you ship to Malta?"},
		{"assistant", `{"invoice": null, "amount": null}`},
		{"user", "We paid 7.25 euros twice on RE-77."},
		{"assistant", `{"invoice": "RE-77", "amount": "7.25"}`},
	}
	messages = []string{
		"Please refund INV-118 of 12.50 euros, thanks.",
		"Invoice TT-600: you charged 9.90 euros.",
		"My order never came. I want my money back.",
	}
	text     = Schema{Type: "string"}
	code     = Schema{Type: "string", Pattern: "^[A-Z]{2,3}-[0-9]{2,4}$"}
	price    = Schema{Type: "string", Pattern: "^[0-9]{1,4}[.][0-9]{2}$"}
	null     = Schema{Type: "null"}
	texts    = Fields{text, text}
	patterns = Fields{code, price}
	orNull   = Fields{anyOf(code, null), anyOf(price, null)}
	// INV-118 and 12.50 are one word each.
	word = regexp.MustCompile(`[\w.-]*\w`)
)

func anyOf(choices ...Schema) Schema { return Schema{AnyOf: choices} }

func request(message string, fields Fields, shots []Turn) Object {
	turns := append([]Turn{{"system", system}}, shots...)
	turns = append(turns, Turn{"user", message})
	schema := Object{
		"type":                 "object",
		"properties":           fields,
		"required":             []string{"invoice", "amount"},
		"additionalProperties": false,
	}
	answer := Object{"name": "refund", "strict": true, "schema": schema}
	return Object{
		"model":                 "example-model-2026-08-01",
		"messages":              turns,
		"temperature":           0,
		"max_completion_tokens": 60,
		"response_format":       Object{"type": "json_schema", "json_schema": answer},
	}
}

func ask(body Object) (Choice, error) {
	sent, err := json.Marshal(body)
	if err != nil {
		return Choice{}, err
	}
	server := strings.TrimSuffix(os.Getenv("LLM_BASE_URL"), "/v1")
	address := server + "/v1/chat/completions"
	post, err := http.NewRequest("POST", address, bytes.NewReader(sent))
	if err != nil {
		return Choice{}, err
	}
	post.Header.Set("Content-Type", "application/json")
	post.Header.Set("Authorization", "Bearer "+os.Getenv("LLM_API_KEY"))
	client := http.Client{Timeout: time.Minute}
	response, err := client.Do(post)
	if err != nil {
		return Choice{}, err
	}
	defer response.Body.Close()
	var reply struct{ Choices []Choice }
	err = json.NewDecoder(response.Body).Decode(&reply)
	if err != nil || len(reply.Choices) == 0 {
		return Choice{}, fmt.Errorf("no answer: %s", response.Status)
	}
	return reply.Choices[0], nil
}

// fits says whether a value obeys its schema. It knows only the keywords above.
func fits(value *string, schema Schema) bool {
	for _, choice := range schema.AnyOf {
		if fits(value, choice) {
			return true
		}
	}
	if value == nil {
		return schema.Type == "null"
	}
	matches, err := regexp.MatchString(schema.Pattern, *value)
	return schema.Type == "string" && err == nil && matches
}

func verdict(choice Choice, message string, fields Fields) string {
	if choice.FinishReason != "stop" {
		return "refused, " + choice.FinishReason
	}
	var values map[string]*string // nil is null; what is no string doesn't parse
	err := json.Unmarshal([]byte(choice.Message.Content), &values)
	invoice, hasInvoice := values["invoice"]
	amount, hasAmount := values["amount"]
	if err != nil || !hasInvoice || !hasAmount || len(values) != 2 ||
		!fits(invoice, fields.Invoice) || !fits(amount, fields.Amount) {
		return "refused, breaks the schema"
	}
	words := map[string]bool{}
	for _, found := range word.FindAllString(message, -1) {
		words[found] = true
	}
	var madeUp []string
	for _, name := range []string{"invoice", "amount"} {
		if value := values[name]; value != nil && !words[*value] {
			madeUp = append(madeUp, name)
		}
	}
	if madeUp != nil {
		return "refused, no such word: " + strings.Join(madeUp, ", ")
	}
	return "accepted"
}

func show(title string, fields Fields, shots []Turn) {
	fmt.Println(title)
	for _, message := range messages {
		choice, err := ask(request(message, fields, shots))
		if err != nil {
			log.Fatal(err)
		}
		content := strings.Join(strings.Fields(choice.Message.Content), " ")
		fmt.Printf("  %-46.46s  %s\n", content, verdict(choice, message, fields))
	}
}

func main() {
	show("strings", texts, nil)
	show("patterns", patterns, nil)
	show("patterns or null", orNull, nil)
	show("patterns or null, after three solved examples", orNull, shots)
}
