"""What a screen, a page or a printout shows, as plain values made from a transcript."""
