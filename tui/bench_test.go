package tui

import (
	"slices"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// BenchmarkEvents is Update and View for 10,000 events of eight targets, that
// come one by one: the worst case, for a feed hands over many at a time.
func BenchmarkEvents(b *testing.B) {
	const events = 10_000
	var us []Update
	for i := 0; len(us) < events; i++ {
		us = append(us, to(i%8, demo(b, []string{"geo-blocked", "redirect-9", "redirect-4434"}[i%3]).updates)...)
	}
	s := demo(b, "geo-blocked")
	names := slices.Repeat([]string{s.target}, 8)
	for _, tab := range []string{"1", "2", "3", "4", "5"} {
		b.Run("tab"+tab, func(b *testing.B) {
			var frames []time.Duration
			for b.Loop() {
				p := play(b, s, 200, 60, Options{Colour: true}, names...)
				p.press(tab)
				for _, u := range us[:events] {
					began := time.Now()
					p.hear(u)
					p.View()
					frames = append(frames, time.Since(began))
				}
			}
			report99(b, frames)
		})
	}
}

// BenchmarkFrames is what is shown after a look, while keys are pressed.
func BenchmarkFrames(b *testing.B) {
	for _, scene := range scenes {
		b.Run(scene.name, func(b *testing.B) {
			p := scene.open(b, 200, 60, Options{Colour: true})
			var frames []time.Duration
			for b.Loop() {
				began := time.Now()
				p.send(tea.KeyMsg{Type: tea.KeyDown})
				p.View()
				frames = append(frames, time.Since(began))
			}
			report99(b, frames)
		})
	}
}

// report99 reports the 99th percentile. More than a frame's time of a screen of
// 60 Hz is felt.
func report99(b *testing.B, frames []time.Duration) {
	b.Helper()
	slices.Sort(frames)
	p99 := frames[len(frames)*99/100]
	b.ReportMetric(float64(p99.Microseconds())/1000, "p99-ms/frame")
	const felt = 16 * time.Millisecond
	if p99 >= felt {
		b.Errorf("99 of 100 frames take up to %v", p99)
	}
}
