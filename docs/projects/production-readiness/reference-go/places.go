package main

import (
	"context"
	"errors"
)

// Places are for so many answers at a time. So many callers wait, in the order in which they came, and no more.
// Each channel has room for as many as it lets in.
type places struct {
	admitted, running chan struct{}
}

var errBusy = errors.New("too many callers wait already")

func newPlaces(maxRunning, maxWaiting int) *places {
	return &places{make(chan struct{}, maxRunning+maxWaiting), make(chan struct{}, maxRunning)}
}

// take returns errBusy at once when there is no place, not even to wait. It ends when the caller hangs up.
func (p *places) take(ctx context.Context) error {
	select {
	case p.admitted <- struct{}{}:
	default:
		return errBusy
	}
	select {
	case p.running <- struct{}{}:
	case <-ctx.Done():
		<-p.admitted
		return ctx.Err()
	}
	// Where both are true, select picks one by chance. A place for somebody who has left would cost a call.
	if ctx.Err() != nil {
		p.giveBack()
	}
	return ctx.Err()
}

func (p *places) giveBack() {
	<-p.running
	<-p.admitted
}

func (p *places) count() (running, waiting int) {
	running = len(p.running)
	return running, len(p.admitted) - running
}
