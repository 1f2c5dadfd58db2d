package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
)

// completeProblems offers the contest's problems for an argument or a flag.
func (c *cli) completeProblems(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	return c.complete(cmd, func(ctx context.Context, conn *connection) (names []string, err error) {
		problems, err := conn.Problems(ctx)
		for _, p := range problems {
			names = append(names, cobra.CompletionWithDesc(string(p.ID), p.Name))
		}
		return names, err
	})
}

// completeFirstProblem offers problems for the first argument only.
func (c *cli) completeFirstProblem(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return c.completeProblems(cmd, args, text)
}

// completeLanguages offers the languages of the contest.
func (c *cli) completeLanguages(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	return c.complete(cmd, func(ctx context.Context, conn *connection) (names []string, err error) {
		st, err := conn.Status(ctx)
		for _, l := range st.Languages {
			names = append(names, cobra.CompletionWithDesc(string(l.ID), l.Name))
		}
		return names, err
	})
}

// complete asks the contest; a shell must not wait long nor see errors.
func (c *cli) complete(cmd *cobra.Command, ask func(context.Context, *connection) ([]string, error)) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), 3*time.Second)
	defer cancel()
	conn, err := c.connect(ctx, connectOptions{})
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	defer conn.close()
	names, err := ask(ctx, conn)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// problemFlags adds -p and -l with their completions.
func (c *cli) problemFlags(cmd *cobra.Command, problem, language *string) {
	cmd.Flags().StringVarP(problem, "problem", "p", "", "the problem (default: the first file's name)")
	cmd.Flags().StringVarP(language, "language", "l", "", "the language, such as g++ or clang++ (default: the first there is)")
	_ = cmd.RegisterFlagCompletionFunc("problem", c.completeProblems)
	_ = cmd.RegisterFlagCompletionFunc("language", c.completeLanguages)
}
