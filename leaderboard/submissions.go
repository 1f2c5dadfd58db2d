package leaderboard

import "contest/judge"

// listPerPage is how many submissions one page lists.
const listPerPage = 100

type submissionsData struct {
	frame
	pager
	Rows  []entryRow
	Count int
	Queue judge.QueueStats
	Phase phase
}

func (s *Site) submissionsPage(req request) (answer, error) {
	name, page, err := splitPage(req.args[0])
	if err != nil || name != "submissions" {
		return answer{}, judge.ErrNotFound
	}
	v := req.snap.view
	d := submissionsData{frame: s.frame(req, "submissions", "Submissions"), Count: len(v.entries), Queue: v.queue, Phase: v.state.phase}
	d.Description = "All submissions, newest first."
	d.follow(v)
	if d.pager, err = newPager(name, page, len(v.entries), listPerPage); err != nil {
		return answer{}, err
	}
	d.Rows = entryRows(d.links, v, pageOf(v.entries, page, listPerPage))
	return execute("submissions", cacheLive, d)
}
