"""The test framework for a Next.js application: what is found in it, and the tree that is laid for it."""
