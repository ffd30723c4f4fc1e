package main

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are counted for one server, in a registry of its own.
type Metrics struct {
	registry *prometheus.Registry
	register func(...prometheus.Collector)
	page     http.Handler
	requests *prometheus.HistogramVec
	wrong    *prometheus.CounterVec
	refused  *prometheus.CounterVec
}

// wrongSecrets are what is counted of secrets that were not right, refusals what is counted of the listener and of sockets.
var (
	wrongSecrets = []string{"link", "passcode", "password"}
	refusals     = []string{"address", "connections", "connectionsOfAddress", "draining", "origin", "waiting"}
)

// newMetrics begins to count; each figure names the server.
func newMetrics(server string, data store, clock *Clock) *Metrics {
	registry := prometheus.NewRegistry()
	m := &Metrics{
		registry: registry,
		register: prometheus.WrapRegistererWith(prometheus.Labels{"server": server}, registry).MustRegister,
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "waymark_http_request_seconds", Help: "Time to answer a request, by route, method and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route", "method", "status"}),
		wrong: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waymark_wrong_secrets_total", Help: "Wrong links, passcodes and passwords.",
		}, []string{"what"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waymark_sockets_refused_total", Help: "Connections refused before they could say who they are, by reason.",
		}, []string{"why"}),
	}
	// There from the start, so that the first one is seen as a rise.
	for _, what := range wrongSecrets {
		m.wrong.WithLabelValues(what)
	}
	for _, why := range refusals {
		m.refused.WithLabelValues(why)
	}
	kept := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "waymark_database_info", Help: "1. The labels say what the boards lie in, and how its commits reach the disk.",
		ConstLabels: prometheus.Labels{"kind": data.kind(), "synchronous": data.Synchronous()},
	})
	kept.Set(1)
	ahead := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "waymark_clock_ahead_seconds", Help: "How far the database's clock, which counts, is ahead of this computer's.",
	}, func() float64 { return clock.Offset().Seconds() })
	m.register(kept, ahead, m.requests, m.wrong, m.refused,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.page = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return m
}

func (m *Metrics) request(route, method string, status int, took time.Duration) {
	if route == "/socket" {
		return // it lasts as long as the page; sessions are counted for themselves
	}
	if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch}, method) {
		method = "other" // whoever asks could make up any number of names
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Observe(took.Seconds())
}

// metricsPage answers Prometheus, as far as -metrics lets it.
func (s *Server) metricsPage(c echo.Context) error {
	r := c.Request()
	switch s.config.Metrics {
	case "on":
	case "local":
		forwarded := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != ""
		if forwarded || !s.address(c).IsLoopback() || !isLoopback(hostname(r.Host)) {
			return echo.ErrNotFound
		}
	default:
		return echo.ErrNotFound
	}
	s.metrics.page.ServeHTTP(c.Response(), r)
	return nil
}
