package leaderboard

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"contest/judge"
	"contest/judge/score"
	"contest/judge/wire"
)

// boardPerPage is how many rows one page of a board has.
const boardPerPage = 200

type boardData struct {
	frame
	pager
	Problem     string
	ProblemLink string
	Board       judge.Board
	Other       judge.Board // the measure that is shown beside it
	Tabs        []way
	Measured    bool // some rows are: intervals, ratios to the reference
	Finals      []finalLink
	Rows        []boardRow
	Scale       barScale // of the whole board
	Count       int      // contestants on the board
	Found       int      // of them, those that the search shows
	Query       string
	Self        string // the first page's file name
	CSV, JSON   string
	State       string
	Phase       judge.Phase
}

func (s *Site) boardPage(req request) (page, error) {
	v := req.snap.view
	board, err := v.board(req.args)
	if err != nil {
		return page{}, err
	}
	p, _ := v.problem(board.Problem)
	name := v.problemName(p.ID)
	d := boardData{
		frame: s.frame(req, name+": "+boardWords(board.Board)), Problem: name,
		Board: board.Board, Other: otherOf(board.Board), Measured: isMeasured(board), Count: len(board.Rows), Query: strings.TrimSpace(req.query.Get("q")),
		Self: string(board.Board) + ".html", CSV: string(board.Board) + ".csv",
		State: label(v.state.Phase), Phase: v.state.Phase,
	}
	d.follow(v)
	d.ProblemLink = d.ToProblem(p.ID)
	d.Tabs = tabsOf(d.links, p, board.Board)
	d.JSON = d.Root + "api/v1/boards/" + string(p.ID) + "/" + string(board.Board) + ".json"
	d.Description = "Every ranked contestant of " + name + " by " + boardWords(board.Board) + "."
	d.Finals = v.finalsOf(d.links, p.ID, board.Board)
	rows := search(board.Rows, d.Query)
	d.Found = len(rows)
	if d.pager, err = newPager(string(board.Board), req.page, len(rows), boardPerPage); err != nil {
		return page{}, err
	}
	if d.Query != "" { // further pages of a search are not linked: narrow it
		d.pager = pager{Page: 1, Pages: 1}
	}
	d.Scale = newBarScale(board.Scale, board.Rows)
	d.Rows = boardRows(d.links, board, pageOf(rows, req.page, boardPerPage), d.Scale, v.contest.Zone, v.medals(p.ID, board.Board))
	return page{cache: cacheLive, data: d}, nil
}

// board is the board of a problem by its name.
func (v *view) board(problemAndName []string) (score.Scoreboard, error) {
	b, ok := v.boards[boardKey{judge.ProblemID(problemAndName[0]), judge.Board(problemAndName[1])}]
	if !ok {
		return score.Scoreboard{}, judge.ErrNotFound
	}
	return b, nil
}

func boardArgs(v *view) [][]string {
	var out [][]string
	for _, p := range v.problems {
		for _, b := range boardsOf(p) {
			out = append(out, []string{string(p.ID), string(b)})
		}
	}
	return out
}

func boardPages(v *view, args []string) int {
	b, _ := v.board(args)
	return pagesOf(len(b.Rows), boardPerPage)
}

// search keeps the rows whose contestant's name has q in it.
func search(rows []score.Row, q string) []score.Row {
	if q == "" {
		return rows
	}
	var out []score.Row
	q = strings.ToLower(q)
	for _, r := range rows {
		if strings.Contains(strings.ToLower(string(r.Contestant)), q) {
			out = append(out, r)
		}
	}
	return out
}

// csvColumns stay where they are; new ones are added behind them.
var csvColumns = []string{"rank", "contestant", "submission", "language", "passed", "total",
	"time_ns", "real_ns", "cpu_ns", "submissions", "receipt",
	"worst", "tied", "low_ns", "high_ns", "ratio", "half_width", "rounds", "sessions", "pairs", "disturbed",
	"stop", "class", "scheduling", "other_class", "practice", "best", "group", "timed_passed", "missed"}

// valueColumns are called otherwise where values are no times.
var valueColumns = map[string]string{"time_ns": "value", "low_ns": "low", "high_ns": "high"}

func columnsOf(s judge.Scale) []string {
	if s.Time() {
		return csvColumns
	}
	out := slices.Clone(csvColumns)
	for i, name := range out {
		out[i] = cmp.Or(valueColumns[name], name)
	}
	return out
}

func (s *Site) boardCSV(req request) (answer, error) {
	b, err := req.snap.board(req.args)
	if err != nil {
		return answer{}, err
	}
	practice := req.snap.degraded != ""
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	w.Write(columnsOf(b.Scale))
	for _, r := range b.Rows {
		row := append([]string{
			strconv.Itoa(r.Rank), cell(string(r.Contestant)), strconv.FormatInt(int64(r.Submission), 10), cell(string(r.Language)),
			strconv.Itoa(r.Passed), strconv.Itoa(r.Grade.Total), amountCSV(r.Value), totalCSV(r, judge.RealBoard), totalCSV(r, judge.CPUBoard),
			strconv.Itoa(r.Submissions), wire.Instant(r.Receipt), strconv.Itoa(r.Worst), strconv.FormatBool(r.Tied),
		}, measuredCSV(r)...)
		w.Write(append(row, strconv.FormatBool(practice), strconv.Itoa(r.Best), strconv.Itoa(r.Group), strconv.Itoa(r.TimedPassed), strconv.Itoa(r.Missed.Tests)))
	}
	w.Flush()
	return answer{status: http.StatusOK, kind: "text/csv; charset=utf-8", cache: cacheLive, body: buf.Bytes(), fixed: true}, w.Error()
}

// measuredCSV are the columns that are empty where a row was not measured, but
// for why.
func measuredCSV(r score.Row) []string {
	m := r.Measured
	switch {
	case !m.Is() && m.Stop == "":
		return make([]string, 12)
	case !m.Is(): // it was tried
		return []string{"", "", "", "", "0", strconv.Itoa(m.Sessions), strconv.Itoa(m.Pairs), strconv.Itoa(m.Disturbed), m.Stop, "", "", ""}
	}
	decimal := func(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
	return []string{
		amountCSV(r.Low), amountCSV(r.High), decimal(m.Ratio), decimal(m.HalfWidth),
		strconv.Itoa(m.Rounds), strconv.Itoa(m.Sessions), strconv.Itoa(m.Pairs), strconv.Itoa(m.Disturbed),
		m.Stop, r.Class, r.Scheduling, strconv.FormatBool(r.OtherClass),
	}
}

func totalCSV(r score.Row, b judge.Board) string { return amountCSV(r.Values.On(b).Total()) }

func amountCSV(a judge.Amount) string { return strconv.FormatInt(int64(a), 10) }

// cell keeps spreadsheets from running a name as a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
