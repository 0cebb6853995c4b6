package main

// This file tells on stdout what happens in a lab that runs here.

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	lab "github.com/acmecheck/acmecheck/pebble-env"
	"github.com/acmecheck/acmecheck/report/render"
)

// news are told one after the other. A reader who does not read holds up
// nobody: what has no room is not told.
type news struct {
	out    io.Writer
	json   bool
	events chan lab.Event
	over   chan struct{} // closed when nothing more will come
	done   chan struct{} // closed when all is told
}

func newNews(out io.Writer, json bool) *news {
	const most = 1024
	return &news{out: out, json: json, events: make(chan lab.Event, most), over: make(chan struct{}), done: make(chan struct{})}
}

// hear takes an event, also when nobody tells it any more.
func (n *news) hear(e lab.Event) {
	select {
	case n.events <- e:
	default:
	}
}

// ready says how to use the lab, and from then on what happens, until end.
func (n *news) ready(i *labInfo) {
	go func() {
		defer close(n.done)
		n.greet(i)
		for {
			select {
			case e := <-n.events:
				n.tell(e)
			case <-n.over:
				n.farewell()
				return
			}
		}
	}()
}

func (n *news) greet(i *labInfo) {
	if n.json {
		n.line(struct {
			Event string    `json:"event"`
			At    time.Time `json:"at"`
			*labInfo
		}{"ready", time.Now(), i})
		return
	}
	fmt.Fprint(n.out, "The lab is up, until Ctrl-C or acmecheck lab down.\n\n")
	_ = i.text(n.out)
	_ = i.copyable(n.out)
	fmt.Fprintf(n.out, "\nBreak a name:  acmecheck lab fault set wrong-vhost %s    (lab fault list has more)\nWhat happens:\n", i.example())
}

func (n *news) line(v any) { _ = json.NewEncoder(n.out).Encode(v) }

// tell writes one event. Questions are too many for people: lab status has them.
func (n *news) tell(e lab.Event) {
	switch {
	case n.json:
		n.line(e)
	case e.Kind != lab.EventQuestion:
		fmt.Fprintln(n.out, eventText(e))
	}
}

// farewell tells what is left.
func (n *news) farewell() {
	for len(n.events) > 0 {
		n.tell(<-n.events)
	}
	if n.json {
		n.line(map[string]any{"event": "down", "at": time.Now()})
	} else {
		fmt.Fprintln(n.out, "The lab is down.")
	}
}

// end waits no longer than a moment for a reader.
func (n *news) end() {
	close(n.over)
	t := time.NewTimer(time.Second)
	defer t.Stop()
	select {
	case <-n.done:
	case <-t.C:
	}
}

// eventText is an event on one line.
func eventText(e lab.Event) string {
	s := fmt.Sprintf("  %s  %-10s  %s  %s: %s", e.At.Local().Format(time.TimeOnly), e.Kind, e.Name, e.What, e.Answer)
	if e.Detail != "" {
		s += "  " + e.Detail
	}
	return render.Safe(s, 0)
}
