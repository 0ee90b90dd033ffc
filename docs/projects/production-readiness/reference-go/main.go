// The service of phase 3 in Go, with its standard library only: docs/projects/production-readiness.md.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

type service struct {
	store    *store
	places   *places
	asker    *asker
	exporter *exporter
	instance string
}

func main() {
	first := release{"first", read("LLM_MODEL"), "You answer questions of customers, in a few plain sentences."}
	opened, err := openStore(read("DATA_DIR"), number("TENANT_TOKENS"), number("RESERVE_TOKENS"), first)
	if err != nil {
		log.Fatal(err)
	}
	s := &service{
		store:  opened,
		places: newPlaces(number("MAX_RUNNING"), number("MAX_WAITING")),
		asker: &asker{
			primary:         endpoint{read("LLM_BASE_URL"), read("LLM_API_KEY")},
			fallback:        endpoint{read("FALLBACK_BASE_URL"), read("FALLBACK_API_KEY")},
			fallbackModel:   read("FALLBACK_MODEL"),
			maxOutputTokens: number("MAX_OUTPUT_TOKENS"),
			stall:           seconds("STALL_SECONDS"),
			maxPause:        seconds("MAX_PAUSE_SECONDS"),
			retries:         newRetries(number("RETRY_BUDGET")),
			http:            newClient(0),
		},
		exporter: newExporter(read("OTEL_EXPORTER_OTLP_ENDPOINT")),
		instance: randomHex(8),
	}
	http.HandleFunc("/health", s.health)
	http.HandleFunc("/answer", s.answer)
	http.HandleFunc("/budgets/", s.budget)
	http.HandleFunc("/releases/", s.putRelease)
	http.HandleFunc("/active", s.active)
	// No WriteTimeout: it would cut a long, healthy answer off.
	server := &http.Server{Addr: "127.0.0.1:" + read("PORT"), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func read(name string) string {
	value := os.Getenv(name)
	if value == "" {
		log.Fatalf("the variable %s is missing: set it before you start the service", name)
	}
	return value
}

func number(name string) int {
	value, err := strconv.Atoi(read(name))
	if err != nil || value < 0 {
		log.Fatalf("the variable %s is %q: give a whole number of at least 0", name, read(name))
	}
	return value
}

func seconds(name string) time.Duration {
	value, err := strconv.ParseFloat(read(name), 64)
	if err != nil || !(value >= 0 && value < 1e6) {
		log.Fatalf("the variable %s is %q: give a number of seconds", name, read(name))
	}
	return time.Duration(value * float64(time.Second))
}

func (s *service) health(w http.ResponseWriter, _ *http.Request) {
	running, waiting := s.places.count()
	respond(w, http.StatusOK, map[string]any{
		"status": "ok", "instance": s.instance, "running": running, "waiting": waiting,
	})
}

// answer answers POST /answer. The context of the request ends when the caller hangs up, and so does everything that's
// done under it: the call to the model, a pause, the wait for a place.
func (s *service) answer(w http.ResponseWriter, r *http.Request) {
	trace := newTrace(r.Header.Get("traceparent"))
	var spent bill
	failure := func(code, problem string) map[string]any {
		return map[string]any{"code": code, "problem": problem, "usage": spent.usage(), "trace_id": trace.id}
	}
	tenant := strings.TrimSpace(r.Header.Get("X-Tenant"))
	question, problem := readQuestion(w, r)
	if tenant == "" {
		problem = "the header X-Tenant is missing"
	}
	if problem != "" {
		respond(w, http.StatusBadRequest, failure("bad_request", problem))
		return
	}
	release := s.store.active()
	trace.root().set("app.tenant", tenant)
	trace.root().set("app.release", release.ID)
	defer s.exporter.send(trace)

	if !s.store.reserve(tenant) {
		respond(w, http.StatusTooManyRequests, failure("budget_spent", "the tokens of this tenant are spent"))
		return
	}
	if err := s.places.take(r.Context()); err != nil {
		s.store.settle(tenant, spent.usage())
		if err == errBusy {
			w.Header().Set("Retry-After", "1")
			respond(w, http.StatusServiceUnavailable, failure("busy", err.Error()))
		}
		return
	}
	out := &events{w: w}
	spent = s.asker.ask(r.Context(), release, question, trace, out)
	// Only then the last event, so that a caller who has read it finds the budget up to date.
	s.store.settle(tenant, spent.usage())
	s.places.giveBack()
	last := spent[len(spent)-1]
	if last.failed == "" {
		out.send("done", map[string]any{
			"model": last.model, "release": release.ID, "usage": spent.usage(), "trace_id": trace.id,
		})
		return
	}
	trace.root().fail(last.failed)
	failed := failure("model_failed", "the call to "+last.model+" failed: "+last.failed)
	if out.begun {
		out.send("error", failed)
	} else {
		respond(w, http.StatusBadGateway, failed)
	}
}

const (
	maxQuestionCharacters = 4000
	maxBodyBytes          = 1 << 20
)

func readQuestion(w http.ResponseWriter, r *http.Request) (question, problem string) {
	var body struct{ Question string }
	switch {
	case !readBody(w, r, &body):
		return "", "the body is no JSON object in the form of the contract"
	case strings.TrimSpace(body.Question) == "":
		return "", "the question is missing or blank"
	case utf8.RuneCountInString(body.Question) > maxQuestionCharacters:
		return "", fmt.Sprintf("the question has more than %d characters", maxQuestionCharacters)
	}
	return body.Question, ""
}

// readBody reads to the end of the body. Only from then on does Go's server watch for a caller who hangs up.
func readBody(w http.ResponseWriter, r *http.Request, into any) bool {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	// encoding/json takes bytes that aren't UTF-8 and replaces them without a word.
	return err == nil && utf8.Valid(body) && json.Unmarshal(body, into) == nil
}

// Events writes server-sent events. The status goes out with the first one, so a failure before it has its own.
type events struct {
	w     http.ResponseWriter
	begun bool
}

// send does nothing for a caller who has gone. The context of the request ends then, and that stops the work.
func (e *events) send(name string, data any) {
	line, err := json.Marshal(data)
	if err != nil {
		log.Print(err)
		return
	}
	e.begun = true
	e.w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprintf(e.w, "event: %s\ndata: %s\n\n", name, line)
	// Without it, the piece stays in a buffer until the next ones have filled it.
	e.w.(http.Flusher).Flush()
}

func (s *service) budget(w http.ResponseWriter, r *http.Request) {
	respond(w, http.StatusOK, s.store.budget(strings.TrimPrefix(r.URL.Path, "/budgets/")))
}

func (s *service) putRelease(w http.ResponseWriter, r *http.Request) {
	var sent release
	if !readBody(w, r, &sent) || sent.Model == "" || sent.Prompt == "" {
		refuse(w, http.StatusBadRequest, "bad_request", "model or prompt is missing")
		return
	}
	sent.ID = strings.TrimPrefix(r.URL.Path, "/releases/")
	isNew, same := s.store.write(sent)
	switch {
	case isNew:
		respond(w, http.StatusCreated, sent)
	case same:
		respond(w, http.StatusOK, sent)
	default:
		refuse(w, http.StatusConflict, "release_exists", sent.ID+" is another release")
	}
}

// active answers GET and PUT.
func (s *service) active(w http.ResponseWriter, r *http.Request) {
	var sent struct{ Release string }
	if r.Method == http.MethodPut && (!readBody(w, r, &sent) || !s.store.activate(sent.Release)) {
		refuse(w, http.StatusNotFound, "unknown_release", sent.Release+" is no release")
		return
	}
	respond(w, http.StatusOK, map[string]string{"release": s.store.active().ID})
}

func refuse(w http.ResponseWriter, status int, code, problem string) {
	respond(w, status, map[string]string{"code": code, "problem": problem})
}

func respond(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		log.Print(err)
	}
}

func randomHex(bytes int) string {
	drawn := make([]byte, bytes)
	if _, err := rand.Read(drawn); err != nil {
		log.Fatal(err)
	}
	return hex.EncodeToString(drawn)
}
