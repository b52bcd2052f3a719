"""The hot path to Redis: a thin multiplexing client, alone, behind Sentinel, or one per Cluster node."""
