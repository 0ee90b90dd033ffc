package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"sync"
)

// Release is what decides an answer. Once written, it never changes.
type release struct {
	ID     string `json:"release"`
	Model  string `json:"model"`
	Prompt string `json:"prompt"`
}

// State is what survives a crash.
type state struct {
	Spent    map[string]int // tokens of a tenant
	Open     map[string]int // reservations of a tenant
	Releases map[string]release
	Active   string // the id of a release
}

// Store writes the whole state at each change, before anybody relies on it. That's right for some hundred tenants. With
// more of them, take a database.
type store struct {
	file               string
	limit, reservation int

	mutex sync.Mutex // whoever holds it has seen the last change, and nothing changes meanwhile
	state state
}

func openStore(folder string, limit, reservation int, first release) (*store, error) {
	s := &store{file: filepath.Join(folder, "state.json"), limit: limit, reservation: reservation}
	s.state = state{map[string]int{}, map[string]int{}, map[string]release{}, first.ID}
	text, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = []byte("{}"), os.MkdirAll(folder, 0o755)
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &s.state); err != nil {
		return nil, err
	}
	s.state.Releases[first.ID] = first
	// Whoever was answered at the crash: nobody knows what it cost, so the reservation is spent.
	for tenant, count := range s.state.Open {
		s.state.Spent[tenant] += count * reservation
	}
	s.state.Open = map[string]int{}
	s.save()
	return s, nil
}

// save needs the mutex. Renaming puts the new file in the place of the old one in one step, so a crash leaves one or the
// other. A service that can't write down what it spends stops, and doesn't spend it.
func (s *store) save() {
	text, err := json.Marshal(s.state)
	if err == nil {
		err = os.WriteFile(s.file+".new", text, 0o644)
	}
	if err == nil {
		err = os.Rename(s.file+".new", s.file)
	}
	if err != nil {
		log.Fatalf("the state can't be written: %v", err)
	}
}

// Budget is in tokens.
type budget struct {
	Limit    int `json:"limit"`
	Spent    int `json:"spent"`
	Reserved int `json:"reserved"`
}

func (s *store) budget(tenant string) budget {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return budget{s.limit, s.state.Spent[tenant], s.state.Open[tenant] * s.reservation}
}

// reserve takes what one answer may cost, before it costs it; false when the tenant hasn't got it.
func (s *store) reserve(tenant string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.limit-s.state.Spent[tenant]-s.state.Open[tenant]*s.reservation < s.reservation {
		return false
	}
	s.state.Open[tenant]++
	s.save()
	return true
}

// settle puts what an answer cost in the place of its reservation. Where nobody knows, that's the reservation.
func (s *store) settle(tenant string, cost usage) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	spent := s.reservation
	if cost.InputTokens != nil {
		spent = *cost.InputTokens + *cost.OutputTokens
	}
	s.state.Open[tenant]--
	s.state.Spent[tenant] += spent
	s.save()
}

// write says whether the release is new, and whether the one that was there is the same.
func (s *store) write(sent release) (isNew, same bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if there, known := s.state.Releases[sent.ID]; known {
		return false, there == sent
	}
	s.state.Releases[sent.ID] = sent
	s.save()
	return true, false
}

func (s *store) activate(id string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if _, known := s.state.Releases[id]; !known {
		return false
	}
	s.state.Active = id
	s.save()
	return true
}

func (s *store) active() release {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.state.Releases[s.state.Active]
}
