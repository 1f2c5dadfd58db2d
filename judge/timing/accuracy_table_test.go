package timing_test

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// what the estimators are called in the table.
var estimators = map[string]string{
	sumOfMeans:   "sum of means",
	sumOfMinima:  "sum of minima",
	pairedScore:  "score, other session",
	commonRounds: "score, common rounds",
}

// table is all rows in columns. Shares are in per cent.
func table(rows []row) string {
	var b strings.Builder
	b.WriteString("\nAll in per cent. Repeats: coefficient of variation over sessions of k rounds. Same apart: identical programs\n" +
		"declared different. Right: estimates in the right order, by how much more work. Apart: declared different and right.\n\n")
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	var gaps []string
	for _, g := range rows[0].Gaps {
		if g.Gap != 0 {
			gaps = append(gaps, whole(g.Gap)+"%")
		}
	}
	each := strings.Join(gaps, "\t")
	fmt.Fprintf(w, "board\tmachine\ttests\tk\testimator\trepeats\tsame apart\tright %s\tapart %s\tcases\t\n", each, each)
	for i, r := range rows {
		if i > 0 && rows[i-1].Estimator == commonRounds {
			fmt.Fprintln(w, strings.Repeat("\t", 8+2*len(gaps)))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t", r.board, r.condition, r.kind, r.Rounds, estimators[r.Estimator], percent(r.Repeatability))
		same, cases := "-", 0
		var right, apart []string
		for _, g := range r.Gaps {
			cases = g.Cases
			if g.Gap == 0 {
				if r.Intervals {
					same = whole(g.Separated)
				}
				continue
			}
			right = append(right, whole(g.Right))
			if r.Intervals {
				apart = append(apart, whole(g.Separated))
			} else {
				apart = append(apart, "-")
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t\n", same, strings.Join(right, "\t"), strings.Join(apart, "\t"), cases)
	}
	w.Flush()
	return b.String()
}

func whole(share float64) string { return fmt.Sprintf("%.0f", 100*share) }
