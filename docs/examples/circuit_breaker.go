// A circuit breaker that counts errors, and also answers that fail a check.
package main

import "fmt"

const (
	window = 100 // answers that count
	least  = 50  // before there are so many, nothing opens it
	limit  = 10  // failures that open it
	pause  = 60  // seconds until stored cases are tried, and tried again

	storedCases = 20
	mostWrong   = 1 // a model that is well fails one now and then
)

type outcome string

const (
	right    outcome = "right"
	failure  outcome = "error"
	rejected outcome = "rejected"
)

// phase is what happens at one request a second: every so many calls, a fault.
type phase struct {
	name    string
	seconds int
	every   int
	fault   outcome
}

var phases = []phase{
	{"1 answer in 50 fails the check, as usual", 200, 50, rejected},
	{"a bad change: 1 answer in 5 fails it", 200, 5, rejected},
	{"the change is taken back", 200, 50, rejected},
	{"the provider is down", 150, 1, failure},
	{"the provider is back", 250, 50, rejected},
}

// --8<-- [start:breaker]

// breaker lets calls through to one model while it's closed, and none while it's open.
// Callers that share one need a mutex around its methods.
type breaker struct {
	outcomes []outcome
	open     bool
	tryAt    int // counts while it's open
}

// note counts what became of a user's call, and opens when too many failed.
func (b *breaker) note(result outcome, now int) {
	if b.open {
		return // this call began before it opened
	}
	b.outcomes = append(b.outcomes, result)
	if len(b.outcomes) > window {
		b.outcomes = b.outcomes[1:]
	}
	errors, refused := b.count(failure), b.count(rejected)
	if len(b.outcomes) >= least && errors+refused >= limit {
		say(now, "open: %d errors and %d rejected answers", errors, refused)
		b.open, b.tryAt = true, now+pause
	}
}

func (b *breaker) isDue(now int) bool {
	return b.open && now >= b.tryAt
}

// noteStoredCases closes when the model is right again. Until then, no user tries it.
func (b *breaker) noteStoredCases(wrong, now int) {
	if wrong > mostWrong {
		say(now, "still open: %d of %d stored cases wrong", wrong, storedCases)
		b.tryAt = now + pause
		return
	}
	say(now, "closed: %d of %d stored cases wrong", wrong, storedCases)
	b.outcomes, b.open = nil, false
}

func (b *breaker) count(wanted outcome) int {
	found := 0
	for _, one := range b.outcomes {
		if one == wanted {
			found++
		}
	}
	return found
}

// --8<-- [end:breaker]

func say(now int, format string, values ...any) {
	fmt.Printf("%4d s  %s\n", now, fmt.Sprintf(format, values...))
}

func (p phase) outcomeOf(call int) outcome {
	if call%p.every == p.every-1 {
		return p.fault
	}
	return right
}

func (p phase) wrongStoredCases(first int) int {
	wrong := 0
	for call := first; call < first+storedCases; call++ {
		if p.outcomeOf(call) != right {
			wrong++
		}
	}
	return wrong
}

func main() {
	var guard breaker
	now, failed, failedWithout, toFallback := 0, 0, 0, 0
	for _, phase := range phases {
		say(now, "-- %s", phase.name)
		for second := 0; second < phase.seconds; second++ {
			if guard.isDue(now) {
				guard.noteStoredCases(phase.wrongStoredCases(second), now)
			}
			result := phase.outcomeOf(second)
			if result != right {
				failedWithout++
			}
			if guard.open {
				toFallback++
			} else {
				if result != right {
					failed++
				}
				guard.note(result, now)
			}
			now++
		}
	}
	fmt.Printf("failed calls of users: %d of %d, without a breaker %d\n",
		failed, now, failedWithout)
	fmt.Printf("requests that went to the fallback: %d\n", toFallback)
}
