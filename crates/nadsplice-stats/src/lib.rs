//! Numbers in, numbers out: distributions, beta-binomial model, multiple testing; no biology.
