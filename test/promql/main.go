// Evaluates PromQL expressions with Prometheus' own engine on metrics as brokers expose them, and checks rule files with
// Prometheus' own parser. Reads a JSON request from standard input and writes the JSON answer to standard output.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

type request struct {
	// Contents of a rule file; may be empty.
	Rules string `json:"rules"`
	Cases []struct {
		Scrapes []struct {
			AtMs   int64             `json:"atMs"`
			Labels map[string]string `json:"labels"`
			Text   string            `json:"text"`
		} `json:"scrapes"`
		// Evaluated at the time of the last scrape.
		Expressions []string `json:"expressions"`
	} `json:"cases"`
}

type selector struct {
	Text   string `json:"text"`
	Series int    `json:"series"`
}

type value struct {
	Labels map[string]string `json:"labels"`
	Value  string            `json:"value"`
}

type result struct {
	Error     string     `json:"error,omitempty"`
	Values    []value    `json:"values"`
	Selectors []selector `json:"selectors"`
}

type answer struct {
	RuleErrors []string   `json:"ruleErrors"`
	Cases      [][]result `json:"cases"`
}

// Series of one case, by their labels.
type database map[string]*promql.Series

func (db database) scrape(atMs int64, target map[string]string, text string) error {
	metrics := textparse.NewPromParser([]byte(text), labels.NewSymbolTable(), false)
	for {
		entry, err := metrics.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if entry != textparse.EntrySeries {
			continue
		}
		_, _, sample := metrics.Series()
		var scraped labels.Labels
		metrics.Labels(&scraped)
		all := labels.NewBuilder(scraped)
		for name, text := range target {
			all.Set(name, text)
		}
		metric := all.Labels()
		series, known := db[metric.String()]
		if !known {
			series = &promql.Series{Metric: metric}
			db[metric.String()] = series
		}
		series.Floats = append(series.Floats, promql.FPoint{T: atMs, F: sample})
	}
}

func (db database) matching(matchers []*labels.Matcher) []storage.Series {
	var found []storage.Series
	for _, series := range db {
		matches := true
		for _, matcher := range matchers {
			matches = matches && matcher.Matches(series.Metric.Get(matcher.Name))
		}
		if matches {
			found = append(found, promql.NewStorageSeries(*series))
		}
	}
	return found
}

// As a storage.Queryable.
func (db database) Querier(int64, int64) (storage.Querier, error) {
	return &storage.MockQuerier{
		SelectMockFunction: func(_ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
			return &seriesSet{series: db.matching(matchers)}
		},
	}, nil
}

type seriesSet struct {
	series []storage.Series
	next   int
}

func (s *seriesSet) Next() bool                        { s.next++; return s.next <= len(s.series) }
func (s *seriesSet) At() storage.Series                { return s.series[s.next-1] }
func (s *seriesSet) Err() error                        { return nil }
func (s *seriesSet) Warnings() annotations.Annotations { return nil }

func (db database) evaluate(engine *promql.Engine, language parser.Parser, text string, atMs int64) result {
	outcome := result{Values: []value{}, Selectors: []selector{}}
	expression, err := language.ParseExpr(text)
	if err != nil {
		outcome.Error = err.Error()
		return outcome
	}
	parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
		if vector, ok := node.(*parser.VectorSelector); ok {
			found := selector{Text: vector.String(), Series: len(db.matching(vector.LabelMatchers))}
			outcome.Selectors = append(outcome.Selectors, found)
		}
		return nil
	})
	query, err := engine.NewInstantQuery(context.Background(), db, nil, text, time.UnixMilli(atMs))
	if err != nil {
		outcome.Error = err.Error()
		return outcome
	}
	defer query.Close()
	computed := query.Exec(context.Background())
	if computed.Err != nil {
		outcome.Error = computed.Err.Error()
		return outcome
	}
	switch values := computed.Value.(type) {
	case promql.Vector:
		for _, sample := range values {
			outcome.Values = append(outcome.Values, value{sample.Metric.Map(), fmt.Sprint(sample.F)})
		}
	case promql.Scalar:
		outcome.Values = append(outcome.Values, value{map[string]string{}, fmt.Sprint(values.V)})
	default:
		outcome.Error = fmt.Sprintf("%s is neither a vector nor a scalar", values.Type())
	}
	return outcome
}

func run() error {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	told := answer{RuleErrors: []string{}, Cases: [][]result{}}
	language := parser.NewParser(parser.Options{})
	if asked.Rules != "" {
		_, problems := rulefmt.Parse([]byte(asked.Rules), false, model.UTF8Validation, language, slog.New(slog.DiscardHandler))
		for _, problem := range problems {
			told.RuleErrors = append(told.RuleErrors, problem.Error())
		}
	}
	engine := promql.NewEngine(promql.EngineOpts{
		MaxSamples: 10_000_000, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, Parser: language,
	})
	for _, one := range asked.Cases {
		db := database{}
		var lastMs int64
		for _, scraped := range one.Scrapes {
			if err := db.scrape(scraped.AtMs, scraped.Labels, scraped.Text); err != nil {
				return err
			}
			lastMs = max(lastMs, scraped.AtMs)
		}
		results := []result{}
		for _, expression := range one.Expressions {
			results = append(results, db.evaluate(engine, language, expression, lastMs))
		}
		told.Cases = append(told.Cases, results)
	}
	return json.NewEncoder(os.Stdout).Encode(told)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
