package main

import (
	"log/slog"

	"github.com/spf13/cobra"
)

func newExport(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "export DIR",
		Short: "Write the public page as static files",
		Long: `Export writes every public page, board and JSON file into DIR, as the server
would answer them now, for any static file server or a browser alone. Each page
says that it is a copy and of when. Files are replaced one by one, each whole.
It may run beside judge serve.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, err := c.folder()
			if err != nil {
				return err
			}
			in, err := openInstance(cmd.Context(), folder, instanceOptions{Logger: c.logger(slog.LevelError), Database: c.database})
			if err != nil {
				return err
			}
			defer in.close()
			if err := in.site.Export(cmd.Context(), args[0]); err != nil {
				return err
			}
			if c.json {
				return c.printJSON(map[string]string{"folder": args[0]})
			}
			c.printf("the page is written to %s\n", args[0])
			return nil
		},
	}
}
