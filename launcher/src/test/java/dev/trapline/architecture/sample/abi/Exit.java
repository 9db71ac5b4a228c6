package dev.trapline.architecture.sample.abi;

/// Represents a closed set of values.
public interface Exit {}
