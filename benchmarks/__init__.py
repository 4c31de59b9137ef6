"""Speed side by side: `make bench` prints ratios, never passes or fails."""
