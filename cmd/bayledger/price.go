package main

import (
	"fmt"

	"bayledger/server/tables"

	"github.com/spf13/cobra"
)

// priceCommand corrects the price of a receipt.
func (a *app) priceCommand() *cobra.Command {
	var body struct {
		Entry     uint64 `json:"entry"`
		Line      int    `json:"line,omitempty"`
		UnitCost  string `json:"unit_cost,omitempty"`
		TotalCost string `json:"total_cost,omitempty"`
		Reference string `json:"reference,omitempty"`
		Reason    string `json:"reason"`
		Preview   bool   `json:"preview,omitempty"`
	}
	c := &cobra.Command{
		Use: "price", Short: "Correct the price of a receipt",
		Long: "Correct the price of a receipt, named by its entry as report fifo shows it. Two dated facts are booked in one commit: the receipt is undone, and made again at its own moment " +
			"with the right price. With --preview nothing is booked.",
		Args: exactly(0, "this command takes no words, only flags"),
		RunE: func(c *cobra.Command, _ []string) error {
			if body.Entry == 0 || body.Reason == "" || (body.UnitCost == "") == (body.TotalCost == "") {
				return misused("price takes --entry, --reason, and either --unit-cost or --total-cost")
			}
			server, done, err := a.connect(c.Context())
			if err != nil {
				return err
			}
			defer done()
			var answer struct {
				Product, Delivery, Message string
				Changes                    []map[string]any
			}
			if err := server.post(c.Context(), "/v1/price-corrections", body, &answer); err != nil {
				return err
			}
			t, err := tables.New("table", a.out, []string{"product", "place", "site", "before", "after", "change"})
			if err != nil {
				return err
			}
			for _, row := range answer.Changes {
				if err := t.Row(row); err != nil {
					return err
				}
			}
			if err := t.Close(); err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.out, answer.Message)
			return err
		},
	}
	c.Flags().Uint64Var(&body.Entry, "entry", 0, "the entry of the receipt")
	c.Flags().IntVar(&body.Line, "line", 0, "which of its lines, from 0")
	c.Flags().StringVar(&body.UnitCost, "unit-cost", "", "of one of the product's unit")
	c.Flags().StringVar(&body.TotalCost, "total-cost", "", "of the whole line")
	c.Flags().StringVar(&body.Reference, "reference", "", "such as the invoice's number")
	c.Flags().StringVar(&body.Reason, "reason", "", "why the price is another")
	c.Flags().BoolVar(&body.Preview, "preview", false, "say what would change, and book nothing")
	return c
}
