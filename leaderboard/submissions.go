package leaderboard

import (
	"contest/judge"
)

// listPerPage is how many submissions one page lists.
const listPerPage = 100

type submissionsData struct {
	frame
	pager
	Rows  []entryRow
	Count int
	Queue judge.QueueStats
	Phase judge.Phase
}

func (s *Site) submissionsPage(req request) (page, error) {
	v := req.snap.view
	d := submissionsData{frame: s.frame(req, "Submissions"), Count: len(v.entries), Queue: v.queue, Phase: v.state.Phase}
	d.Description = "All submissions, newest first."
	d.follow(v)
	var err error
	if d.pager, err = newPager("submissions", req.page, len(v.entries), listPerPage); err != nil {
		return page{}, err
	}
	d.Rows = entryRows(d.links, v, pageOf(v.entries, req.page, listPerPage))
	return page{cache: cacheLive, data: d}, nil
}

func submissionsPages(v *view, _ []string) int { return pagesOf(len(v.entries), listPerPage) }
